import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { operators } from '../../src/domain/case.ts';
import { Configuration } from '../../src/domain/configuration.ts';
import { parseCaseFile } from '../../src/domain/parse-case-file.ts';
import { parseConfiguration } from '../../src/domain/parse-configuration.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { redactor } from '../../src/domain/redact.ts';

const text = await readFile(resolve('docs/configuration.md'), 'utf8');
const settings = await readFile(resolve('src/read-settings.ts'), 'utf8');

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

const schema = z.toJSONSchema(Configuration, { io: 'input' }) as Schema;
const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function shapeOf(one: Schema): string {
  if (one.const !== undefined) return code(one.const);
  if (one.enum !== undefined) return one.enum.map(code).join(', ');
  if (one.type === 'array') return `list of ${one.items?.properties === undefined ? 'texts' : 'these'}`;
  if (one.type === 'object') return 'object';
  return (
    { string: 'text', boolean: '`true`, `false`', integer: 'whole number', number: 'number' }[one.type ?? ''] ??
    'text or number'
  );
}

/** One row for each key, in the order of the schema; parts of lists and maps under their own names. */
function rows(of: Schema, at: string): readonly string[] {
  return Object.entries(of.properties ?? {}).flatMap(([key, one]) => {
    const path = at === '' ? key : `${at}.${key}`;
    const must = of.required?.includes(key) === true;
    const otherwise = must ? '**required**' : one.default === undefined ? 'none' : code(one.default);
    const row = `| \`${path}\` | ${shapeOf(one)} | ${otherwise} | ${one.description ?? ''} |`;
    const entries = typeof one.additionalProperties === 'object' ? one.additionalProperties : {};
    return [row, ...rows(one, path), ...rows(one.items ?? {}, `${path}[]`), ...rows(entries, `${path}.<kind>`)];
  });
}

const between = (start: string): string => {
  const from = text.indexOf(start);
  return text.slice(text.indexOf('\n', from) + 1, text.indexOf('<!-- end -->', from)).trim();
};

test('the table of keys follows from the schema', () => {
  const table = ['| key | value | without it | meaning |', '| --- | --- | --- | --- |', ...rows(schema, '')];
  expect(between('<!-- keys -->')).toBe(table.join('\n'));
});

test('each environment variable that the app reads has its row, and no other', () => {
  const read = [...settings.matchAll(/^ {2}([A-Z][A-Z_]+): z/gm)].map(([, name]) => name);
  const told = [...between('<!-- environment -->').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name);
  expect(told).toEqual(read);
});

test('each operator of a case has its row', () => {
  const told = [...between('<!-- operators -->').matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name);
  expect(told).toEqual([...operators]);
});

const blocks = (kind: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) => block ?? '');

test('the examples of files are valid', () => {
  const [configuration = '', prepare = '', cases = '', report = ''] = blocks('yaml');
  expect(parseConfiguration('corrigible.yml', configuration + prepare)).not.toHaveProperty('problems');
  expect(parseConfiguration('corrigible.yml', configuration)).not.toHaveProperty('problems');
  expect(parseCaseFile('fetch.yml', cases, 'fetch')).not.toHaveProperty('problems');
  const withReport = configuration.replace(/^( +)cases: .*$/m, (line) => `${line}\n${report.trimEnd()}`);
  expect(withReport).toContain('report:');
  expect(parseConfiguration('corrigible.yml', withReport)).not.toHaveProperty('problems');
});

test('the example of a rejection is read as it says', () => {
  const [body = ''] = blocks('markdown');
  const ref = { installation: 1, repo: 'a/b', issue: 1 };
  const read = parseRejection(ref, { title: 'Wrong answer', body, author: 'rita' }, redactor());
  expect(read.ticket).toBe('T-0001');
  expect(read.fields['what should have come out']).toBe('KB-107 should come first.');
  expect(read.pastedTrace?.steps[0]?.step).toBe('fetch');
});
