import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runReject } from '../../src/cli/reject.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { redactor } from '../../src/domain/redact.ts';
import type { RejectionDocument } from '../../src/domain/rejection-document.ts';
import { inForge, type World } from './support/doctor-forge.ts';

const document: RejectionDocument = {
  version: 1,
  title: 'Wrong answer: refund question gets the invoice article',
  ticket: 'T-0001',
  comment: 'Fetch put KB-104 first.\n\n```json corrigible-rejection\n{}\n```',
  expected: 'KB-107 should come first for refund questions.',
  often: 'always',
};
const folder = await mkdtemp(join(tmpdir(), 'corrigible-reject-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command on a file with this content; gives whether it went well, and what it printed. */
async function reject({ forge, token, name }: World, content: string | Uint8Array, as = token, apiUrl = forge.url) {
  const file = join(folder, 'rejection.json');
  await writeFile(file, content);
  const printed: string[] = [];
  const ok = await runReject({ file, repo: name, token: as, apiUrl }, (line) => void printed.push(line));
  return { ok, printed: printed.map((line) => line.replace(file, 'FILE').replace(name, 'REPO')) };
}

test('a rejection in a file becomes one labelled issue, however often it is filed, and is read as it was written', () =>
  inForge({}, async (world) => {
    await world.call('POST', '/labels', { name: 'rejection', color: 'ffffff' });
    const content = JSON.stringify(document);
    expect(await reject(world, content)).toEqual({ ok: true, printed: ['Filed as REPO#1.'] });
    // As after a crash right after the call.
    expect(await reject(world, JSON.stringify(document, null, 4))).toEqual({
      ok: true,
      printed: ['It is filed already, as REPO#1.'],
    });
    const issues = await world.call('GET', '/issues?state=all');
    expect(issues).toHaveLength(1);
    const [{ title, body, labels }] = issues;
    expect(labels.map(({ name }: { name: string }) => name)).toEqual(['rejection']);
    const ref = { installation: 1, repo: world.name, issue: 1 };
    expect(parseRejection(ref, { title, body, author: 'ada' }, redactor())).toMatchObject({
      ticket: 'T-0001',
      problems: [],
      fields: { 'what came out': document.comment },
      annotations: { often: 'always', expected: document.expected },
    });
    expect((await reject(world, JSON.stringify({ ...document, ticket: 'T-0002' }))).printed).toEqual([
      'Filed as REPO#2.',
    ]);
  }));

test.each([
  ['no JSON', '{', 'FILE: it is not JSON ('],
  ['a key that is not known', JSON.stringify({ ...document, labels: ['fix-clear'] }), 'FILE: the whole: '],
  ['no UTF-8', Uint8Array.from([0x7b, 0xe9]), 'FILE: it is not UTF-8 text'],
  [
    'a trace that is too long for an issue',
    JSON.stringify({ ...document, trace: { steps: [{ step: 'fetch', input: 'x'.repeat(70_000), output: null }] } }),
    'FILE: it is longer than an issue may be',
  ],
])('a file with %s is filed nowhere, and told', (_, content, words) =>
  inForge({}, async (world) => {
    const { ok, printed } = await reject(world, content);
    expect([ok, printed]).toEqual([false, [expect.stringContaining(words)]]);
    expect(await world.call('GET', '/issues?state=all')).toEqual([]);
  }),
);

test('who may not set the label, or nothing at all, is told what is missing', () =>
  inForge({}, async (world) => {
    const { token } = world.forge.addUser('rita');
    const { ok, printed } = await reject(world, JSON.stringify(document), token);
    expect([ok, printed.at(-1)]).toEqual([false, expect.stringContaining('does not carry the label “rejection”')]);
    expect((await reject(world, JSON.stringify(document), 'no-token')).printed).toEqual([
      'GitHub refused it (401). The token has to be allowed to write issues of REPO.',
    ]);
    expect((await reject(world, JSON.stringify(document), token, 'http://127.0.0.1:1')).printed).toEqual([
      'GitHub does not answer. Try again.',
    ]);
  }));
