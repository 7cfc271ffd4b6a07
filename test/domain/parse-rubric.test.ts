import { expect, test } from 'vitest';
import { lintRubric } from '../../src/domain/lint-rubric.ts';
import { parseRubric } from '../../src/domain/parse-rubric.ts';
import type { Rubric } from '../../src/domain/rubric.ts';
import { problemLines } from './support/problem-lines.ts';
import { weightRubric } from './support/weight-rubric.ts';

const FILE = 'rubrics/adjust-fetch-weight.md';
const read = (text: string) => problemLines(parseRubric(FILE, text));
/** The good rubric with one text replaced; fails when there is nothing to replace. */
function but(from: string, to: string, more: readonly (readonly [string, string])[] = []): string {
  let text = weightRubric;
  for (const [a, b] of [[from, to] as const, ...more]) {
    expect(text).toContain(a);
    text = text.replace(a, () => b);
  }
  return read(text);
}

test('a rubric is read whole', () => {
  expect(parseRubric(FILE, weightRubric)).toMatchObject({
    id: 'adjust-fetch-weight',
    change: 'adjust-fetch-weight',
    criteria: [
      { id: 'W1', text: 'The article that was asked for is among the candidates on base.', line: 49 },
      { id: 'W2', text: 'Exactly one article was asked for, by its id.', line: 50 },
    ],
    recipe: {
      slots: [
        { name: 'article', pattern: '^KB-\\d+$', max: 20 },
        { name: 'intent', from: [{ trace: '/input/intent' }] },
        { name: 'bump', type: 'integer' },
      ],
      guards: [{ freeze: ['/articles/0/id'] }],
      holdOuts: [{ name: 'the same question in other words' }],
      edits: [{ op: 'increase', path: '/weights/{intent}/{article}' }],
    },
    file: FILE,
  });
  expect(problemLines(parseRubric(FILE, weightRubric.replaceAll('\n', '\r\n')))).toBe('');
});

test('the hash is over the whole file', () => {
  const hash = (text: string) => (parseRubric(FILE, text) as Rubric).hash;
  expect(hash(weightRubric)).toBe(hash(weightRubric));
  expect(hash(`${weightRubric} `)).not.toBe(hash(weightRubric));
});

test('a rubric without a recipe is one for models and people', () => {
  const text = weightRubric.replace(/recipe:[\s\S]*?\n---/, '---');
  expect(parseRubric(FILE, text)).toMatchObject({ recipe: null });
});

test('mistakes in the frame', () => {
  expect(read('# A rubric\n')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:1: The file does not begin with front matter. Begin it with a line “---”, the keys id, title, when and change, and another line “---”."`,
  );
  expect(read(`${weightRubric}${' '.repeat(200_000)}`)).toBe(
    `${FILE}:1: The file is larger than 200 kB. Make it smaller, or split it.`,
  );
  expect(read('---\nid: x\n')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:1: The front matter has no end. Put a line “---” under its last key."`,
  );
  expect(but('id: adjust-fetch-weight', 'id: other')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:2: The id is “other”, but the file is called “adjust-fetch-weight.md”. Give both the same name."`,
  );
  expect(but('when: The', 'wen: The')).toMatchInlineSnapshot(`
    "rubrics/adjust-fetch-weight.md:2: “when” is missing. Add it: one sentence that says when this rubric fits.
    rubrics/adjust-fetch-weight.md:4: The key “wen” is not known here. Did you mean “when”?"
  `);
  expect(but("signs:\n  - '\\bKB", "signs:\n  - '(?<=a)\\bKB")).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:6: “signs” is not right: RE2 does not take the pattern: invalid named capture: \`(?<=a)\\bKB-\\d+\\b.*\\b(first|before|above|higher)\\b\`. Correct it."`,
  );
  expect(but('change: adjust-fetch-weight', 'change: constructor')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:7: “change” is not right: use lower case letters, digits and hyphens, and begin with a letter. Correct it."`,
  );
  expect(but('title: Adjust a fetch weight', 'title: [')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:4: This is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Correct it. A value that holds : # { [ or quotes needs quotes around it."`,
  );
  expect(but('ask: Which intent is it about?', 'ask: *question')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:23: The alias “*question” is not allowed. Write the value out."`,
  );
});

test('mistakes in the body', () => {
  expect(but('**W2**', '**W1**')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:50: Two criteria have the id “W1”. Give the new one an id that was never used."`,
  );
  expect(but('- **W2** Exactly', '- W2: Exactly')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:50: This line is not a criterion. Write “- **A1** text”: one to three capitals, one or two digits, then the text."`,
  );
  expect(but('## Criteria', '## Criterion')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:44: There is no criterion. Add a heading “## Criteria” and under it lines such as “- **A1** The trace shows the wrong output.”"`,
  );
  expect(but('## Example 2\nIt said KB-7 should be on top.\n', '## Example 2\n')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:44: There is one worked example; two are needed. Add headings “## Example 1” and “## Example 2”, each with an example under it."`,
  );
  expect(but('Prose.', '```\n## Criteria\n- **W1** quoted\n```')).toBe('');
});

test('mistakes in slots', () => {
  expect(but("      pattern: '^KB-\\d+$'\n", '')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:10: “article” is not right: a text needs a pattern or one-of, so that nothing else gets through. Correct it."`,
  );
  expect(but('max: 20', 'maximum: 20')).toMatchInlineSnapshot(`
    "rubrics/adjust-fetch-weight.md:10: “max” is missing. Add it: the most characters, or the largest number.
    rubrics/adjust-fetch-weight.md:12: The key “maximum” is not known here. Remove it. Known here: “type”, “max”, “pattern”, “one-of”, “from”, “ask”."
  `);
  expect(but("text: '(KB-\\d+) should (?:come", "text: '(KB-\\d+) should (come")).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:16: “text” is not right: the pattern needs exactly one group in ( ), and has 2; write (?: ) for the others. Correct it."`,
  );
  expect(but('trace: /input/intent', 'trace: intent')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:22: “trace” is not right: it is not a JSON Pointer such as /reply/id. Correct it."`,
  );
  expect(but('trace: /input/intent', 'trace: /input/__proto__')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:22: “trace” is not right: it reaches for __proto__, prototype or constructor. Correct it."`,
  );
  expect(but('{ trace: /input/intent }', '{ trace: /input/intent, field: intent }')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:22: “from” is not right: give exactly one of field, text, trace and value. Correct it."`,
  );
  expect(but('{ trace: /input/intent }', '{ field: intent, step: fetch }')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:22: “step” is not right: “step” belongs to “trace”. Correct it."`,
  );
  expect(but("value: '{with.bump}'", "value: '{article}'")).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:27: The blank “{article}” cannot be used here. Write the value out, or use {with.name}."`,
  );
});

test('mistakes in templates and edits', () => {
  expect(but("title: 'Rank {article}", "title: 'Rank {artikel} {Article}")).toMatchInlineSnapshot(`
    "rubrics/adjust-fetch-weight.md:29: Nothing fills the blank “{artikel}”. There are the slots “article”, “intent”, “bump”, {with.name} and {output:/pointer}. Write “{{” for a brace.
    rubrics/adjust-fetch-weight.md:29: Nothing fills the blank “{Article}”. There are the slots “article”, “intent”, “bump”, {with.name} and {output:/pointer}. Write “{{” for a brace."
  `);
  expect(but("value: '{article}' }", "value: '{article}', tolerance: 1, ignor: [case] }")).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:33: The key “ignor” is not known here. Did you mean “ignore”?"`,
  );
  expect(but('op: eq', 'op: approx')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:33: “expect” is not right: it can never hold: “approx” needs a tolerance. Correct it."`,
  );
  expect(but('path: /intent, op: set, value: billing', 'path: intent, op: set')).toMatchInlineSnapshot(`
    "rubrics/adjust-fetch-weight.md:36: “path” is not right: it is not a JSON Pointer such as /reply/id. Correct it.
    rubrics/adjust-fetch-weight.md:36: “change” is not right: “set” needs a value. Correct it."
  `);
  expect(but('      freeze: [/articles/0/id]\n', '')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:35: “guards” is not right: give either expect or freeze. Correct it."`,
  );
  expect(but("value: '{bump}' }", "value: '{output:/bump}' }")).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:42: The blank “{output:/bump}” cannot be used here. Whoever makes the edit sees only the approved spec. Make it a slot with “trace”."`,
  );
  expect(but("value: '{bump}' }", 'value: four }')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:42: “edits” is not right: “increase” needs a number, or one blank that is a number. Correct it."`,
  );
  expect(but('op: increase', 'op: remove')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:42: “value” is not right: “remove” takes no value. Correct it."`,
  );
  expect(but('op: increase', 'op: add')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:42: The last key of an “add” would be named by a slot. Write the key out, or append to a list. Slots may only name what exists already."`,
  );
  expect(but('/weights/{intent}/{article}', '/weights/__proto__/{article}')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:42: “path” is not right: it reaches for __proto__, prototype or constructor. Correct it."`,
  );
  expect(but("file: '{with.weights}'", 'file: ../config/fetch.json')).toMatchInlineSnapshot(
    `"rubrics/adjust-fetch-weight.md:42: “file” is not right: the file has to lie inside the repository and end in .json, .yml or .yaml. Correct it."`,
  );
});

test('mistakes of every part are told at once, in the order of the lines', () => {
  const problems = but('max: 20', 'maximum: 20', [
    ["title: 'Rank {article}", "title: 'Rank {artikel}"],
    ['**W2**', '**W1**'],
  ]);
  expect(problems.split('\n').map((line) => line.split(':')[1])).toEqual(['10', '12', '29', '50']);
});

test('what works and could be better', () => {
  const rubric = parseRubric(FILE, weightRubric) as Rubric;
  expect(lintRubric(rubric)).toEqual([]);
  const worse = parseRubric(FILE, `${weightRubric.replace("value: '{bump}' }", 'value: 4 }')}${'word '.repeat(1600)}`);
  expect(
    problemLines({ problems: lintRubric(worse as Rubric) }).replace(/\d{4} characters/, 'so many characters'),
  ).toMatchInlineSnapshot(`
    "rubrics/adjust-fetch-weight.md:1: The text beside the criteria has so many characters, and a model is shown the first 8000. Shorten it: what stands behind that is read by nobody.
    rubrics/adjust-fetch-weight.md:1: The slot “bump” is used nowhere. Use it, or remove it."
  `);
});

test('what a model is not shown any more is told', () => {
  const long = (part: string, by: number) => weightRubric.replace(part, `${part}${' more words'.repeat(by)}`);
  const linted = (text: string) => problemLines({ problems: lintRubric(parseRubric(FILE, text) as Rubric) });
  const [, when = ''] = /^(when: .*)$/m.exec(weightRubric) ?? [];
  const [, criterion = ''] = /^(- \*\*W1\*\* .*)$/m.exec(weightRubric) ?? [];
  expect(linted(long(when, 24))).toContain('whoever chooses a rubric is shown the first 300.');
  expect(linted(long(criterion, 40))).toContain('The criterion W1 is longer than 400 characters');
  // Criteria are shown beside the text, and take nothing of it.
  expect(linted(long(criterion, 1000))).not.toContain('The text beside');
});
