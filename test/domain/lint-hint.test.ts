import { expect, test } from 'vitest';
import { lintHint } from '../../src/domain/lint-hint.ts';
import { filesNamedIn, locatorsIn, parseLocator, placesOf } from '../../src/domain/locator.ts';
import { missingPlaces, namedIn } from '../../src/find-places.ts';
import { FileRefused, type Ports } from '../../src/ports.ts';

const json = '{\n  "lamp": { "price": 5 },\n  "a/b": [1, 2]\n}\n';
const code = 'export function priceOf(thing) {\n  return 5; // R-12\n}\n';
const prose = '# Prices\n\n## What a *lamp* costs\n\nFive.\n';

test.each<[string, string, boolean]>([
  ['p.json#/lamp/price', json, true],
  ['p.json#/lamp/cost', json, false],
  ['p.json#/a~1b/1', json, true],
  ['p.json#/a~1b/2', json, false],
  ['p.json#/constructor', json, false],
  ['p.json#lamp.price', json, true],
  ['p.json#lamp.cost', json, false],
  ['p.json:4', json, true],
  ['p.json:5', json, false],
  ['p.json:0', json, false],
  ['p.json#L1-L4', json, true],
  ['p.json#L9', json, false],
  ['p.ts:2-3', code, true],
  ['p.ts#priceOf', code, true],
  ['p.ts#price', code, false],
  ['p.ts#R-12', code, true],
  ['p.ts#/lamp', code, false],
  ['p.md#what-a-lamp-costs', prose, true],
  ['p.md#What a lamp costs', prose, true],
  ['p.md#what-a-vase-costs', prose, false],
])('%s is a place of its file or not', (text, content, there) => {
  const locator = parseLocator(text);
  expect(locator).not.toBe(null);
  expect(placesOf(content)(locator!.at)).toBe(there);
});

test.each(['p.json', 'p.json:', 'p.json#', 'a b.json#/x', '#/x', ':12', 'p.json#/~2', 'acme/next.js#12'])(
  '%s is no locator',
  (text) => expect(parseLocator(text)).toBe(null),
);

test('files and places are found among words, and what only looks like them is not', () => {
  const text =
    'See `rules/price.json#/lamp`, (src/a.ts:12) and docs/b.md. At 12:30 https://x.example/a.js:3 said and/or v1.2:3; acme/next.js#12';
  expect(filesNamedIn(text)).toEqual(['rules/price.json', 'src/a.ts', 'docs/b.md']);
  expect(locatorsIn(text).map((one) => one.text)).toEqual(['rules/price.json#/lamp', 'src/a.ts:12']);
});

const price = [{ text: json, has: placesOf(json) }];
const says = (words: string): readonly string[] => lintHint(words, price, false);

test.each([
  'The lamp gives 5 and should be 9 at /lamp/price, but not for a vase',
  'Zeile 2 ergibt heute 5, sollte 9 sein; die Vase bleibt, wie sie ist',
  'La línea 2 devuelve 5, debería ser 9, excepto el jarrón',
  'Ligne 2 : `lamp` donne 5, elle devrait donner 9, sauf pour le vase',
])('a whole hint lacks nothing: %s', (words) => expect(says(words)).toEqual([]));

test.each<[string, readonly string[]]>([
  ['', ['locator', 'observed', 'expected', 'counter-example']],
  ['It should be 9', ['locator', 'observed', 'counter-example']],
  ['Line 40 gives 5 and should be 9 except for a vase', ['locator']],
  ['/lamp/cost gives 5 and must be 9; vases stay', ['locator']],
  ['At `lamp` it gives 5 and must be 9', ['counter-example']],
])('of “%s” is missing %j', (words, missing) => expect(says(words)).toEqual(missing));

test('a file is read as data once, whatever a hint points to in it, and not at all for lines', () => {
  let times = 0;
  const has = placesOf(json, () => {
    times++;
    return { lamp: 5 };
  });
  lintHint('Line 2 and line 40', [{ text: json, has }], false);
  expect(times).toBe(0);
  expect(lintHint('/a gives /b, /c and /d', [{ text: json, has }], false)).toContain('locator');
  expect([has({ pointer: ['lamp'] }), has({ name: 'nothing.there' })]).toEqual([true, false]);
  expect(times).toBe(1);
});

test('a hint that names a file again and again has it read from the tree once', async () => {
  const asked: string[] = [];
  const read = async (_: string, path: string) => {
    asked.push(path);
    if (path.startsWith('none')) throw new FileRefused(path, 'not-utf8', 'gone');
    return json;
  };
  const files = namedIn({ repository: { read } } as unknown as Ports, 'tree');
  const text = 'p.json#/lamp p.json:40 p.json#/vase p.json#/a~1b none.json:1 none.json:2';
  expect(await missingPlaces(files, locatorsIn(text))).toHaveLength(4);
  expect(asked).toEqual(['p.json', 'none.json']);
});

test('hostile words are linted all the same', () => {
  for (const words of [
    '/'.repeat(8000),
    'a.'.repeat(4000),
    'line '.repeat(1600),
    '`a'.repeat(4000),
    '-./'.repeat(2600),
  ]) {
    expect([filesNamedIn(words), locatorsIn(words)]).toEqual([[], []]);
    expect(says(words)).toContain('expected');
  }
});
