import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parsePointer } from '../../../src/domain/json-pointer.ts';
import { applyEdits } from '../../../src/domain/recipe/apply-edits.ts';
import type { FilledEdit } from '../../../src/domain/recipe/edits-of.ts';
import type { Json } from '../../../src/domain/rejection.ts';
import type { RecipeEdit } from '../../../src/domain/rubric.ts';

const edit = (file: string, op: RecipeEdit['op'], path: string, value?: Json): FilledEdit => ({
  file,
  op,
  path,
  tokens: parsePointer(path) ?? [],
  ...(value === undefined ? {} : { value }),
});

/** The text after one edit, or the refusal. */
function after(file: string, text: string, op: RecipeEdit['op'], path: string, value?: Json): string {
  const applied = applyEdits({ [file]: text }, [edit(file, op, path, value)]);
  return 'refused' in applied ? `refused: ${applied.refused}` : (applied.files[file] ?? 'unchanged');
}

/** Lines that went and lines that came, as a diff shows them. */
function diff(before: string, now: string): string {
  if (now.startsWith('refused')) return now;
  const [a, b] = [before.split('\n'), now.split('\n')];
  let head = 0;
  while (head < a.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const part = (lines: string[], mark: string) =>
    lines.slice(head, lines.length - tail).map((line) => `${mark}${line}`);
  return [...part(a, '-'), ...part(b, '+')].join('\n');
}

const json = `{
  "articles": [
    { "id": "KB-101", "title": "Delivery times", "tags": ["how long"] },
    { "id": "KB-102", "title": "Track it", "tags": [] }
  ],
  "weights": {
    "billing": { "KB-101": 3, "KB-102": 0.1 },
    "empty": {}
  },
  "intents": [
    {
      "id": "billing",
      "any": ["invoice", "receipt"],
      "long": [
        "one",
        "two"
      ]
    }
  ],
  "authoritative": 12
}
`;
const inJson = (op: RecipeEdit['op'], path: string, value?: Json) => diff(json, after('a.json', json, op, path, value));

test('JSON keeps its manner, and only what is edited changes', () => {
  expect(inJson('increase', '/weights/billing/KB-101', 4)).toMatchInlineSnapshot(`
    "-    "billing": { "KB-101": 3, "KB-102": 0.1 },
    +    "billing": { "KB-101": 7, "KB-102": 0.1 },"
  `);
  expect(inJson('increase', '/weights/billing/KB-102', 0.2)).toMatchInlineSnapshot(`
    "-    "billing": { "KB-101": 3, "KB-102": 0.1 },
    +    "billing": { "KB-101": 3, "KB-102": 0.3 },"
  `);
  expect(inJson('set', '/articles/1/title', 'Track "it" all')).toMatchInlineSnapshot(`
    "-    { "id": "KB-102", "title": "Track it", "tags": [] }
    +    { "id": "KB-102", "title": "Track \\"it\\" all", "tags": [] }"
  `);
  expect(inJson('add', '/weights/billing/KB-103', 2)).toMatchInlineSnapshot(`
    "-    "billing": { "KB-101": 3, "KB-102": 0.1 },
    +    "billing": { "KB-101": 3, "KB-102": 0.1, "KB-103": 2 },"
  `);
  expect(inJson('add', '/weights/empty/KB-103', 2)).toMatchInlineSnapshot(`
    "-    "empty": {}
    +    "empty": { "KB-103": 2 }"
  `);
  expect(inJson('add', '/weights/other', { 'KB-101': 1 })).toMatchInlineSnapshot(`
    "-    "empty": {}
    +    "empty": {},
    +    "other": { "KB-101": 1 }"
  `);
  expect(inJson('append', '/articles', { id: 'KB-103', title: 'Pay', tags: ['card', 'cash'] })).toMatchInlineSnapshot(`
    "-    { "id": "KB-102", "title": "Track it", "tags": [] }
    +    { "id": "KB-102", "title": "Track it", "tags": [] },
    +    { "id": "KB-103", "title": "Pay", "tags": ["card", "cash"] }"
  `);
  expect(inJson('append', '/articles/1/tags', 'parcel')).toMatchInlineSnapshot(`
    "-    { "id": "KB-102", "title": "Track it", "tags": [] }
    +    { "id": "KB-102", "title": "Track it", "tags": ["parcel"] }"
  `);
  expect(inJson('append', '/intents', { id: 'delivery', any: ['parcel', 'late'], sub: [] })).toMatchInlineSnapshot(`
    "+    },
    +    {
    +      "id": "delivery",
    +      "any": ["parcel", "late"],
    +      "sub": []"
  `);
  expect(inJson('append', '/intents/0/any', 'bill')).toMatchInlineSnapshot(`
    "-      "any": ["invoice", "receipt"],
    +      "any": ["invoice", "receipt", "bill"],"
  `);
  expect(inJson('append', '/intents/0/long', 'three')).toMatchInlineSnapshot(`
    "-        "two"
    +        "two",
    +        "three""
  `);
  expect(inJson('remove', '/articles/0')).toMatchInlineSnapshot(
    `"-    { "id": "KB-101", "title": "Delivery times", "tags": ["how long"] },"`,
  );
  expect(inJson('remove', '/authoritative')).toMatchInlineSnapshot(`
    "-  ],
    -  "authoritative": 12
    +  ]"
  `);
  expect(inJson('remove', '/weights/empty')).toMatchInlineSnapshot(`
    "-    "billing": { "KB-101": 3, "KB-102": 0.1 },
    -    "empty": {}
    +    "billing": { "KB-101": 3, "KB-102": 0.1 }"
  `);
  expect(inJson('set', '/weights/billing', { 'KB-101': 1 })).toMatchInlineSnapshot(`
    "-    "billing": { "KB-101": 3, "KB-102": 0.1 },
    +    "billing": { "KB-101": 1 },"
  `);
});

test('JSON with tabs, without spaces and without a last newline stays so', () => {
  expect(after('a.json', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}', 'add', '/a/c', { d: 1 })).toBe(
    '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": { "d": 1 }\n\t}\n}',
  );
  expect(after('a.json', '{"a":{"b":1},"c":[]}', 'add', '/a/c', [{ d: 1 }])).toBe('{"a":{"b":1,"c":[{"d":1}]},"c":[]}');
});

const yaml = `# What we do for each intent.
reviewed-tools: [open-refund, cancel-order]   # a person reads these

plan:
  billing:
    branches:
      - when: { entity: order, is: present }
        reply: invoice-sent
        tools: [send-invoice]
      # The last resort.
      - when: { fact: order_status, is: shipped }   # never promised
        reply: 'it''s shipped'
        tools: []
    other: { reply: send-article, tools: [attach-article] }   # no person

  # Parcels.
  delivery:
    limit:   3
    note: |
      Two lines
      of text
    branches:
    - reply: x
list:
  - a
  -   b

last: "end"
`;
const inYaml = (op: RecipeEdit['op'], path: string, value?: Json) => diff(yaml, after('a.yml', yaml, op, path, value));

test('YAML keeps comments and everything that is not edited, byte for byte', () => {
  const branch = { when: { entity: 'amount', is: 'present' }, reply: 'hand-over', tools: ['assign-person', 'a: b'] };
  expect(inYaml('append', '/plan/billing/branches', branch)).toMatchInlineSnapshot(`
    "+      - when: { entity: amount, is: present }
    +        reply: hand-over
    +        tools: [assign-person, "a: b"]"
  `);
  expect(inYaml('append', '/plan/delivery/branches', { reply: 'y' })).toMatchInlineSnapshot(`"+    - reply: "y""`);
  expect(inYaml('append', '/plan/billing/branches/1/tools', 'add-note')).toMatchInlineSnapshot(`
    "-        tools: []
    +        tools: [add-note]"
  `);
  expect(inYaml('append', '/reviewed-tools', 'no')).toMatchInlineSnapshot(`
    "-reviewed-tools: [open-refund, cancel-order]   # a person reads these
    +reviewed-tools: [open-refund, cancel-order, "no"]   # a person reads these"
  `);
  expect(inYaml('append', '/list', 'c')).toMatchInlineSnapshot(`"+  - c"`);
  expect(inYaml('add', '/plan/returns', { branches: [], other: { reply: 'x' } })).toMatchInlineSnapshot(`
    "+  returns:
    +    branches: []
    +    other:
    +      reply: x"
  `);
  expect(inYaml('add', '/plan/billing/other/reviewed', true)).toMatchInlineSnapshot(`
    "-    other: { reply: send-article, tools: [attach-article] }   # no person
    +    other: { reply: send-article, tools: [attach-article], reviewed: true }   # no person"
  `);
  expect(inYaml('add', '/more', 'text')).toMatchInlineSnapshot(`"+more: text"`);
  expect(inYaml('increase', '/plan/delivery/limit', 2)).toMatchInlineSnapshot(`
    "-    limit:   3
    +    limit:   5"
  `);
  expect(inYaml('set', '/plan/billing/branches/1/reply', "it's gone")).toMatchInlineSnapshot(`
    "-        reply: 'it''s shipped'
    +        reply: 'it''s gone'"
  `);
  expect(inYaml('set', '/plan/billing/branches/0/reply', 'yes')).toMatchInlineSnapshot(`
    "-        reply: invoice-sent
    +        reply: "yes""
  `);
  expect(inYaml('set', '/last', 'over')).toMatchInlineSnapshot(`
    "-last: "end"
    +last: "over""
  `);
  expect(inYaml('remove', '/plan/billing/branches/0')).toMatchInlineSnapshot(`
    "-      - when: { entity: order, is: present }
    -        reply: invoice-sent
    -        tools: [send-invoice]"
  `);
  expect(inYaml('remove', '/plan/delivery/limit')).toMatchInlineSnapshot(`"-    limit:   3"`);
  expect(inYaml('remove', '/reviewed-tools/0')).toMatchInlineSnapshot(`
    "-reviewed-tools: [open-refund, cancel-order]   # a person reads these
    +reviewed-tools: [cancel-order]   # a person reads these"
  `);
});

test('where no small edit is known, the data is right and every comment stays', () => {
  const text = after('a.yml', yaml, 'set', '/plan/delivery/note', 'One line');
  expect(parse(text)).toEqual({
    ...parse(yaml),
    plan: { ...parse(yaml).plan, delivery: { ...parse(yaml).plan.delivery, note: 'One line' } },
  });
  const comments = (of: string) => of.match(/#.*/g)?.map((comment) => comment.trim());
  expect(comments(text)).toEqual(comments(yaml));
});

test('what does not fit is refused in words', () => {
  expect(inJson('increase', '/weights/billing/KB-999', 4)).toMatchInlineSnapshot(
    `"refused: There is nothing at “/weights/billing/KB-999” in a.json."`,
  );
  expect(inJson('increase', '/articles/0/title', 4)).toMatchInlineSnapshot(
    `"refused: What is at “/articles/0/title” in a.json is not a number."`,
  );
  expect(inJson('add', '/weights/billing', {})).toMatchInlineSnapshot(
    `"refused: There is something at “/weights/billing” in a.json already."`,
  );
  expect(inJson('add', '/weights/none/KB-1', 1)).toMatchInlineSnapshot(
    `"refused: There is nothing at “/weights/none” in a.json."`,
  );
  expect(inJson('add', '/articles/2', 1)).toMatchInlineSnapshot(
    `"refused: What is at “/articles” in a.json has no keys."`,
  );
  expect(inJson('append', '/weights', 1)).toMatchInlineSnapshot(
    `"refused: What is at “/weights” in a.json is not a list."`,
  );
  expect(inJson('set', '/toString', 1)).toMatchInlineSnapshot(`"refused: There is nothing at “/toString” in a.json."`);
  expect(inJson('set', '/authoritative', 12)).toMatchInlineSnapshot(
    `"refused: Every value is already as the recipe would make it."`,
  );
  expect(after('a.yml', 'a: &x 1\nb: 2\n', 'set', '/b', 3)).toMatchInlineSnapshot(
    `"refused: a.yml cannot be edited. The anchor “&x” is not allowed."`,
  );
  expect(after('a.yml', 'a: !!int 1\nb: 2\n', 'set', '/b', 3)).toMatchInlineSnapshot(
    `"refused: a.yml cannot be edited. The tag “tag:yaml.org,2002:int” is not allowed."`,
  );
  expect(after('a.json', '{"a": 1, // no\n "b": 2}', 'set', '/b', 3)).toMatchInlineSnapshot(
    `"refused: a.json is written in a way that a recipe cannot edit without changing more."`,
  );
  expect(after('a.json', "{a: 1, 'b': 2}", 'set', '/b', 3)).toMatchInlineSnapshot(
    `"refused: a.json is written in a way that a recipe cannot edit without changing more."`,
  );
  expect(after('a.json', '{"__proto__": 1, "b": 2}', 'set', '/b', 3)).toMatchInlineSnapshot(
    `"refused: a.json cannot be edited. The key “__proto__” is not allowed."`,
  );
  expect(after('a.json', `{"b": 2}${' '.repeat(1_000_000)}`, 'set', '/b', 3)).toMatchInlineSnapshot(
    `"refused: a.json is too large for a recipe."`,
  );
  expect(applyEdits({}, [edit('a.json', 'set', '/a', 1)])).toEqual({
    refused: 'a.json does not exist on the base branch.',
  });
});

test('edits of one file follow one another, and only changed files are given back', () => {
  const applied = applyEdits({ 'a.json': '{"a":[]}', 'b.yml': 'b: 1\n' }, [
    edit('a.json', 'append', '/a', 1),
    edit('a.json', 'append', '/a', 2),
  ]);
  expect(applied).toEqual({ files: { 'a.json': '{"a":[1,2]}' } });
});

const word = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('true', '12', '- a', '# c', "it's", '"', 'a: b', '\n'),
);
const value: fc.Arbitrary<Json> = fc.oneof(
  word,
  fc.integer(),
  fc.boolean(),
  fc.array(word, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'when', 'x y', '1', 'no', '#'), fc.oneof(word, fc.array(word, { maxLength: 2 })), {
    maxKeys: 3,
  }),
);
const places = [
  ['append', '/plan/billing/branches'],
  ['append', '/reviewed-tools'],
  ['append', '/list'],
  ['add', '/plan/new'],
  ['add', '/plan/billing/other/new'],
  ['add', '/new'],
  ['set', '/plan/billing/branches/1/reply'],
  ['set', '/plan/delivery/note'],
  ['set', '/plan/billing/other'],
  ['set', '/last'],
] as const;

test('any value at any place: what is written says exactly it, and the comments stay', () => {
  const comments = yaml.match(/#.*/g)?.length ?? 0;
  fc.assert(
    fc.property(fc.constantFrom(...places), value, ([op, path], one) => {
      const text = after('a.yml', yaml, op, path, one);
      if (text.startsWith('refused')) return text.endsWith('would make it.');
      const data = parse(text);
      const tokens = parsePointer(path) ?? [];
      let at: unknown = data;
      for (const token of tokens) at = (at as Record<string, unknown>)[token];
      expect(op === 'append' ? (at as unknown[]).at(-1) : at).toEqual(one);
      expect(text.split('\n').filter((line) => line.includes('#')).length).toBeGreaterThanOrEqual(comments);
      return true;
    }),
    { numRuns: 150, seed: 7 },
  );
});
