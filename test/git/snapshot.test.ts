import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { sha1 } from '@noble/hashes/legacy.js';
import { beforeAll, expect, test } from 'vitest';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { parseSnapshot, snapshotCommand } from '../../src/domain/snapshot.ts';
import type { Checkout, Sandbox, SandboxJob, SandboxRun } from '../../src/ports.ts';
import { makeRoom, type Room } from './support.ts';

const limits = { wallMs: 20_000, outputBytes: 50_000_000 };
const files = { 'a.txt': 'a\n', 'b.txt': 'b\n', 'src/x.ts': 'x\n', 'tickets/1.json': '{}\n', '.gitignore': '*.log\n' };

/** What an agent did in the sandbox, taken out of it. */
async function worked({ repository }: Room, sandbox: Sandbox, base: string, script: string, without: string[] = []) {
  const checkout = await repository.checkout(await repository.treeOf(base), without);
  const job = { tree: checkout.dir, writable: true, limits };
  const run = await sandbox.run({ ...job, command: script });
  if (run.exit !== 0) throw new Error(run.stderr);
  return { checkout, snapshot: await snapshotOf(sandbox, checkout, base) };
}

function snapshotOf(sandbox: Sandbox, checkout: Checkout, base: string): Promise<SandboxRun> {
  const command = snapshotCommand(base, checkout.tree);
  const job: SandboxJob = { tree: checkout.dir, gitDir: checkout.gitDir, writable: true, command, limits };
  return sandbox.run(job);
}

const sandboxOf = (room: Room): Sandbox =>
  bubblewrapSandbox({ stateDir: join(room.stateDir, 'sandbox'), firstUid: 63_000 });

async function changesOf(room: Room, run: SandboxRun, base: string) {
  expect(run, run.stderr).toMatchObject({ ended: 'exited', exit: 0 });
  const { tree, pack } = parseSnapshot(run.stdout);
  const imported = await room.repository.importTree(pack, tree, base);
  return (await room.repository.changes(base, imported)).map(({ path, status }) => `${status} ${path}`);
}

beforeAll(async () => {
  using room = await makeRoom();
  expect(await sandboxOf(room).refusal()).toBeNull();
});

test('what an agent changed leaves the sandbox as a tree, and what was hidden from it is as before', async () => {
  using room = await makeRoom();
  const base = await room.publish(files);
  const script = 'test ! -e tickets && rm b.txt && echo 2 >> a.txt && mkdir new && echo n > new/ü && echo l > x.log';
  const { checkout, snapshot } = await worked(room, sandboxOf(room), base, script, ['tickets/**']);
  expect(await changesOf(room, snapshot, base)).toEqual(['modified a.txt', 'deleted b.txt', 'added new/ü']);
  const { tree } = parseSnapshot(snapshot.stdout);
  expect(await room.repository.read(tree, 'tickets/1.json')).toBe('{}\n');
  expect(await room.repository.read(tree, 'new/ü')).toBe('n\n');
  await checkout.dispose();
});

test('an agent that changed nothing gives the tree of base', async () => {
  using room = await makeRoom();
  const base = await room.publish(files);
  const { snapshot } = await worked(room, sandboxOf(room), base, 'true', ['tickets/**']);
  expect(await changesOf(room, snapshot, base)).toEqual([]);
  expect(parseSnapshot(snapshot.stdout).tree).toBe(await room.repository.treeOf(base));
});

test('a submodule and carriage returns stay as they are', async () => {
  using room = await makeRoom();
  const { origin } = room;
  const tree = origin.tree(
    { mode: '100644', name: '.gitattributes', id: origin.blob('* text=auto\n') },
    { mode: '100644', name: 'crlf', id: origin.blob('a\r\nb\r\n') },
    { mode: '160000', name: 'lib', id: '1'.repeat(40) },
  );
  const base = origin.commit(tree);
  await room.repository.fetch(origin.access);
  const { snapshot } = await worked(room, sandboxOf(room), base, 'echo n > new');
  expect(await changesOf(room, snapshot, base)).toEqual(['added new']);
});

test.each([
  [
    'a repository',
    'mkdir sub && cd sub && git init -q && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x',
  ],
  ['an empty repository', 'mkdir sub && cd sub && git init -q && echo x > file'],
  ['a hidden path', 'mkdir tickets && echo forged > tickets/1.json'],
  ['a folder in the way of a hidden path', 'mkdir -p tickets/1.json && echo x > tickets/1.json/x'],
  ['a file that cannot be read', 'echo x > closed && chmod 0 closed'],
])('%s made by the agent is no candidate', async (_, script) => {
  using room = await makeRoom();
  const base = await room.publish(files);
  const { checkout, snapshot } = await worked(room, sandboxOf(room), base, script, ['tickets/**']);
  expect(snapshot.exit).not.toBe(0);
  expect(snapshot.stderr).not.toBe('');
  expect(() => parseSnapshot(snapshot.stdout)).toThrow('not a snapshot');
  await checkout.dispose();
});

test('a .git of the agent at the top, a filter, a hook and a pipe change nothing about what is taken', async () => {
  using room = await makeRoom();
  const base = await room.publish(files);
  const script = `git init -q && git config core.fsmonitor 'touch /work/ran; false' && git config filter.x.clean 'echo filtered'
    echo '*.txt filter=x ident' > .gitattributes && mkdir -p .git/hooks && echo n > new.txt && mkfifo pipe`;
  const { checkout, snapshot } = await worked(room, sandboxOf(room), base, script);
  expect(await changesOf(room, snapshot, base)).toEqual(['added .gitattributes', 'added new.txt']);
  expect(await room.repository.read(parseSnapshot(snapshot.stdout).tree, 'new.txt')).toBe('n\n');
  await checkout.dispose();
});

/** Repairs the repository in which it is called, and puts what is hidden where it would be taken along. */
const HOOK = `#!/bin/sh
exec >/dev/null 2>&1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
echo "ref: refs/heads/$(ls /work/lib/.git/refs/heads)" > /work/lib/.git/HEAD
commit=$(git --git-dir=/repo.git for-each-ref --format='%(objectname)' | head -1)
git --git-dir=/repo.git show "$commit:cases/hold-out.json" > /work/a.txt
`;

test('invariant 4: a repository of the agent in the place of a submodule has nothing run while what is hidden can be read', async () => {
  using room = await makeRoom();
  const { origin } = room;
  const hidden = origin.tree({ mode: '100644', name: 'hold-out.json', id: origin.blob('a secret') });
  const tree = origin.tree(
    { mode: '100644', name: 'a.txt', id: origin.blob('a\n') },
    { mode: '040000', name: 'cases', id: hidden },
    { mode: '160000', name: 'lib', id: '1'.repeat(40) },
  );
  const base = origin.commit(tree);
  await room.repository.fetch(origin.access);
  const prepare = [
    'set -e; cd lib; git init -q .; echo x > f; git add f',
    'git -c user.name=a -c user.email=a@b commit -q -m x',
    `printf %s '${HOOK.replaceAll("'", "'\\''")}' > .git/hook; chmod +x .git/hook`,
    'git config core.fsmonitor .git/hook',
    `echo ${'1'.repeat(40)} > .git/HEAD`,
  ].join('\n');
  const { snapshot, checkout } = await worked(room, sandboxOf(room), base, prepare, ['cases/**']);
  expect(await changesOf(room, snapshot, base)).toEqual([]);
  await checkout.dispose();
});

test('a tree is taken from folders as deep as an agent can make them, or not at all, and goes when disposed', async () => {
  using room = await makeRoom();
  const base = await room.publish(files);
  const script = 'i=0; d=$(printf "%0200d" 0); while [ $i -lt 30 ]; do mkdir $d && cd $d; i=$((i+1)); done; chmod 0 .';
  const { checkout, snapshot } = await worked(room, sandboxOf(room), base, script);
  if (snapshot.exit === 0) expect(await changesOf(room, snapshot, base)).toEqual([]);
  await checkout.dispose();
  await expect(room.repository.checkout(checkout.tree).then(({ dispose }) => dispose())).resolves.toBeUndefined();
});

/** A pack with these objects, as git writes it, whatever they hold. */
function packOf(...objects: readonly { type: 1 | 2 | 3; content: Buffer }[]): Uint8Array {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const parts = objects.map(({ type, content }) => {
    // Four bits of the size beside the type, seven in each further byte.
    const size = [(type << 4) | (content.length & 15)];
    for (let rest = content.length >> 4; rest > 0; rest >>= 7) {
      size[size.length - 1]! |= 0x80;
      size.push(rest & 0x7f);
    }
    return Buffer.concat([Buffer.from(size), deflateSync(content)]);
  });
  const body = Buffer.concat([head, ...parts]);
  return Buffer.concat([body, sha1(body)]);
}

const idOf = (type: string, content: Buffer): string =>
  Buffer.from(sha1(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]))).toString('hex');
const entry = (mode: string, name: string, id: string): Buffer =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);

test('a pack that is broken, incomplete or hostile is not taken in', async () => {
  using room = await makeRoom();
  const { repository } = room;
  const base = await room.publish(files);
  const blob = Buffer.from('text\n');
  const good = entry('100644', 'file', idOf('blob', blob));
  const whole = packOf({ type: 3, content: blob }, { type: 2, content: good });
  const bad: [why: string, pack: Uint8Array, tree: string][] = [
    ['cut short', whole.subarray(0, -5), idOf('tree', good)],
    ['a flipped bit', Buffer.from(whole).fill(0x55, 14, 15), idOf('tree', good)],
    ['no pack', randomBytes(200), idOf('tree', good)],
    ['a blob is missing', packOf({ type: 2, content: good }), idOf('tree', good)],
    ['another tree', whole, '9'.repeat(40)],
    ['not a tree', whole, idOf('blob', blob)],
    ['a commit for a tree', packOf(), base],
  ];
  for (const name of ['.git', '..', 'a/b', '']) {
    const tree = entry('100644', name, idOf('blob', blob));
    bad.push([
      `the name “${name}”`,
      packOf({ type: 3, content: blob }, { type: 2, content: tree }),
      idOf('tree', tree),
    ]);
  }
  for (const [why, pack, tree] of bad) await expect(repository.importTree(pack, tree, base), why).rejects.toThrow();
  expect(await repository.importTree(whole, idOf('tree', good), base)).toBe(idOf('tree', good));
  expect(await repository.read(idOf('tree', good), 'file')).toBe('text\n');
});

test('a small pack that unfolds to a large file is not taken in', async () => {
  using room = await makeRoom();
  const base = await room.publish(files);
  const blob = Buffer.alloc(101_000_000);
  const tree = entry('100644', 'large', idOf('blob', blob));
  const pack = packOf({ type: 3, content: blob }, { type: 2, content: tree });
  expect(pack.length).toBeLessThan(200_000);
  await expect(room.repository.importTree(pack, idOf('tree', tree), base)).rejects.toThrow('over 100 MB');
});

test('no word but an object id becomes part of the command', () => {
  for (const id of ['main', '$(id)', `${'1'.repeat(40)}\nid`, '']) expect(() => snapshotCommand(id)).toThrow();
});
