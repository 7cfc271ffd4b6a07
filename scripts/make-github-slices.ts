/**
 * Cuts out of GitHub's own description the operations and webhooks that the local forge speaks.
 *
 *   node scripts/make-github-slices.ts           writes the slices and their checksums
 *   node scripts/make-github-slices.ts --check   makes them again and compares, byte for byte
 *
 * The packages are hundreds of MB unpacked, so they are fetched here and are no dependency.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { operationIds, webhookNames } from './github-slices/contents.ts';
import {
  convertSchema,
  isObject,
  type Json,
  referencesIn,
  resolveReference,
  sortKeys,
} from './github-slices/schema.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
const oracle = 'src/forge/oracle';

const api = { name: '@octokit/openapi', version: '23.0.2' };
const webhooks = { name: '@octokit/openapi-webhooks', version: '12.1.0' };

async function main(): Promise<void> {
  const temporary = await mkdtemp(path.join(tmpdir(), 'github-slices-'));
  try {
    const files = await makeSlices(temporary);
    if (process.argv.includes('--check')) await compare(files);
    else await Promise.all([...files].map(([file, text]) => writeFile(path.join(root, file), text)));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function makeSlices(temporary: string): Promise<Map<string, string>> {
  const described = await fetchDescription(api, temporary);
  const hooks = await fetchDescription(webhooks, temporary);
  const slices = new Map([
    [`${oracle}/github-api.slice.json`, print(sliceOperations(described))],
    [`${oracle}/github-webhooks.slice.json`, print(sliceWebhooks(hooks))],
    ['test/forge/github-examples.slice.json', print(collectExamples(described))],
  ]);
  const checksums = [...slices].map(([file, text]) => ({
    file,
    from: file.includes('webhooks') ? webhooks : api,
    sha256: createHash('sha256').update(text).digest('hex'),
  }));
  return slices.set(`${oracle}/slices.json`, `${JSON.stringify(checksums, null, 2)}\n`);
}

async function fetchDescription(from: { name: string; version: string }, temporary: string): Promise<Json> {
  const { stdout } = await run('npm', ['pack', '--silent', `${from.name}@${from.version}`], { cwd: temporary });
  const file = 'package/generated/api.github.com.json';
  const unpacked = path.join(temporary, from.name.replace('/', '-'));
  await run('mkdir', ['-p', unpacked]);
  await run('tar', ['-xzf', path.join(temporary, stdout.trim()), '-C', unpacked, file]);
  return JSON.parse(await readFile(path.join(unpacked, file), 'utf8'));
}

function sliceOperations(spec: Json): Json {
  const paths: Json = {};
  for (const { template, method, operation } of operations(spec)) {
    const { operationId, parameters, requestBody, responses } = operation;
    paths[template] = { ...paths[template], [method]: { operationId, parameters, requestBody, responses } };
  }
  const { title, version } = spec.info;
  const slice = { openapi: spec.openapi, info: { title, version }, paths };
  return convertSchema({ ...slice, components: componentsFor(slice, spec) });
}

function sliceWebhooks(spec: Json): Json {
  const schemas: Json = {};
  for (const name of webhookNames) {
    schemas[name] = spec.webhooks[name]?.post.requestBody.content['application/json'].schema;
    if (!schemas[name]) throw new Error(`${webhooks.name} describes no webhook ${name}`);
  }
  return convertSchema({ webhooks: schemas, components: componentsFor(schemas, spec) });
}

/** Every component that the slice needs, however deep. */
function componentsFor(slice: Json, spec: Json): Json {
  const needed = new Set<string>();
  const queue = [...referencesIn(slice)];
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (needed.has(next)) continue;
    needed.add(next);
    queue.push(...referencesIn(resolveReference(next, spec)));
  }
  const components: Json = {};
  for (const reference of [...needed].sort()) {
    const [, , kind, name] = reference.split('/');
    if (kind === 'examples') continue;
    components[kind!] = { ...components[kind!], [name!]: resolveReference(reference, spec) };
  }
  return components;
}

/** GitHub's own examples of responses, which the tests hold against GitHub's own schemas. */
function collectExamples(spec: Json): Json {
  const examples: Json = {};
  for (const { operation } of operations(spec)) {
    for (const [status, described] of Object.entries<Json>(operation.responses)) {
      const response = described.$ref ? resolveReference(described.$ref, spec) : described;
      for (const [name, example] of Object.entries<Json>(response.content?.['application/json']?.examples ?? {})) {
        const { value } = example.$ref ? resolveReference(example.$ref, spec) : example;
        examples[`${operation.operationId} ${status} ${name}`] = value;
      }
    }
  }
  return examples;
}

function operations(spec: Json): { template: string; method: string; operation: Json }[] {
  const wanted = new Set<string>(operationIds);
  const found = Object.entries<Json>(spec.paths).flatMap(([template, item]) =>
    Object.entries<Json>(item)
      .filter(([, operation]) => isObject(operation) && wanted.delete(operation.operationId))
      .map(([method, operation]) => ({ template, method, operation })),
  );
  if (wanted.size > 0) throw new Error(`${api.name} describes no operation ${[...wanted].join(', ')}`);
  return found;
}

/** One component or path to a line, in a fixed order: the same bytes every time, and a diff that can be read. */
function print(slice: Json): string {
  const sorted = sortKeys(slice);
  const lines = Object.entries(sorted).map(([key, value]) => `${JSON.stringify(key)}:${printSection(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function printSection(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  const lines = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${JSON.stringify(inner)}`);
  return `{\n${lines.join(',\n')}\n}`;
}

async function compare(files: Map<string, string>): Promise<void> {
  for (const [file, text] of files) {
    const committed = await readFile(path.join(root, file), 'utf8').catch(() => '');
    if (committed === text) continue;
    console.error(`${file} is not what the packages give. Run: node scripts/make-github-slices.ts`);
    process.exitCode = 1;
  }
}

await main();
