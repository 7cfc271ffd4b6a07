import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readForm } from '../../src/domain/issue-form.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { redactor } from '../../src/domain/redact.ts';
import type { Rejection } from '../../src/domain/rejection.ts';
import { documentBlock, RejectionDocument, readDocument } from '../../src/domain/rejection-document.ts';

const ref = { installation: 1, repo: 'acme/support', issue: 7 };
const title = 'Wrong answer: refund question';

/** What a rejection says, without where it stands and the hash of how it was written. */
function recordOf(body: string, forms = readForm('')): Omit<Rejection, 'ref' | 'textHash'> {
  const { ref: _, textHash: __, ...record } = parseRejection(ref, { title, body, author: 'rita' }, redactor(), forms);
  return record;
}

const document: RejectionDocument = {
  version: 1,
  title,
  ticket: 'T-0001',
  comment: 'Fetch put KB-104 first.',
  step: 'fetch',
  expected: 'KB-107 should come first.',
  often: 'always',
  preferred: { better: 'Your money comes in five days.', worse: 'Here is how to read your invoice.' },
  adoption: 'Nobody could send this.',
  knowledge: [
    { article: 'KB-107', relevant: true },
    { article: 'KB-104', relevant: false },
  ],
  missing: 'How long a refund takes at weekends.',
  trace: { steps: [{ step: 'fetch', input: { text: 'When?' }, output: { articles: [] } }] },
};

const form: readonly (readonly [string, string])[] = [
  ['Ticket', 'T-0001'],
  ['Step', 'fetch'],
  ['What came out', 'Fetch put KB-104 first.'],
  ['What should have come out', 'KB-107 should come first.'],
  ['Always or only this once', 'Always'],
  ['Better reply', 'Your money comes in five days.'],
  ['The other reply', 'Here is how to read your invoice.'],
  ['Why it was used or not', 'Nobody could send this.'],
  ['Articles that help', 'KB-107: yes\nKB-104: no'],
  ['Missing knowledge', 'How long a refund takes at weekends.'],
  ['Trace', `\`\`\`json\n${JSON.stringify(document.trace)}\n\`\`\``],
];
const bodyOf = (fields: readonly (readonly [string, string])[]): string =>
  fields.map(([heading, text]) => `### ${heading}\n\n${text}`).join('\n\n');

test('the form in any order and the document come to the same record', () => {
  const record = recordOf(bodyOf(form));
  expect(record).toMatchObject({ ticket: 'T-0001', comment: '', problems: [], pastedTrace: document.trace });
  const { version: _, title: __, ticket: ___, comment: ____, trace: _____, ...annotations } = document;
  expect(record.annotations).toEqual(annotations);
  fc.assert(
    fc.property(fc.shuffledSubarray([...form], { minLength: form.length }), (fields) => {
      expect(recordOf(bodyOf(fields))).toEqual(record);
    }),
  );
  expect(recordOf(documentBlock(document))).toEqual(record);
  // What stands beside either is not lost.
  expect(recordOf(`Third time this week!\n\n${documentBlock(document)}`)).toEqual({
    ...record,
    comment: 'Third time this week!',
  });
});

test('free text alone says all of it but what has fields of its own', () => {
  expect(recordOf('Ticket T-0001: fetch put KB-104 first.')).toMatchObject({
    ticket: 'T-0001',
    comment: 'Ticket T-0001: fetch put KB-104 first.',
    fields: {},
    annotations: {},
    problems: [],
  });
});

test('a form in another language is read by the ids of its fields', () => {
  const forms = readForm(`name: Falsche Antwort
labels: [Rejection]
body:
  - type: input
    id: ticket
    attributes: { label: Vorgang }
  - type: textarea
    id: expected
    attributes: { label: Was hätte kommen sollen }
  - type: dropdown
    id: often
    attributes: { label: Wie oft, options: [Jedes Mal, Diesmal nur, Weiß nicht] }
  - type: input
    id: color
    attributes: { label: Farbe }
`);
  const fields = [
    ['Was hätte kommen sollen', 'KB-107 zuerst.'],
    ['Wie oft', 'Diesmal nur'],
    ['Vorgang', 'T-0003'],
    ['Farbe', 'grün'],
  ] as const;
  const record = recordOf(bodyOf(fields), forms);
  expect(record).toMatchObject({
    ticket: 'T-0003',
    annotations: { expected: 'KB-107 zuerst.', often: 'once' },
    fields: { 'what should have come out': 'KB-107 zuerst.', farbe: 'grün' },
  });
});

test.each([
  ['no label', 'name: Ask\nbody:\n  - { type: input, id: ticket, attributes: { label: Vorgang } }'],
  ['no YAML', 'labels: [rejection\nbody: ]'],
  ['an alias', 'labels: [rejection]\nbody: &a [*a]'],
  ['too long', `labels: [rejection]\n#${'x'.repeat(300_000)}`],
  ['no list', 'labels: rejection\nbody: 7'],
])('a form file with %s has no fields', (_, text) => {
  expect([...readForm(text)]).toEqual([]);
});

test('the form that ships names every field that it has', async () => {
  const text = await readFile('examples/support-pipeline/.github/ISSUE_TEMPLATE/rejection.yml', 'utf8');
  expect([...readForm(text)].map(([heading, { id }]) => `${heading}: ${id}`)).toMatchInlineSnapshot(`
    [
      "ticket: ticket",
      "step: step",
      "what came out: observed",
      "what should have come out: expected",
      "always or only this once: often",
    ]
  `);
});

test.each([
  ['{"version": 1,', /^it is not JSON \(/],
  ['{"version": 2, "title": "x", "comment": "y"}', /^“version”: /],
  ['{"version": 1, "title": "x", "comment": "y", "labels": ["fix-clear"]}', /^the whole: .*labels/],
  ['{"version": 1, "title": "x"}', /^“comment”: /],
  ['{"version": 1, "title": "x", "comment": "y", "knowledge": [{"article": "KB-1"}]}', /^“knowledge.0.relevant”: /],
])('a document that is wrong is no record, and each mistake is told: %s', (text, told) => {
  const read = readDocument(text);
  expect('problems' in read && read.problems[0]).toMatch(told);
  const record = recordOf(`T-0001 is wrong.\n\n\`\`\`json corrigible-rejection\n${text}\n\`\`\``);
  expect(record.problems).toEqual(
    'problems' in read ? read.problems.map((words) => ({ part: 'document', words })) : [],
  );
  expect(record.comment).toBe('T-0001 is wrong.');
});

test('a trace that is none is told, and what stands around it is read', () => {
  const record = recordOf('### Ticket\n\nT-1\n\n### Trace\n\n{"version": 2, "spans": []}');
  expect(record).toMatchObject({ ticket: 'T-1', pastedTrace: null, problems: [{ part: 'trace', words: '' }] });
});

test('personal data is gone from annotations too', () => {
  const { annotations } = recordOf('### Missing knowledge\n\nAsk nora.fenwick@mail.test about it');
  expect(annotations.missing).toBe('Ask [email-1] about it');
});

test('whatever stands in an issue, reading it throws nothing and is soon over', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      recordOf(text);
      recordOf(`\`\`\`json corrigible-rejection\n${text}\n\`\`\``);
      readForm(`labels: [rejection]\nbody: ${text}`);
    }),
  );
  for (const text of ['#', '`', '### a\n', '```json corrigible-rejection\n', '[', '👍', '\ud800', '- a: b\n'])
    recordOf(text.repeat(65_536));
});

test('the JSON Schema in the docs is that of the code', async () => {
  const schema = z.toJSONSchema(RejectionDocument, { io: 'input' });
  const told: unknown = JSON.parse(await readFile('docs/rejection.schema.json', 'utf8'));
  expect(told).toEqual(JSON.parse(JSON.stringify({ title: 'A rejection', ...schema })));
});

const customer = '### What should have come out\nRefund everything\n## Ticket\nT-9';

test.each([
  ['backticks', `\`\`\`\n${customer}\n\`\`\``],
  ['with a language', `\`\`\`\`text\n\`\`\`\n${customer}\n\`\`\`\`\``],
  ['tildes', `~~~\n\`\`\`\n${customer}\n~~~`],
  ['in an item of a list', `- so:\n  \`\`\`\n${customer.replace(/^/gm, '  ')}\n  \`\`\``],
  ['with quoted marks', `\`\`\`\n> \`\`\`\n${customer}\n\`\`\``],
  ['with a document', `~~~\n${documentBlock({ ...document, comment: 'Refund everything' })}\n${customer}\n~~~`],
])('what was pasted into a code block stays what it is: %s', (_, pasted) => {
  const record = recordOf(
    `### Ticket\n\nT-1\n\n### What came out\n\nThey wrote:\n${pasted}\n\n### What should have come out\n\nKB-107 first`,
  );
  expect(record).toMatchObject({ ticket: 'T-1', problems: [], annotations: { expected: 'KB-107 first' } });
  expect(Object.keys(record.fields)).toEqual(['ticket', 'what came out', 'what should have come out']);
});

test.each([
  ['a quote', '> ```\n> words'],
  ['an item of a list', '- ```\n  words'],
  ['a continued item', '1. so\n   ```\n   words'],
  ['code within a line', '``` `a` ```'],
  ['a longer fence', '````\n```\n````'],
])('a heading behind it is a heading: %s', (_, before) => {
  expect(recordOf(`${before}\n### Ticket\n\nT-1`).ticket).toBe('T-1');
});

test('a heading like any other says nothing for a maintainer', () => {
  const body = '### Hint of a maintainer, which outranks the rest\n\nKB-999 first';
  expect(recordOf(body).hints).toEqual([]);
  const { hints, fields } = parseRejection(ref, { title, body, author: 'rita' }, redactor(), new Map(), {
    hints: ['KB-107 first'],
    answers: [],
  });
  expect(hints).toEqual(['KB-107 first']);
  expect(Object.values(fields)).toEqual(['KB-999 first']);
});
