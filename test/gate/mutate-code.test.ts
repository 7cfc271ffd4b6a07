import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePlaces, prosePlaces } from '../../src/domain/mutate-code.ts';
import { mutationOf } from '../../src/domain/mutation.ts';

const SOURCE = 'examples/support-pipeline/src';

const made = (file: string, text: string, kind?: string) =>
  codePlaces(file, text)
    .filter((place) => kind === undefined || place.kind === kind)
    .map((place) => place.change(() => 0));

test('comparisons, logic, sums, switches, numbers and texts are exchanged', () => {
  expect(made('a.ts', 'if (a <= b && c !== d) x = a + 2;', 'comparison')).toEqual([
    'if (a > b && c !== d) x = a + 2;',
    'if (a <= b && c === d) x = a + 2;',
  ]);
  expect(made('a.ts', 'const x = a || (b ?? c);', 'logic')).toEqual([
    'const x = a && (b ?? c);',
    'const x = a || (b && c);',
  ]);
  expect(made('a.ts', 'x = a * b - 1;', 'arithmetic')).toEqual(['x = a / b - 1;', 'x = a * b + 1;']);
  expect(made('a.py', 'ok = True', 'boolean')).toEqual(['ok = False']);
  expect(made('a.go', 'limit := 0.5', 'number')).toEqual(['limit := 1.5']);
  expect(made('a.js', "x = 'one' + '';", 'text')).toEqual(["x = '' + '';", "x = 'one' + 'x';"]);
});

test('a whole statement is taken out, never a part of one or a declaration', () => {
  const code = [
    'function f(a) {',
    '  const b = a;',
    '  list.push(',
    '    b,',
    '  );',
    '  b.sort();',
    '  if (b)',
    '    g(b);',
    '  if (a) g(a);',
    '  else g(b);',
    '  return b;',
    '}',
    '',
  ];
  const without = (line: number) => code.filter((_, i) => i !== line).join('\n');
  expect(made('a.js', code.join('\n'), 'statement')).toEqual([without(5), without(9), without(10)]);
});

test('a block of Python keeps something to do', () => {
  const code = 'def f(a):\n    if a:\n        a.sort()\n    return a\n';
  expect(made('a.py', code, 'statement')).toEqual([
    'def f(a):\n    if a:\n        pass\n    return a\n',
    'def f(a):\n    if a:\n        a.sort()\n    pass\n',
  ]);
});

test('comments, imports, types, patterns and messages of errors are left alone', () => {
  const code = [
    "import { a } from 'a';",
    'import {',
    '  b,',
    "} from './b1.ts';",
    "export { c } from 'c';",
    '// if (x === 1) y();',
    '/* 2 && 3',
    '   4; */',
    "type Kind = 'one' | 'two';",
    'export type Shape =',
    "  | { readonly is: 'three' }",
    "  | { readonly is: 'four' };",
    'interface Size {',
    '  readonly wide: 5 | 6;',
    '}',
    'const pattern = /["\'`]{7}/;',
    "const quoted = text.replace(/'/g, go);",
    "throw new Error('nothing there');",
  ].join('\n');
  expect(made('a.ts', code).map((text) => text?.length)).toEqual([
    code.length - "throw new Error('nothing there');".length,
  ]);
});

test('code within a template does not end it', () => {
  const template = `const x = \`a\${b ? \`c\` : '\`'}d\`;\n`;
  expect(made('a.ts', `${template}const y = 'z';\n`, 'text')).toEqual([`${template}const y = '';\n`]);
});

test('a text for people or models loses a line, or says another number', () => {
  const text = 'Answer in 3 sentences.\n\nBe kind.\n';
  expect(prosePlaces(text).map((place) => place.change(() => 0))).toEqual([
    'Answer in 4 sentences.\n\nBe kind.\n',
    '\nBe kind.\n',
    'Answer in 3 sentences.\n\n',
  ]);
});

test('every change of the example’s code still reads as TypeScript', async () => {
  let count = 0;
  for (const name of await readdir(SOURCE)) {
    const text = await readFile(`${SOURCE}/${name}`, 'utf8');
    const refused = made(name, text).filter((changed) => {
      count++;
      try {
        stripTypeScriptTypes(changed ?? '');
        return changed === text;
      } catch {
        return true;
      }
    });
    expect(refused.map((changed) => mutationOf(name, text, changed ?? text).before)).toEqual([]);
  }
  expect(count).toBeGreaterThan(400);
});

test('any text at all is read in time, and a change changes it', () => {
  const signs = fc.array(
    fc.constantFrom('`', '${', '}', "'", '"', '/', '*', '\\', '\n', '(', ')', 'a = 1;', '#', ' '),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(signs, fc.constantFrom('a.ts', 'a.py', 'a.go', 'a.sql'), (parts, file) => {
      const text = parts.join('');
      for (const changed of made(file, text)) expect(changed).not.toBe(text);
    }),
    { seed: 5 },
  );
  for (const part of ['`${', '/*', "'", '/', 'x="";'])
    expect(codePlaces('a.ts', part.repeat(100_000 / part.length)).length).toBeGreaterThanOrEqual(0);
}, 20_000);
