import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitMirrors } from '../../src/adapters/git/mirrors.ts';
import { makeRoom, type Room } from './support.ts';

const linkTree = ({ origin }: Room, ...links: readonly [path: string, target: string][]): string => {
  let tree = origin.files({ 'a/b/c.txt': '', 'a/d.txt': '' });
  for (const [path, target] of links) {
    const index = ['update-index', '--add', '--cacheinfo', `120000,${origin.blob(target)},${path}`];
    origin.git(['read-tree', tree]);
    origin.git(index);
    tree = origin.git(['write-tree']);
  }
  return tree;
};

test('a tree is laid out for another user to read, without a .git, and goes when disposed', async () => {
  const umask = process.umask(0o077);
  try {
    using room = await makeRoom();
    const { origin } = room;
    const id = origin.blob('#!/bin/sh\n');
    const folder = origin.tree({ mode: '100755', name: 'run', id });
    const tree = await room.publishTree(
      origin.tree({ mode: '040000', name: 'bin', id: folder }, { mode: '100644', name: 'ü b\n', id }),
    );
    const checkout = await room.repository.checkout(tree);
    expect(checkout).toMatchObject({ tree, gitDir: join(room.stateDir, 'mirrors/acme/support.git') });
    expect(readdirSync(checkout.dir).sort()).toEqual(['bin', 'ü b\n']);
    const mode = (path: string) => statSync(join(checkout.dir, path)).mode & 0o777;
    expect([mode('.'), mode('bin'), mode('bin/run'), mode('ü b\n')]).toEqual([0o755, 0o755, 0o755, 0o644]);
    expect(mode('../..')).toBe(0o711);
    await checkout.dispose();
    expect(existsSync(checkout.dir)).toBe(false);
    const [own = ''] = readdirSync(join(room.stateDir, 'trees'));
    expect(readdirSync(join(room.stateDir, 'trees', own))).toEqual([]);
  } finally {
    process.umask(umask);
  }
});

test('files are their bytes, whatever .gitattributes asks for', async () => {
  using room = await makeRoom();
  const { origin } = room;
  const attributes = '* text eol=crlf ident filter=lfs working-tree-encoding=UTF-16\n';
  const text = 'one\r\ntwo\n$Id$\n';
  const tree = origin.tree(
    { mode: '100644', name: '.gitattributes', id: origin.blob(attributes) },
    { mode: '100644', name: 'a.txt', id: origin.blob(text) },
  );
  const checkout = await room.repository.checkout(await room.publishTree(tree));
  expect(readFileSync(join(checkout.dir, 'a.txt'), 'utf8')).toBe(text);
});

test('what is left out is not there, and the tree says so', async () => {
  using room = await makeRoom();
  const { repository } = room;
  const tree = await repository.treeOf(
    await room.publish({
      'src/a.ts': '',
      'tickets/1.json': '',
      'tickets/.x/2.json': '',
      '.env.local': '',
      'tickets.md': '',
    }),
  );
  const checkout = await repository.checkout(tree, ['tickets/**', '.env*']);
  expect(readdirSync(checkout.dir).sort()).toEqual(['src', 'tickets.md']);
  expect(await repository.list(checkout.tree, '')).toEqual(['src/a.ts', 'tickets.md']);
  expect((await repository.checkout(tree, ['nothing/**'])).tree).toBe(tree);
});

test('links inside the tree are laid out', async () => {
  using room = await makeRoom();
  const links: [string, string][] = [
    ['a/b/up', '../d.txt'],
    ['a/b/top', '../../a'],
    ['dot', './a/b/'],
  ];
  const checkout = await room.repository.checkout(await room.publishTree(linkTree(room, ...links)));
  for (const [path, target] of links) expect(readlinkSync(join(checkout.dir, path))).toBe(target);
});

test.each([
  ['out', '/etc/passwd'],
  ['out', '..'],
  ['a/out', '../../etc'],
  ['a/b/out', '../../../x'],
  ['a/out', 'b/../../../x'],
  // Up through another link: by its words it stays inside.
  ['a/b/out', 'top/../x'],
  ['out', 'x'.repeat(5000)],
])('a link that leads out is not laid out: %s -> %s', async (path, target) => {
  using room = await makeRoom();
  const tree = await room.publishTree(linkTree(room, ['a/b/top', '../../a'], [path, target]));
  await expect(room.repository.checkout(tree)).rejects.toMatchObject({
    name: 'FileRefused',
    path,
    reason: 'link-leads-out',
    message: `The symbolic link "${path}" leads out of the repository.`,
  });
  const [own = ''] = readdirSync(join(room.stateDir, 'trees'));
  expect(readdirSync(join(room.stateDir, 'trees', own))).toEqual([]);
});

test('a submodule is an empty folder', async () => {
  using room = await makeRoom();
  const tree = await room.publishTree(room.origin.tree({ mode: '160000', name: 'lib', id: '1'.repeat(40) }));
  const checkout = await room.repository.checkout(tree);
  expect(lstatSync(join(checkout.dir, 'lib')).isDirectory()).toBe(true);
  expect(readdirSync(join(checkout.dir, 'lib'))).toEqual([]);
});

test.each(['.git', '.GIT', '..'])('a tree with a name that git must not write is refused: %s', async (name) => {
  using room = await makeRoom();
  const line = { mode: '100644', name, id: room.origin.blob('x') };
  const tree = await room.publishTree(room.origin.tree(line));
  await expect(room.repository.checkout(tree)).rejects.toMatchObject({
    name: 'FileRefused',
    reason: 'path-impossible',
  });
});

test('trees of a killed process are swept away, those of a living one stay', async () => {
  using room = await makeRoom();
  const trees = join(room.stateDir, 'trees');
  const checkout = await room.repository.checkout(await room.repository.treeOf(await room.publish({ a: '' })));
  const { pid } = spawnSync('true');
  for (const name of [`${pid}-123`, `${process.ppid}-1`, 'junk']) {
    mkdirSync(join(trees, name, 'closed'), { recursive: true });
    writeFileSync(join(trees, name, 'closed', 'file'), '', { mode: 0 });
  }
  await gitMirrors({ stateDir: room.stateDir }).open('acme/other');
  expect(readdirSync(trees)).toHaveLength(1);
  expect(existsSync(checkout.dir)).toBe(true);
});
