import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitMirrors } from '../../src/adapters/git/mirrors.ts';
import { permit } from '../support/permit.ts';
import { makeRoom } from './support.ts';

test('a fetch shows branches, pull request heads and the default branch, and forgets what is gone', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const first = await room.publish({ 'a.txt': 'a\n' });
  expect(await repository.defaultBranch()).toBe('main');
  expect(await repository.branch('main')).toBe(first);

  const topic = origin.commit(origin.files({ 'a.txt': 'b\n' }), 'topic', [first]);
  const pull = origin.commit(origin.files({ 'a.txt': 'c\n' }), 'from-a-fork', [first]);
  origin.git(['update-ref', 'refs/pull/3/head', pull]);
  origin.git(['update-ref', '-d', 'refs/heads/from-a-fork']);
  origin.git(['symbolic-ref', 'HEAD', 'refs/heads/topic']);
  origin.git(['update-ref', '-d', 'refs/heads/main']);
  await repository.fetch(origin.access);
  expect(await repository.defaultBranch()).toBe('topic');
  expect(await repository.branch('topic')).toBe(topic);
  expect(await repository.branch('main')).toBeNull();
  expect(await repository.branch('from-a-fork')).toBeNull();
  expect(await repository.has(pull)).toBe(true);
  expect(await repository.has('1'.repeat(40))).toBe(false);
});

test('an empty repository is fetched and has no branch', async () => {
  using room = await makeRoom();
  await room.repository.fetch(room.origin.access);
  expect(await room.repository.branch(await room.repository.defaultBranch())).toBeNull();
});

test('fetches at the same time show what was pushed before each of them was asked for', async () => {
  using room = await makeRoom();
  await room.publish({ 'a.txt': '1\n' });
  const early = room.repository.fetch(room.origin.access);
  const head = room.origin.commit(room.origin.files({ 'a.txt': '2\n' }));
  await Promise.all([room.repository.fetch(room.origin.access), room.repository.fetch(room.origin.access)]);
  expect(await room.repository.branch('main')).toBe(head);
  await early;
});

test('a lock that a killed git left behind does not stop a fetch, a fresh one does', async () => {
  using room = await makeRoom();
  await room.publish({ 'a.txt': '1\n' });
  const lock = join(room.stateDir, 'mirrors/acme/support.git/refs/heads/main.lock');
  writeFileSync(lock, '');
  const head = room.origin.commit(room.origin.files({ 'a.txt': '2\n' }));
  await expect(room.repository.fetch(room.origin.access)).rejects.toMatchObject({
    name: 'Weather',
    message: 'Another process works on the mirror of the repository.',
  });
  const long = Date.now() / 1000 - 3600;
  utimesSync(lock, long, long);
  await room.repository.fetch(room.origin.access);
  expect(await room.repository.branch('main')).toBe(head);
});

test('files are read from any commit or tree', async () => {
  using room = await makeRoom();
  const { repository } = room;
  const commit = await room.publish({ 'a.txt': 'ä\n', 'deep/er/b.txt': 'b', 'deep/c.txt': '' });
  const tree = await repository.treeOf(commit);
  expect(await repository.read(commit, 'a.txt')).toBe('ä\n');
  expect(await repository.read(tree, 'deep/er/b.txt')).toBe('b');
  expect(await repository.read(tree, 'deep/c.txt')).toBe('');
  for (const absent of ['b.txt', 'deep', 'deep/er/b.txt/x', 'a.txt/', '../a.txt', ''])
    expect(await repository.read(tree, absent), absent).toBeNull();
  expect(await repository.list(tree, '')).toEqual(['a.txt', 'deep/c.txt', 'deep/er/b.txt']);
  expect(await repository.list(commit, 'deep')).toEqual(['deep/c.txt', 'deep/er/b.txt']);
  expect(await repository.list(commit, 'deep/er/')).toEqual(['deep/er/b.txt']);
  expect(await repository.list(commit, 'nothing')).toEqual([]);
  expect(await repository.idOf(commit, '')).toBe(tree);
  expect(await repository.idOf(commit, 'deep/c.txt')).toBe(room.origin.blob(''));
  expect(await repository.idOf(commit, 'nothing')).toBeNull();
});

test('a file that is too large or no text is not read, and a link is no file', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const tree = await room.publishTree(
    origin.tree(
      { mode: '100644', name: 'bytes', id: origin.blob(Buffer.from([0xff, 0xfe])) },
      { mode: '100644', name: 'large', id: origin.blob('x'.repeat(101)) },
      { mode: '120000', name: 'link', id: origin.blob('large') },
    ),
  );
  await expect(repository.read(tree, 'large', 100)).rejects.toMatchObject({
    name: 'FileRefused',
    path: 'large',
    reason: 'too-large',
    message: '"large" is over 100 bytes.',
  });
  await expect(repository.read(tree, 'bytes')).rejects.toMatchObject({
    name: 'FileRefused',
    path: 'bytes',
    reason: 'not-utf8',
    message: '"bytes" is not UTF-8 text.',
  });
  expect(await repository.read(tree, 'link')).toBeNull();
  expect(await repository.list(tree, '')).toEqual(['bytes', 'large']);
});

test('changes name every path once, whatever its name and kind', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const text = origin.blob('one\ntwo\n');
  const from = await room.publishTree(
    origin.tree(
      { mode: '100644', name: 'gone', id: text },
      { mode: '100644', name: 'mode', id: text },
      { mode: '100644', name: 'to-link', id: text },
    ),
  );
  const link = origin.blob('mode');
  const to = await room.publishTree(
    origin.tree(
      { mode: '100644', name: ':odd\tname\n"', id: text },
      { mode: '100644', name: 'binary', id: origin.blob(Buffer.from('\0a\n\0b\n')) },
      { mode: '160000', name: 'lib', id: '2'.repeat(40) },
      { mode: '100755', name: 'mode', id: text },
      { mode: '120000', name: 'to-link', id: link },
      { mode: '100644', name: Buffer.from([0x78, 0xfe]), id: text },
      { mode: '100644', name: Buffer.from([0x78, 0xff]), id: link },
    ),
  );
  const changes = await repository.changes(from, to);
  expect(changes.map(({ path, status, newMode, added, removed }) => [path, status, newMode, added, removed])).toEqual([
    [':odd\tname\n"', 'added', '100644', 2, 0],
    ['binary', 'added', '100644', 2, 0],
    ['gone', 'deleted', '000000', 0, 2],
    ['lib', 'added', '160000', 1, 0],
    ['mode', 'modified', '100755', 0, 0],
    ['to-link', 'type-changed', '120000', 1, 2],
    ['x\ufffd', 'added', '100644', 2, 0],
    ['x\ufffd', 'added', '100644', 1, 0],
  ]);
  expect(changes[5]).toMatchObject({ oldMode: '100644', oldId: text, newId: link });
  expect(await repository.changes(to, to)).toEqual([]);
});

test('a diff hides nothing behind attributes or NUL bytes, and shows when it was cut', async () => {
  using room = await makeRoom();
  const { repository } = room;
  const from = await repository.treeOf(await room.publish({ a: 'old\n' }));
  const to = await repository.withFiles(from, {
    a: 'new\0secret\n',
    '.gitattributes': '* -diff\n',
    'ü.txt': 'ü'.repeat(500),
  });
  const diff = await repository.diff(from, to, 10_000);
  expect(diff).toContain('-old\n+new\0secret\n');
  expect(diff).toContain('+++ b/ü.txt');
  expect(await repository.diff(from, to, 100)).toBe(diff.slice(0, 100));
  expect(await repository.diff(from, to, diff.length - 1)).toHaveLength(diff.length - 1);
  expect(await repository.diff(from, to, diff.length + 1)).toHaveLength(diff.length);
});

test('files are set and removed in a tree, and modes stay', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const id = origin.blob('x\n');
  const tree = await room.publishTree(
    origin.tree(
      { mode: '120000', name: 'link', id: origin.blob('run') },
      { mode: '100755', name: 'run', id },
      { mode: '100644', name: 'stays', id },
    ),
  );
  const next = await repository.withFiles(tree, { run: 'y\n', 'new/a b': '', link: 'z', nothing: null });
  expect((await repository.changes(tree, next)).map(({ path, newMode }) => [path, newMode])).toEqual([
    ['link', '100644'],
    ['new/a b', '100644'],
    ['run', '100755'],
  ]);
  expect(await repository.read(next, 'run')).toBe('y\n');
  expect(await repository.withFiles(next, { 'new/a b': null, run: 'x\n', link: null })).toBe(
    await repository.withFiles(tree, { link: null }),
  );
  expect(await repository.withFiles(tree, {})).toBe(tree);
  for (const bad of ['.git/config', 'a/../b', '/etc/x', 'stays/x', ''])
    await expect(repository.withFiles(tree, { [bad]: 'x' }), bad).rejects.toThrow();
});

test('a merge gives a tree, or the paths in conflict', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const base = await room.publish({ a: '1\n', b: '1\n' });
  const ours = origin.commit(origin.files({ a: '2\n', b: '1\n' }), 'ours', [base]);
  const theirs = origin.commit(origin.files({ a: '1\n', b: '3\n' }), 'theirs', [base]);
  const rival = origin.commit(origin.files({ a: '4\n', b: '1\n' }), 'rival', [base]);
  const alone = origin.commit(origin.files({ a: '4\n' }), 'alone', []);
  await repository.fetch(origin.access);
  expect(await repository.merge(ours, theirs)).toEqual({ tree: origin.files({ a: '2\n', b: '3\n' }) });
  expect(await repository.merge(ours, rival)).toEqual({ conflicts: ['a'] });
  expect(await repository.mergeBase(ours, theirs)).toBe(base);
  expect(await repository.mergeBase(ours, alone)).toBeNull();
});

test('a commit carries its parents, its words and nobody but the app', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const base = await room.publish({ a: '1\n' });
  const commit = await repository.commit(await repository.treeOf(base), [base], 'Fix “x”\n\nBecause.\n\n');
  expect(await repository.parents(commit)).toEqual([base]);
  expect(await repository.parents(base)).toEqual([]);
  expect(await repository.push(permit, origin.access, commit, 'fix', null)).toBe(true);
  const [author, committer, dates, ...message] = origin
    .git(['show', '-s', '--format=%an <%ae>%n%cn <%ce>%n%at %ct%n%B', commit])
    .split('\n');
  expect(author).toBe('corrigible <corrigible@users.noreply.invalid>');
  expect(committer).toBe(author);
  expect(new Set(dates?.split(' ')).size).toBe(1);
  expect(message.join('\n')).toBe('Fix “x”\n\nBecause.');
});

test('messages of commits are read from the newest on, whatever they hold', async () => {
  using room = await makeRoom();
  const { repository } = room;
  const base = await room.publish({ a: '1\n' });
  const tree = await repository.treeOf(base);
  const words = ['Change a\n\nThis reverts commit x.', `${'a'.repeat(40)}\n\n“é” \u0001 %H`];
  let head = base;
  for (const message of words) head = await repository.commit(tree, [head], message);
  expect((await repository.messages(base, head, 10)).map(({ message }) => message.trim())).toEqual(words.toReversed());
  expect(await repository.messages(base, head, 1)).toMatchObject([{ commit: head }]);
  expect(await repository.messages(head, base, 10)).toEqual([]);
  await expect(repository.messages('--output=/tmp/x', head, 1)).rejects.toThrow('not an object id');
});

test('names that lead elsewhere are refused', async () => {
  using room = await makeRoom();
  const commit = await room.publish({ a: '1\n' });
  for (const repo of ['../x', 'a/..', 'a/.', 'a/b/c', 'a', '/a/b', 'a/b\n', '-a/b', ''])
    await expect(gitMirrors({ stateDir: room.stateDir }).open(repo), repo).rejects.toThrow('named like owner/name');
  for (const id of ['main', 'HEAD', `${commit}^`, '--help', commit.slice(0, 12)])
    await expect((async () => room.repository.treeOf(id))(), id).rejects.toThrow('not an object');
  for (const branch of ['a..b', 'a b', 'main^{tree}', 'main@{1}', 'a:b', 'a*'])
    await expect(room.repository.push(permit, room.origin.access, commit, branch, null), branch).rejects.toThrow(
      'branch name',
    );
});

test('the sandbox can read a mirror, and nobody can list the mirrors', async () => {
  const umask = process.umask(0o077);
  try {
    using room = await makeRoom();
    await room.publish({ a: '1\n' });
    const mode = (path: string) => statSync(join(room.stateDir, path)).mode & 0o777;
    expect(mode('mirrors')).toBe(0o711);
    expect(mode('mirrors/acme')).toBe(0o711);
    expect(mode('mirrors/acme/support.git')).toBe(0o755);
    expect(mode('mirrors/acme/support.git/HEAD') & 0o044).toBe(0o044);
    expect(mode('mirrors/acme/support.git/objects') & 0o055).toBe(0o055);
    expect(mode('mirrors/acme/support.git/info/attributes')).toBe(0o644);
  } finally {
    process.umask(umask);
  }
});
