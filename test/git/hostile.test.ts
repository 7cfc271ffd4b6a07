import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { TreeLimits } from '../../src/adapters/git/check-tree.ts';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { fileRefused } from '../../src/domain/messages/configuration.ts';
import { parseSnapshot, snapshotCommand } from '../../src/domain/snapshot.ts';
import type { SandboxRun } from '../../src/ports.ts';
import { type Line, makeRoom, type Room } from './support.ts';

// Repositories that mean harm, or are odd: each through mirror, lay-out, sandbox and import, or refused in words.

type Origin = Room['origin'];

const LIMITS = { wallMs: 120_000, outputBytes: 50_000_000 };
const file = (origin: Origin, name: Line['name'], text: string, mode = '100644'): Line => ({
  mode,
  name,
  id: origin.blob(text),
});
const link = (origin: Origin, name: string, to: string): Line => file(origin, name, to, '120000');
const folder = (origin: Origin, name: string, ...lines: Line[]): Line => ({
  mode: '040000',
  name,
  id: origin.tree(...lines),
});

/** A folder that holds so many folders of its kind, and so on: many files, few objects. */
function bomb(origin: Origin, width: number, depth: number): string {
  let id = origin.tree(file(origin, 'f', 'boom\n'));
  for (let i = 0; i < depth; i++)
    id = origin.tree(...Array.from({ length: width }, (_, n) => ({ mode: '040000', name: `d${n}`, id })));
  return id;
}

const below = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** What this process laid out or left half made. */
function leftIn({ stateDir }: Room): readonly string[] {
  const [own = ''] = readdirSync(join(stateDir, 'trees'));
  const mirror = join(stateDir, 'mirrors/acme/support.git');
  const packs = below(join(mirror, 'objects/pack'));
  return [
    ...below(join(stateDir, 'trees', own)),
    ...below(mirror).filter((name) => /^index|lock$/.test(name)),
    ...packs.filter((name) => /^\.?tmp/.test(name)),
  ];
}

interface Odd {
  readonly has: string;
  readonly make: (origin: Origin, room: Room) => readonly Line[];
  /** What a command finds there, and prints. */
  readonly look: string;
  readonly finds: string | RegExp;
}

const odds: readonly Odd[] = [
  {
    has: 'a submodule whose address is a command',
    make: (origin, room) => [
      file(origin, '.gitmodules', `[submodule "lib"]\n\tpath = lib\n\turl = ext::sh -c "touch ${room.folder}/ran"\n`),
      { mode: '160000', name: 'lib', id: '1'.repeat(40) },
    ],
    look: 'ls -A lib | wc -l',
    finds: '0\n',
  },
  {
    has: 'pointers of Git LFS',
    make: (origin) => [
      file(origin, '.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n'),
      file(origin, '.lfsconfig', '[lfs]\n\turl = http://127.0.0.1:1/steal\n'),
      file(origin, 'model.bin', `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`),
    ],
    look: 'head -c 7 model.bin',
    finds: 'version',
  },
  {
    has: 'names with newlines, quotes and bytes that are no UTF-8',
    make: (origin) => [
      file(origin, 'a\nb', '1'),
      file(origin, ' "$(id)" ', '2'),
      file(origin, '-rf', '3'),
      { ...file(origin, '', '4'), name: Buffer.from([0x66, 0xff, 0xfe]) },
      folder(origin, 'ü', { ...file(origin, '', '5'), name: Buffer.from([0xc3, 0x28]) }),
    ],
    look: 'cat -- * ü/* 2> /dev/null | fold -w 1 | sort | tr -d "\\n"',
    finds: '12345',
  },
  {
    has: 'names that differ in case alone',
    make: (origin) => [file(origin, 'README', 'A'), file(origin, 'Readme', 'B'), file(origin, 'readme', 'C')],
    look: 'cat README Readme readme',
    finds: 'ABC',
  },
  {
    has: 'links in a circle',
    make: (origin) => [
      link(origin, 'a', 'b'),
      link(origin, 'b', 'a'),
      link(origin, 'self', 'self'),
      folder(origin, 'deep', link(origin, 'up', '..'), link(origin, 'here', '.')),
    ],
    look: 'for one in a b self; do cat $one 2>&1; done | grep -c "Too many levels"; ls deep/up/deep/here/up | wc -l',
    finds: '3\n4\n',
  },
  {
    has: 'attributes with filters, keywords, encodings and exports',
    make: (origin) => [
      file(
        origin,
        '.gitattributes',
        '* text eol=crlf ident filter=x diff=x merge=x working-tree-encoding=UTF-16 export-ignore\n[attr]binary -diff\n',
      ),
      file(origin, 'text', '$Id$\n'),
    ],
    look: 'cat text',
    finds: '$Id$\n',
  },
  {
    has: 'hooks, and a folder that looks like a repository with a monitor',
    make: (origin, room) => {
      const run = `#!/bin/sh\ntouch ${room.folder}/ran\n`;
      const config = `[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = "touch ${room.folder}/ran"\n\thooksPath = hooks\n`;
      const hooks = folder(origin, 'hooks', file(origin, 'post-checkout', run, '100755'));
      return [
        hooks,
        folder(origin, '.githooks', file(origin, 'pre-commit', run, '100755')),
        folder(
          origin,
          'bare',
          file(origin, 'HEAD', 'ref: refs/heads/main\n'),
          file(origin, 'config', config),
          hooks,
          folder(origin, 'objects', folder(origin, 'info', file(origin, 'alternates', '/etc\n'))),
          folder(origin, 'refs', file(origin, 'keep', '')),
        ),
      ];
    },
    look: 'cat bare/objects/info/alternates',
    finds: '/etc\n',
  },
  {
    has: 'folders as deep as paths may be',
    make: (origin) => {
      let inside = file(origin, 'leaf', 'x');
      for (let i = 0; i < 16; i++) inside = folder(origin, String(i).padEnd(200, 'd'), inside);
      return [inside];
    },
    look: 'find . -name leaf | wc -l',
    finds: '1\n',
  },
  {
    has: 'modes that git has long ceased to write',
    make: (origin) => [file(origin, 'shared', 'x', '100664'), file(origin, 'run', 'x', '100775')],
    look: 'test -x run && test ! -x shared && echo right',
    finds: 'right\n',
  },
];

const sandboxOf = (room: Room) => bubblewrapSandbox({ stateDir: join(room.stateDir, 'sandbox'), firstUid: 63_100 });

for (const { has, make, look, finds } of odds)
  test(`a repository that has ${has} is worked on as it is`, async () => {
    using room = await makeRoom();
    const { origin, repository } = room;
    const base = origin.commit(origin.tree(...make(origin, room)));
    await repository.fetch(origin.access);
    const tree = await repository.treeOf(base);
    const sandbox = sandboxOf(room);
    const checkout = await repository.checkout(tree);
    const job = { tree: checkout.dir, writable: true, limits: LIMITS };
    const looked = await sandbox.run({ ...job, command: `${look}; echo n > made` });
    expect(Buffer.from(looked.stdout).toString(), looked.stderr).toMatch(finds);
    const command = snapshotCommand(base, checkout.tree);
    const taken: SandboxRun = await sandbox.run({ ...job, gitDir: checkout.gitDir, command });
    expect(taken, taken.stderr).toMatchObject({ ended: 'exited', exit: 0 });
    const { tree: candidate, pack } = parseSnapshot(taken.stdout);
    await repository.importTree(pack, candidate, base);
    const changes = await repository.changes(base, candidate);
    expect(changes.map(({ path, status }) => `${status} ${path}`)).toEqual(['added made']);
    await checkout.dispose();
    expect(leftIn(room)).toEqual([]);
    expect(existsSync(join(room.folder, 'ran'))).toBe(false);
  });

test('a submodule that has a command to update itself is in no candidate', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const modules = file(origin, '.gitmodules', '[submodule "a"]\n\tpath = a\n\turl = ./a\n\tupdate = !id\n');
  const base = await room.publishTree(origin.tree(modules));
  const checkout = await repository.checkout(base);
  const command = `echo n > made\n${snapshotCommand(base, checkout.tree)}`;
  const job = { tree: checkout.dir, gitDir: checkout.gitDir, writable: true, limits: LIMITS };
  const run = await sandboxOf(room).run({ ...job, command });
  expect(run, run.stderr).toMatchObject({ ended: 'exited', exit: 0 });
  const { tree, pack } = parseSnapshot(run.stdout);
  await expect(repository.importTree(pack, tree, base)).rejects.toThrow('disallowed submodule update setting: !id');
  await checkout.dispose();
});

test('a repository that borrows its objects from another is fetched whole', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const commit = origin.commit(origin.files({ a: 'lent\n' }));
  const lender = join(room.folder, 'lender');
  const objects = join(room.folder, 'origin.git/objects');
  renameSync(objects, lender);
  for (const dir of ['info', 'pack']) mkdirSync(join(objects, dir), { recursive: true });
  writeFileSync(join(objects, 'info/alternates'), `${lender}\n`);
  await repository.fetch(origin.access);
  rmSync(lender, { recursive: true });
  expect(await repository.read(commit, 'a')).toBe('lent\n');
  expect(existsSync(join(room.stateDir, 'mirrors/acme/support.git/objects/info/alternates'))).toBe(false);
  await (await repository.checkout(await repository.treeOf(commit))).dispose();
});

interface Refused {
  readonly has: string;
  readonly make: (origin: Origin, room: Room) => string | Promise<string>;
  readonly most?: Partial<TreeLimits>;
  readonly path: string;
  readonly reason: keyof typeof fileRefused;
  readonly message: string;
}

/** A blob that says it is so large, of which only the beginning is here. */
function hugeBlob(room: Room, bytes: number): string {
  const id = 'ab'.repeat(20);
  const dir = join(room.stateDir, 'mirrors/acme/support.git/objects/ab');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, id.slice(2)), deflateSync(`blob ${bytes}\0${'\0'.repeat(100)}`));
  return id;
}

const refusals: readonly Refused[] = [
  {
    has: 'a file of 2 GB',
    make: async (origin, room) => {
      const tree = await room.publishTree(origin.files({ 'a.txt': 'a\n' }));
      return room.repository.withFiles(tree, { 'disk.img': { id: hugeBlob(room, 2 ** 31) } });
    },
    path: 'disk.img',
    reason: 'tree-too-large',
    message: 'The files of the commit come to 2147 MB. Up to 2000 MB are laid out.',
  },
  {
    has: 'one blob in many places, which together are too much',
    make: (origin) => {
      const id = origin.blob(Buffer.alloc(100_000));
      return origin.tree(...Array.from({ length: 20 }, (_, n) => ({ mode: '100644', name: `f${n}`, id })));
    },
    most: { bytes: 1_500_000 },
    path: 'f0',
    reason: 'tree-too-large',
    message: 'The files of the commit come to 2 MB. Up to 1.5 MB are laid out.',
  },
  {
    has: 'more files than are laid out',
    make: (origin) => bomb(origin, 10, 3),
    most: { files: 999 },
    path: '.',
    reason: 'too-many-files',
    message: 'The commit has more than 999 files, or names too long to list.',
  },
  {
    has: 'a name that no file may have',
    make: (origin) => origin.tree(file(origin, 'n'.repeat(300), '')),
    path: 'n'.repeat(255),
    reason: 'path-impossible',
    message: `"${'n'.repeat(255)}" cannot be laid out: no file may have this path.`,
  },
  {
    has: 'a path that no file may have',
    make: (origin) => {
      let inside = file(origin, 'leaf', 'x');
      for (let i = 0; i < 20; i++) inside = folder(origin, 'd'.repeat(200), inside);
      return origin.tree(inside);
    },
    path: `${'d'.repeat(200)}/${'d'.repeat(54)}`,
    reason: 'path-impossible',
    message: `"${'d'.repeat(200)}/${'d'.repeat(54)}" cannot be laid out: no file may have this path.`,
  },
  {
    has: 'one name twice',
    make: (origin) => origin.tree(file(origin, 'a', '1'), file(origin, 'a', '2')),
    path: 'a',
    reason: 'path-twice',
    message: '"a" stands twice in the tree, so it is damaged.',
  },
  {
    has: 'a link in the place of a folder with files',
    make: (origin) => origin.tree(link(origin, 'a', 'b'), folder(origin, 'a', file(origin, 'x', '1'))),
    path: 'a',
    reason: 'path-twice',
    message: '"a" stands twice in the tree, so it is damaged.',
  },
];

for (const { has, make, most, path, reason, message } of refusals)
  test(`a tree that has ${has} is refused in words, and nothing of it is laid out`, async () => {
    using room = await makeRoom(most && { most });
    const made = await make(room.origin, room);
    const tree = (await room.repository.has(made)) ? made : await room.publishTree(made);
    const refused = { name: 'FileRefused', path, reason, message };
    await expect(room.repository.checkout(tree)).rejects.toMatchObject(refused);
    // Remembered is what was sound, nothing else.
    await expect(room.repository.checkout(tree)).rejects.toMatchObject(refused);
    expect(leftIn(room)).toEqual([]);
    expect(fileRefused[reason].fix).toMatch(/\.$/);
  });

test('a tree of few objects that stands for ten billion files ends nobody: not listed, not compared, not laid out', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const before = await room.publishTree(origin.files({ a: '' }));
  const tree = await room.publishTree(bomb(origin, 10, 10));
  const tooMany = { name: 'FileRefused', path: '.', reason: 'too-many-files' };
  await expect(repository.list(tree, '')).rejects.toMatchObject(tooMany);
  await expect(repository.checkout(tree)).rejects.toMatchObject(tooMany);
  await expect(repository.changes(before, tree)).rejects.toMatchObject({
    name: 'FileRefused',
    reason: 'not-compared',
    message: 'What was changed is too large to be compared.',
  });
  expect(leftIn(room)).toEqual([]);
}, 900_000);
