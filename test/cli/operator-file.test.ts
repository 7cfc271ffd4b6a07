import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { OperatorFile } from '../../src/domain/operator.ts';
import { parseOperator } from '../../src/domain/parse-operator.ts';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { readSettings } from '../../src/read-settings.ts';

const app = { APP_ID: '1', PRIVATE_KEY: makeAppIdentity(1, 'app').privateKey, WEBHOOK_SECRET: 'x'.repeat(32) };
const keys = { STRONG_KEY: 'sk-strong-canary', PLAIN_KEY: 'sk-plain-canary' };

const file = `models:
  default:
    api: openai-chat
    url: http://127.0.0.1:11434/v1/
    key: PLAIN_KEY
    model: small
  strong:
    api: anthropic
    url: https://api.anthropic.com
    key: STRONG_KEY
    model: large
    most: 32000
    price: {input: 3, output: 15, cached: 0.3}
agents:
  tiny:
    command: [tiny, --go]
    files: {.tiny/settings.json: "{}"}
    model: strong
`;

/** The settings as the app reads them with such a file. */
async function readWith(text: string, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'operator-'));
  try {
    const path = join(folder, 'operator.yml');
    await writeFile(path, text);
    const read = readSettings({ ...app, ...keys, OPERATOR_FILE: path, ...env });
    return 'problems' in read ? { problems: read.problems.map((one) => one.replace(path, 'operator.yml')) } : read;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('without a word about the network nothing may be reached; what is no host is told with its line', async () => {
  const of = (hosts: string) => readWith(`${file}network:\n  prepare: ${hosts}\n`);
  expect(await readWith(file)).toMatchObject({ settings: { operator: { network: { prepare: [] } } } });
  const hosts = ['registry.npmjs.org', '*.example.com', 'deb.example.org:80'];
  expect(await of(JSON.stringify(hosts))).toMatchObject({ settings: { operator: { network: { prepare: hosts } } } });
  for (const wrong of ['10.0.0.1', 'https://example.com', '*', 'localhost', 'example.com:22'])
    expect(await of(JSON.stringify([wrong]))).toEqual({
      problems: [
        expect.stringMatching(/^OPERATOR_FILE: operator\.yml:\d+: .* is not right: write the name of a host, /),
      ],
    });
});

test('the models of the file are there by name, with the keys of the environment', async () => {
  const read = await readWith(file);
  expect('settings' in read && read.settings.operator.models).toEqual({
    default: {
      name: 'default',
      api: 'openai-chat',
      url: 'http://127.0.0.1:11434/v1',
      key: 'sk-plain-canary',
      model: 'small',
      most: 16_384,
      context: 64_000,
    },
    strong: {
      name: 'strong',
      api: 'anthropic',
      url: 'https://api.anthropic.com',
      key: 'sk-strong-canary',
      model: 'large',
      most: 32_000,
      context: 64_000,
      price: { input: 3, output: 15, cached: 0.3 },
    },
  });
});

test('without a file the model of the environment is the only one, and beside a file it is the one named default', async () => {
  const own = { OPENAI_API_KEY: 'sk-own', OPENAI_MODEL: 'own', OPENAI_BASE_URL: 'http://localhost:1/v1' };
  const alone = readSettings({ ...app, ...own });
  const model = { name: 'default', api: 'openai-chat', url: 'http://localhost:1/v1', key: 'sk-own', model: 'own' };
  expect('settings' in alone && alone.settings.operator.models).toEqual({ default: { ...model, most: 16_384 } });
  const both = await readWith(file.replace('default', 'weak'), own);
  expect('settings' in both && Object.keys(both.settings.operator.models)).toEqual(['default', 'weak', 'strong']);
  expect(await readWith(file, own)).toEqual({
    problems: [
      'OPERATOR_FILE: operator.yml:2: The model “default” is also set by OPENAI_API_KEY and OPENAI_MODEL. Take one of them away, or give this one another name.',
    ],
  });
});

test.each([
  ['api: anthropic', 'api: claude', '“api” has a value that is not allowed. Choose one of openai-chat'],
  ['key: STRONG_KEY', 'key: sk-the-key-itself', '“key” is not right: write the name of the environment variable'],
  ['key: STRONG_KEY', 'key: MISSING_KEY', 'The environment variable MISSING_KEY is not set.'],
  ['key: STRONG_KEY', 'key: WEBHOOK_SECRET', '“key” is not right: this variable is a secret of the app'],
  ['https://api.anthropic.com', 'https://me:secret@host', '“url” is not right: write an http or https address'],
  ['https://api.anthropic.com', 'ftp://host', '“url” is not right: write an http or https address'],
  ['    model: large\n', '', '“model” is missing. Add it: What the endpoint calls the model.'],
  ['most: 32000', 'most: 100', '“most” is too small. The smallest is 1024.'],
  ['output: 15', 'outptu: 15', 'The key “outptu” is not known here. Did you mean “output”?'],
  ['  strong:', '  Strong:', 'a name has lower case letters, digits and hyphens'],
  ['models:', 'modles:', 'The key “modles” is not known here. Did you mean “models”?'],
  ['api: openai-chat', 'api: gemini', 'has to be openai-chat'],
  ['model: strong', 'model: stronger', 'There is no model “stronger”.'],
  ['tiny:', 'built-in:', 'this is the name of the agent that ships'],
  ['.tiny/settings.json', '../settings.json', 'a path below the home folder'],
  ['command: [tiny, --go]', 'command: tiny --go', '“command”'],
  ['agents:', 'roles: {detect: strong}\nagents:', 'the model “strong” is not openai-chat'],
  ['agents:', 'roles: {ask: smaller}\nagents:', 'There is no model “smaller”.'],
  ['agents:', 'roles: {write: default}\nagents:', 'The key “write” is not known here.'],
  ['api: anthropic', 'api: anthropic\n    api: gemini', 'The same key stands here twice.'],
])('a mistake (%s → %s) is told with its line, and no key with it', async (right, wrong, words) => {
  const read = await readWith(file.replace(right, wrong));
  const told = 'problems' in read ? read.problems.join('\n') : '';
  expect(told).toMatch(/^OPERATOR_FILE: operator\.yml:\d+: /);
  expect(told).toContain(words);
  expect(told).not.toMatch(/canary|sk-the-key|me:secret/);
});

test('all mistakes are told at once, with those of the environment', async () => {
  const bad = file.replace('most: 32000', 'most: 1').replace('api: anthropic', 'api: x');
  const read = await readWith(bad, { PORT: 'x' });
  expect('problems' in read && read.problems).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringContaining(':8:'),
    expect.stringContaining(':12:'),
  ]);
});

test('a file that is not there, or is none, is told', () => {
  for (const path of ['/nowhere/operator.yml', '/'])
    expect(readSettings({ ...app, OPERATOR_FILE: path })).toEqual({
      problems: [expect.stringContaining(`OPERATOR_FILE: ${path} cannot be read (E`)],
    });
});

test('an empty file sets up nothing', async () => {
  const read = await readWith('# nothing yet\n');
  expect('settings' in read && read.settings.operator.models).toEqual({});
});

const page = await readFile(resolve('docs/operating.md'), 'utf8');

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}
const shapeOf = ({ type, enum: choices }: Schema): string =>
  choices?.map((one) => `\`${one}\``).join(', ') ??
  {
    string: 'text',
    object: 'object',
    integer: 'whole number',
    number: 'number',
    boolean: '`true`, `false`',
    array: 'list of texts',
  }[type ?? ''] ??
  '';

function rows(of: Schema, at = ''): readonly string[] {
  return Object.entries(of.properties ?? {}).flatMap(([key, one]) => {
    const otherwise =
      one.default === undefined
        ? of.required?.includes(key)
          ? '**required**'
          : 'none'
        : `\`${JSON.stringify(one.default)}\``;
    const row = `| \`${at}${key}\` | ${shapeOf(one)} | ${otherwise} | ${one.description ?? ''} |`;
    const entries = typeof one.additionalProperties === 'object' ? one.additionalProperties : {};
    return [row, ...rows(one, `${at}${key}.`), ...rows(entries, `${at}${key}.<name>.`)];
  });
}

test('the table of keys follows from the schema, and the example is right', () => {
  const from = page.indexOf('<!-- operator -->');
  const table = page.slice(page.indexOf('\n', from) + 1, page.indexOf('<!-- end -->', from)).trim();
  const schema = z.toJSONSchema(OperatorFile, { io: 'input' }) as Schema;
  const head = ['| key | value | without it | meaning |', '| --- | --- | --- | --- |'];
  expect(table).toBe([...head, ...rows(schema)].join('\n'));
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page.slice(page.indexOf('## The operator'))) ?? [];
  const variables = { OPENAI_KEY_OF_AGENTS: 'x', ANTHROPIC_KEY: 'y' };
  expect(parseOperator(example, variables, null)).toMatchObject({ operator: { models: { default: {}, strong: {} } } });
});

test('the example of an agent in docs/agents.md is right', async () => {
  const agents = await readFile(resolve('docs/agents.md'), 'utf8');
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(agents) ?? [];
  expect(OperatorFile.parse(parse(example)).agents['tiny']).toMatchObject({ prompt: 'stdin', output: 'json-lines' });
});
