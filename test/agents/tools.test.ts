import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tools } from '../../src/adapters/agents/tools/all.ts';
import { workplace } from '../../src/adapters/agents/workplace.ts';
import { layOut, makePlace, type Place } from './in-worktree.ts';

let place: Place & AsyncDisposable;
let dir: string;
beforeAll(async () => {
  place = await makePlace(62_000);
});
afterAll(() => place[Symbol.asyncDispose]());

const files = {
  'src/plan.ts': 'export const plan = 1;\nexport const other = 1;\n',
  'notes/long.txt': `${Array.from({ length: 900 }, (_, at) => `line ${at + 1}`).join('\n')}\n`,
  '-rf': 'odd name\n',
  'node_modules/x/index.js': 'plan\n',
};

/** Calls one tool in a fresh worktree; a fault is its message. */
async function call(name: string, args: unknown, prepare?: (dir: string) => Promise<void>): Promise<string> {
  dir = await layOut(place.state, files);
  await prepare?.(dir);
  const there = workplace(place.sandbox, { dir }, new AbortController().signal);
  const tool = tools.find((one) => one.offer.name === name)!;
  return await tool.call(args, there).then(
    (outcome) => (outcome.is === 'text' ? outcome.text : JSON.stringify(outcome)),
    (error: Error) => `${error.name}: ${error.message}`,
  );
}
const content = (path: string): Promise<string> => readFile(join(dir, path), 'utf8');

test('read shows the lines asked for and how many there are', async () => {
  expect(await call('read', { path: 'notes/long.txt', from: 899 })).toBe(
    'notes/long.txt, lines 899 to 900 of 900:\nline 899\nline 900',
  );
  expect(await call('read', { path: '/work/src/plan.ts', lines: 1 })).toBe(
    '/work/src/plan.ts, lines 1 to 1 of 2:\nexport const plan = 1;',
  );
  expect(await call('read', { path: '-rf' })).toContain('odd name');
});

test.each([
  ['a missing file', 'src/none.ts', 'there is no file'],
  ['a folder', 'src', 'there is no file'],
  ['a path that leads out', '../secret', 'is not a path inside the repository'],
  ['an absolute path', '/etc/passwd', 'is not a path inside the repository'],
])('read refuses %s', async (_, path, because) => {
  expect(await call('read', { path })).toContain(because);
});

test('read refuses what is not text, and what is too long', async () => {
  const bytes = (size: number, value: number) => (at: string) => writeFile(join(at, 'blob'), Buffer.alloc(size, value));
  expect(await call('read', { path: 'blob' }, bytes(10, 0xff))).toContain('is not a text file');
  expect(await call('read', { path: 'blob' }, bytes(500_000, 65))).toContain('is longer than');
});

test('a symlink in the worktree leads nowhere but into the sandbox', async () => {
  const secret = join(place.state, 'secret.txt');
  await writeFile(secret, 'host secret');
  const lead = (at: string) => symlink(secret, join(at, 'lead'));
  expect(await call('read', { path: 'lead' }, lead)).toContain('there is no file');
  expect(await call('write', { path: 'lead', content: 'owned' }, lead)).toContain('ToolFault');
  expect(await call('edit', { path: 'lead', old: 'host', new: 'owned' }, lead)).toContain('there is no file');
  expect(await readFile(secret, 'utf8')).toBe('host secret');
});

test('write makes folders and replaces whole files', async () => {
  expect(await call('write', { path: 'new/deep/a.txt', content: 'ä\n$1 `x` "y"\n' })).toBe(
    'new/deep/a.txt was written.',
  );
  expect(await content('new/deep/a.txt')).toBe('ä\n$1 `x` "y"\n');
});

test('edit replaces exactly one place and takes the new text literally', async () => {
  expect(await call('edit', { path: 'src/plan.ts', old: 'plan = 1', new: 'plan = $& + 1' })).toContain('was changed');
  expect(await content('src/plan.ts')).toBe('export const plan = $& + 1;\nexport const other = 1;\n');
});

test.each([
  ['does not occur', 'plan = 2'],
  ['occurs 2 times', 'export const'],
])('edit says when the old text %s, and changes nothing', async (because, old) => {
  expect(await call('edit', { path: 'src/plan.ts', old, new: 'x' })).toContain(because);
  expect(await content('src/plan.ts')).toBe(files['src/plan.ts']);
});

const patch = (body: string): { input: string } => ({ input: `*** Begin Patch\n${body}\n*** End Patch` });

test('a patch changes, adds, deletes and moves files at once', async () => {
  const said = await call(
    'apply_patch',
    patch(
      '*** Update File: src/plan.ts\n*** Move to: src/deep/plans.ts\n@@\n-export const other = 1;\n+export const other = 2;\n*** Add File: notes/new.txt\n+new\n*** Delete File: -rf',
    ),
  );
  expect(said).toBe('src/plan.ts became src/deep/plans.ts; notes/new.txt was added; -rf was deleted.');
  expect(await content('src/deep/plans.ts')).toBe('export const plan = 1;\nexport const other = 2;\n');
  expect(await content('notes/new.txt')).toBe('new\n');
  for (const gone of ['src/plan.ts', '-rf']) await expect(content(gone)).rejects.toThrow('ENOENT');
});

test.each([
  ['does not fit the file', '*** Add File: a\n+a\n*** Update File: src/plan.ts\n@@\n-plan', 'no line is “plan”'],
  ['adds what is there', '*** Delete File: -rf\n*** Add File: src/plan.ts\n+x', 'src/plan.ts is there already'],
  ['moves onto what is there', '*** Update File: -rf\n*** Move to: src/plan.ts', 'src/plan.ts is there already'],
  ['deletes what is not there', '*** Delete File: none', 'there is no file none'],
  ['leads out', '*** Add File: ../out.txt\n+x', 'is not a path inside the repository'],
  ['names one file in two ways', '*** Add File: a\n+a\n*** Add File: ./a\n+b', 'stands twice'],
])('a patch that %s changes nothing at all', async (_, body, because) => {
  expect(await call('apply_patch', patch(body))).toContain(because);
  for (const path of ['src/plan.ts', '-rf'] as const) expect(await content(path)).toBe(files[path]);
  await expect(content('a')).rejects.toThrow('ENOENT');
});

test('list and search leave out installed packages', async () => {
  expect(await call('list', {})).toBe('-rf\nnotes/long.txt\nsrc/plan.ts');
  expect(await call('list', { path: 'src' })).toBe('src/plan.ts');
  expect(await call('search', { text: 'plan' })).toBe('src/plan.ts:1:export const plan = 1;');
  expect(await call('search', { text: '.*' })).toBe('Nothing was found.');
});

test('run shows status and both outputs', async () => {
  expect(await call('run', { command: 'echo out; echo err >&2; exit 3' })).toBe(
    'exit status 3\nprinted:\nout\n\nprinted as errors:\nerr\n',
  );
});

test('the history of the repository is not in the sandbox: hidden files would be read from it', async () => {
  expect(await call('run', { command: 'ls /repo.git .git' })).toContain("cannot access '/repo.git'");
});

test('nothing that a command starts goes on after it', async () => {
  await call('run', { command: '(sleep 0.3; echo late > late.txt) >/dev/null 2>&1 &' });
  await new Promise((later) => setTimeout(later, 600));
  await expect(content('late.txt')).rejects.toThrow('ENOENT');
});

test('arguments that do not fit the schema are refused before anything runs', async () => {
  expect(await call('read', { path: 'src/plan.ts', lines: '1', extra: true })).toContain('ZodError');
  expect(await call('write', { path: 'src/plan.ts' })).toContain('ZodError');
});

test('done and cannot end the work in the words of the model', async () => {
  expect(await call('done', { summary: 's' })).toBe('{"is":"done","summary":"s"}');
  expect(await call('cannot', { reason: 'r' })).toBe('{"is":"cannot","reason":"r"}');
});
