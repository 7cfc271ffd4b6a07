import { readdir, readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataPlaces } from '../../src/domain/mutate-data.ts';
import { randomFrom } from '../../src/domain/noise/random.ts';
import { readYaml } from '../../src/domain/read-yaml.ts';

const CONFIG = 'examples/support-pipeline/config';

/** Every change of one kind, in the order of the file. */
const changes = (file: string, text: string, kind: string) =>
  dataPlaces(file, text)
    .filter((place) => place.kind === kind)
    .map((place) => place.change(randomFrom(1)));

const said = (text: string) => readYaml(text, { maxBytes: 1_000_000 }).value;

test('a number grows by one, a switch is flipped, and nothing else moves', () => {
  const yaml = 'weights: { a: 1, b: 0.2 } # as agreed\non: true\n';
  expect(changes('a.yml', yaml, 'number')).toEqual([
    'weights: { a: 2, b: 0.2 } # as agreed\non: true\n',
    'weights: { a: 1, b: 1.2 } # as agreed\non: true\n',
  ]);
  expect(changes('a.yml', yaml, 'boolean')).toEqual(['weights: { a: 1, b: 0.2 } # as agreed\non: false\n']);
});

test('a text becomes another one of its key, else of its neighbours, else a longer one', () => {
  const yaml = 'one: { reply: a }\ntwo: { reply: b }\n';
  expect(changes('a.yml', yaml, 'text')).toEqual([
    'one: { reply: b }\ntwo: { reply: b }\n',
    'one: { reply: a }\ntwo: { reply: a }\n',
  ]);
  expect(changes('a.json', '{"yes": "Thank you", "no": "Sorry"}', 'text')).toEqual([
    '{"yes": "Sorry", "no": "Sorry"}',
    '{"yes": "Thank you", "no": "Thank you"}',
  ]);
  expect(changes('a.json', '{"currency": "EUR"}', 'text')).toEqual(['{"currency": "EURx"}']);
});

test('a text over several lines loses one of them', () => {
  const yaml = 'prompt: |\n  Be kind.\n  Be short.\nnext: 1\n';
  const [changed] = changes('a.yml', yaml, 'text');
  expect(['prompt: |\n  Be kind.\nnext: 1\n', 'prompt: |\n  Be short.\nnext: 1\n']).toContain(changed);
});

test('an entry of a list and a key are taken out, in one line and over several', () => {
  const yaml = 'tools: [a, b]\nsteps:\n  - x\n  - y\n';
  expect(changes('a.yml', yaml, 'entry')).toEqual([
    'tools: [b]\nsteps:\n  - x\n  - y\n',
    'tools: [a]\nsteps:\n  - x\n  - y\n',
    'tools: [a, b]\nsteps:\n  - y\n',
    'tools: [a, b]\nsteps:\n  - x\n',
  ]);
  expect(changes('a.json', '{ "a": 1, "b": { "c": 2 } }', 'key')).toEqual([
    '{ "b": { "c": 2 } }',
    '{ "a": 1 }',
    '{ "a": 1, "b": {} }',
  ]);
});

test('what is not read strictly is left alone', () => {
  for (const text of ['a: &x 1\nb: *x\n', 'a: 1\na: 2\n', 'a: 1\n---\nb: 2\n', '{"a": ', '', '7'])
    expect(dataPlaces('a.yml', text)).toEqual([]);
});

test('every change of the example’s data reads as data that says something else', async () => {
  for (const name of await readdir(CONFIG)) {
    const text = await readFile(`${CONFIG}/${name}`, 'utf8');
    const made = dataPlaces(name, text)
      .filter((_, i) => i % 7 === 0)
      .map((place) => place.change(randomFrom(3)));
    const sound = made.filter((changed) => changed !== null);
    expect(sound.length).toBeGreaterThan(made.length * 0.8);
    for (const changed of sound) {
      if (name.endsWith('.json')) JSON.parse(changed);
      expect(said(changed)).not.toBeNull();
      expect(said(changed)).not.toEqual(said(text));
    }
  }
});

test('any JSON is changed into JSON of another value, or not at all', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.boolean(), fc.integer(), (value, spread, seed) => {
      const text = JSON.stringify(value, null, spread ? 2 : 0);
      for (const place of dataPlaces('a.json', text)) {
        const changed = place.change(randomFrom(seed));
        if (changed !== null) expect(JSON.parse(changed)).not.toEqual(JSON.parse(text));
      }
    }),
    { numRuns: 60, seed: 5 },
  );
});
