import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { assertCase } from '../../src/domain/assert-case.ts';
import { stripHidden } from '../../src/domain/hidden-text.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { redactor } from '../../src/domain/redact.ts';
import type { Json } from '../../src/domain/rejection.ts';
import { casesOf, configurationOf, exampleFiles, exampleRoot, ticketsOf, traceOf } from './example.ts';

const files = exampleFiles();

const run = (command: string, stdin: string) =>
  spawnSync('sh', ['-c', command], { cwd: exampleRoot, input: stdin, encoding: 'utf8', timeout: 30_000 });

test.for(configurationOf(files).steps)('every case of $name is green, run as the configuration says', (step) => {
  const cases = casesOf(files).filter((one) => one.step === step.name);
  expect(cases.length).toBeGreaterThanOrEqual(12);
  const lines = cases.map(({ input }, index) => JSON.stringify({ id: String(index), input }));
  const answered = run(step.run, `${lines.join('\n')}\n`);
  const outputs = new Map(
    answered.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; output: Json })
      .map(({ id, output }) => [id, output]),
  );
  const red = cases.flatMap(({ name, expect: wanted }, index) =>
    assertCase(outputs.get(String(index)) ?? null, wanted)
      .filter((finding) => !finding.passed)
      .map((finding) => `${name}: ${finding.path} is ${JSON.stringify(finding.got)}`),
  );
  expect(red).toEqual([]);
  expect(outputs.size).toBe(cases.length);
});

test('one input that a step cannot take is an error of its own line', () => {
  const answered = run('node src/step.ts plan', '{"id":"a","input":{}}\n{"id":"b","input":null}\n');
  expect(
    answered.stdout
      .trim()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line))),
  ).toEqual([
    ['id', 'error'],
    ['id', 'error'],
  ]);
});

test('a step that is not there is refused', () => {
  const answered = run('node src/step.ts guess', '');
  expect([answered.status, answered.stderr]).toEqual([2, 'Which step? One of classify, extract, fetch, plan.\n']);
});

const replayed = (ticket: unknown) => {
  const answered = run(configurationOf(files).replay?.run ?? '', `${JSON.stringify({ id: 'a', input: { ticket } })}\n`);
  return JSON.parse(answered.stdout) as { id: string; output?: Json; error?: string };
};

test('a stored ticket is replayed through all four steps', () => {
  expect(configurationOf(files).replay).toMatchObject({ lines: true, most: 200 });
  expect(replayed('T-0001')).toEqual({ id: 'a', output: traceOf(files, ticketsOf(files)[0]!) });
});

test.for(['T-9999', '../config/fetch', 7, null])('ticket %s is unknown, in a sentence', (id) => {
  expect(replayed(id)).toEqual({ id: 'a', error: `There is no ticket ${JSON.stringify(id)}.` });
});

test('there are forty tickets, and nobody in them is real', () => {
  const tickets = ticketsOf(files);
  expect(tickets.length).toBe(40);
  for (const { customer } of tickets) expect(customer.email).toMatch(/@example\.(?:com|org|net)$/);
});

test('each rejection names a ticket that is there, and its form is the one that the issue form makes', () => {
  const form = files['.github/ISSUE_TEMPLATE/rejection.yml'] ?? '';
  const headings = [...form.matchAll(/^ {6}label: (.+)$/gm)].map(([, label]) => label);
  const known = new Set(ticketsOf(files).map(({ id }) => id));
  const rejections = Object.keys(files).filter((path) => path.startsWith('rejections/'));
  expect(rejections.length).toBe(8);
  for (const path of rejections) {
    const { form: fields, body } = JSON.parse(files[path] ?? '') as { form?: Record<string, string>; body?: string };
    const text =
      body ??
      Object.entries(fields ?? {})
        .map(([heading, value]) => `### ${heading}\n\n${value}`)
        .join('\n\n');
    const issue = { title: 'x', body: text, author: 'x' };
    const read = parseRejection({ installation: 1, repo: 'a/b', issue: 1 }, issue, redactor());
    expect([...stripHidden(text).visible.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)).toEqual(headings);
    expect(known).toContain(read.ticket);
  }
});
