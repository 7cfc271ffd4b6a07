import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { careForMirrors } from '../../src/adapters/git/care-for-mirrors.ts';
import { gitMirrors } from '../../src/adapters/git/mirrors.ts';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { parseSnapshot, snapshotCommand } from '../../src/domain/snapshot.ts';
import { startForge } from '../../src/forge/forge.ts';
import { permit } from '../support/permit.ts';
import { silent } from '../support/silent-log.ts';
import { makeRoom, type Room } from './support.ts';

const files = { 'a.txt': '1\n', 'deep/b.txt': 'b\n', 'tickets/1.json': '{}\n' };

/** A room whose server leaves files out where it is asked to, and whose mirror asks from the first byte on. */
async function partialRoom(): Promise<Room & Disposable> {
  const room = await makeRoom({ partialOver: 0 });
  room.origin.git(['config', 'uploadpack.allowFilter', 'true']);
  return room;
}

const mirrorOf = ({ stateDir }: Room): string => join(stateDir, 'mirrors/acme/support.git');

test('of a large history only those files come that are used', async () => {
  using room = await partialRoom();
  const { repository } = room;
  const first = await room.publish(files);
  const blob = room.origin.git(['rev-parse', `${first}:a.txt`]);
  const second = await room.publish({ ...files, 'a.txt': '2\n' });
  expect(await repository.has(first)).toBe(true);
  expect(await repository.has(blob)).toBe(false);
  // To know what there is takes no file.
  expect(await repository.list(second, '')).toEqual(['a.txt', 'deep/b.txt', 'tickets/1.json']);
  expect(await repository.read(second, 'a.txt')).toBe('2\n');
  expect(await repository.has(blob)).toBe(false);
  expect((await repository.changes(first, second)).map(({ path, added }) => [path, added])).toEqual([['a.txt', 1]]);
  expect(await repository.has(blob)).toBe(true);
  expect(existsSync(join(mirrorOf(room), 'info/partial'))).toBe(true);
});

test('a fix is made, taken out of the sandbox, merged and pushed on a mirror in part', async () => {
  using room = await partialRoom();
  const { origin, repository } = room;
  const old = await room.publish({ ...files, 'a.txt': '0\n' });
  const base = origin.commit(origin.files(files));
  const theirs = origin.commit(origin.files({ ...files, 'a.txt': '0\n', 'deep/b.txt': 'theirs\n' }), 'theirs', [old]);
  await repository.fetch(origin.access);
  const sandbox = bubblewrapSandbox({ stateDir: join(room.stateDir, 'sandbox'), firstUid: 63_200 });
  const checkout = await repository.checkout(await repository.treeOf(base), ['tickets/**']);
  const job = {
    tree: checkout.dir,
    gitDir: checkout.gitDir,
    writable: true,
    limits: { wallMs: 60_000, outputBytes: 1_000_000 },
  };
  const command = `echo 2 > a.txt\n${snapshotCommand(base, checkout.tree)}`;
  const run = await sandbox.run({ ...job, command });
  expect(run, run.stderr).toMatchObject({ ended: 'exited', exit: 0 });
  const { tree, pack } = parseSnapshot(run.stdout);
  await repository.importTree(pack, tree, base);
  expect((await repository.changes(base, tree)).map(({ path }) => path)).toEqual(['a.txt']);
  expect(await repository.read(tree, 'tickets/1.json')).toBe('{}\n');
  const ours = await repository.commit(tree, [base], 'A fix');
  const merged = await repository.merge(ours, theirs);
  if (!('tree' in merged)) throw new Error('a conflict');
  expect(await repository.read(merged.tree, 'deep/b.txt')).toBe('theirs\n');
  const next = await repository.withFiles(merged.tree, { 'a.txt': '3\n' });
  const commit = await repository.commit(next, [ours, theirs], 'A merge');
  expect(await repository.push(permit, origin.access, commit, 'fix', null)).toBe(true);
  expect(origin.git(['show', 'fix:a.txt'])).toBe('3');
  origin.git(['fsck', '--connectivity-only']);
  await checkout.dispose();
});

test('a mirror in part is packed, and can be fetched, read and laid out afterwards', async () => {
  using room = await partialRoom();
  const { repository } = room;
  const first = await room.publish(files);
  await repository.read(first, 'a.txt');
  const second = await room.publish({ ...files, 'a.txt': '2\n' });
  const made = await repository.withFiles(await repository.treeOf(first), { 'a.txt': 'made\n' });
  const limits = { packs: 0, files: -1 };
  const { tidied } = await careForMirrors({ stateDir: room.stateDir, log: silent, limits }).once();
  expect(tidied).toEqual(['acme/support.git']);
  expect(await repository.read(made, 'a.txt')).toBe('made\n');
  const third = await room.publish({ ...files, 'a.txt': '3\n' });
  for (const [commit, text] of [
    [first, '1\n'],
    [second, '2\n'],
    [third, '3\n'],
  ] as const) {
    const checkout = await repository.checkout(await repository.treeOf(commit));
    expect(readFileSync(join(checkout.dir, 'a.txt'), 'utf8')).toBe(text);
    await checkout.dispose();
  }
});

test('a server that leaves nothing out sends all, and nothing is missing', async () => {
  using room = await makeRoom({ partialOver: 0 });
  const first = await room.publish(files);
  const second = await room.publish({ ...files, 'a.txt': '2\n' });
  expect(await room.repository.has(room.origin.git(['rev-parse', `${first}:a.txt`]))).toBe(true);
  expect(await room.repository.read(second, 'a.txt')).toBe('2\n');
});

test('a history is whole where it is small, and nothing of git’s asks for a file unasked', async () => {
  using room = await makeRoom();
  room.origin.git(['config', 'uploadpack.allowFilter', 'true']);
  const first = await room.publish(files);
  expect(await room.repository.has(room.origin.git(['rev-parse', `${first}:a.txt`]))).toBe(true);
  expect(existsSync(join(mirrorOf(room), 'info/partial'))).toBe(false);
});

test('who has not fetched lately is told that files are missing, as weather', async () => {
  using room = await partialRoom();
  const commit = await room.publish(files);
  const other = await gitMirrors({ stateDir: room.stateDir }).open('acme/support');
  await expect(other.read(commit, 'a.txt')).rejects.toMatchObject({
    name: 'Weather',
    message: 'Some files of the repository are not here yet. They are fetched with its next look.',
  });
  await other.fetch(room.origin.access);
  expect(await other.read(commit, 'a.txt')).toBe('1\n');
});

interface Served {
  readonly url: string;
  readonly token: string;
  readonly root: string;
  close(): Promise<void>;
}

/** The local forge with the repository, where `onFetch` hears of each fetch and whether it is to be let through. */
async function serve(onFetch: (count: number) => boolean): Promise<Served> {
  const root = await mkdtemp(join(tmpdir(), 'partial-'));
  const forge = await startForge({ root: join(root, 'forge') });
  const { token } = forge.addUser('alice');
  await forge.addRepository('acme/support', { files, collaborators: { alice: 'write' } });
  let fetches = 0;
  const door = createServer(async (request, response) => {
    const body = await buffer(request);
    if (body.includes('command=fetch') && !onFetch(++fetches)) return;
    const { method } = request;
    const headers = { ...request.headers, host: new URL(forge.url).host };
    const passed = ask(`${forge.url}${request.url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.end(body);
  });
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
  const { port } = door.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/acme/support.git`,
    token,
    root,
    async close() {
      door.closeAllConnections();
      door.close();
      await forge.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

test('a history that turns out to be large as it comes is begun again in part, and nothing of it is left', async () => {
  const asked: string[] = [];
  const served = await serve((count) => {
    asked.push(readdirSync(packs).join());
    if (count > 1) return true;
    // As much as a pack comes to that is on its way.
    writeFileSync(join(packs, 'tmp_pack_large'), Buffer.alloc(2000));
    return false;
  });
  const stateDir = join(served.root, 'state');
  const mirror = join(stateDir, 'mirrors/acme/support.git');
  const packs = join(mirror, 'objects/pack');
  try {
    const repository = await gitMirrors({ stateDir, partialOver: 1000 }).open('acme/support');
    await repository.fetch(served);
    expect(asked).toEqual(['', '']);
    expect(existsSync(join(mirror, 'info/partial'))).toBe(true);
    expect(readdirSync(packs).filter((name) => name.startsWith('tmp'))).toEqual([]);
    const commit = (await repository.branch('main')) ?? '';
    expect(await repository.read(commit, 'a.txt')).toBe('1\n');
  } finally {
    await served.close();
  }
});

test('a token that files are fetched by one after another is nowhere on the disk', async () => {
  const served = await serve(() => true);
  try {
    const { url, token } = served;
    const stateDir = join(served.root, 'state');
    const repository = await gitMirrors({ stateDir, partialOver: 0 }).open('acme/support');
    await repository.fetch({ url, token });
    const commit = (await repository.branch('main')) ?? '';
    expect(await repository.read(commit, 'deep/b.txt')).toBe('b\n');
    const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
    // grep exits 1 when it finds nothing.
    expect(() => execFileSync('grep', ['-raE', `${token}|${basic}`, stateDir])).toThrow();
    const mirror = join(stateDir, 'mirrors/acme/support.git');
    expect(readFileSync(join(mirror, 'config'), 'utf8')).not.toMatch(/remote|promisor|partial/i);
  } finally {
    await served.close();
  }
});
