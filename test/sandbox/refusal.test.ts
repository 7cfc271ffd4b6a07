import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { SandboxRefused } from '../../src/ports.ts';
import { asRoot, limits, makeRoom, text } from './support.ts';

test('without bubblewrap nothing runs, and the sentence names the command to run', async () => {
  using room = makeRoom({ bwrap: '/nowhere/bwrap' });
  const sentence = 'Untrusted code cannot run here: bubblewrap is missing. Run: apt-get install -y bubblewrap';
  expect(await room.sandbox.refusal()).toBe(sentence);
  const job = { tree: room.tree(), writable: true, command: ['true'], limits };
  await expect(room.sandbox.run(job)).rejects.toThrow(SandboxRefused);
  await expect(room.sandbox.run(job)).rejects.toThrow(sentence);
});

test('a bubblewrap that fails is refused with its own words', async () => {
  using room = makeRoom();
  const bwrap = path.join(room.folder, 'bwrap');
  writeFileSync(bwrap, '#!/bin/sh\necho "bwrap: Creating new namespace failed" >&2\nexit 1\n');
  chmodSync(bwrap, 0o755);
  const sandbox = bubblewrapSandbox({ stateDir: path.join(room.folder, 'other'), bwrap });
  expect(await sandbox.refusal()).toMatch(
    /^Untrusted code cannot run here: bubblewrap does not start \(bwrap: Creating new namespace failed\): [^.]+\. Run: \S/,
  );
});

// A bubblewrap with one of its defences taken out, by a line of shell over its arguments.
const weakened: readonly (readonly [name: string, edit: string, found: RegExp])[] = [
  [
    'has the network of the host',
    'case "$a" in --unshare-net) continue;; esac',
    /loopback address of the host answers; abstract sockets/,
  ],
  [
    'shows the processes of the host',
    'case "$a" in --unshare-pid) continue;; esac',
    /processes of the host are visible/,
  ],
  ['loads no filter', 'case "$a" in --seccomp) skip=1; continue;; esac', /system calls are not filtered/],
  [
    'leaves its root folder open',
    'case "$a" in --remount-ro) skip=1; continue;; esac',
    /the root folder can be written/,
  ],
  [
    'hands on its environment',
    'export LEAK=1; case "$a" in --clearenv) continue;; esac',
    /the environment of the app can be read/,
  ],
  [
    'binds trees to be written',
    'case "$a" in --ro-bind) a=--bind;; esac',
    /\.git can be written; a read-only tree can be written/,
  ],
  [
    'shows the host',
    'case "$a" in --remount-ro) set -- "$@" --ro-bind "$(/usr/bin/dirname "$0")" "$(/usr/bin/dirname "$0")";; esac',
    /files of the host can be read/,
  ],
];

/** Starts the script once more, with what it is told by descriptor 5 among its arguments. */
const unpack = String.raw`if [ "$1" = --args ]; then
  shift 2
  exec /usr/bin/perl -e 'my $me = shift; open(my $f, "<&=", 5); local $/; my @told = split(/\0/, <$f>, -1); pop @told; exec($me, @told, @ARGV)' "$0" "$@"
fi`;

for (const [name, edit, found] of weakened) {
  test(`a sandbox that ${name} is refused`, async () => {
    using room = makeRoom();
    const bwrap = path.join(room.folder, 'bwrap');
    const script = `#!/bin/sh
${unpack}
n=$#; skip=0
while [ $n -gt 0 ]; do
  n=$((n-1)); a=$1; shift
  [ $skip = 1 ] && { skip=0; continue; }
  ${edit}
  set -- "$@" "$a"
done
exec /usr/bin/bwrap "$@"
`;
    writeFileSync(bwrap, script);
    chmodSync(bwrap, 0o755);
    const sandbox = bubblewrapSandbox({ stateDir: path.join(room.folder, 'other'), bwrap });
    expect(await sandbox.refusal()).toMatch(found);
  });
}

test('a state folder that the user of the sandbox cannot enter is named', async () => {
  using room = makeRoom();
  const closed = path.join(room.folder, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const sandbox = bubblewrapSandbox({ stateDir: path.join(closed, 'state') });
  const sentence = `Untrusted code cannot run here: the user of the sandbox cannot enter ${closed}. Run: chmod o+x ${closed}`;
  // The app's own user enters its own folders.
  expect(await sandbox.refusal()).toBe(asRoot ? sentence : null);
});

test('a Node that the user of the sandbox cannot reach is copied once', async () => {
  using room = makeRoom();
  const closed = path.join(room.folder, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const node = path.join(closed, 'node');
  try {
    linkSync(process.execPath, node);
  } catch {
    copyFileSync(process.execPath, node);
  }
  chmodSync(closed, 0o700);
  const stateDir = path.join(room.folder, 'other');
  const sandbox = bubblewrapSandbox({ stateDir, node });
  expect(await sandbox.refusal()).toBeNull();
  const run = await sandbox.run({ tree: room.tree(), writable: false, command: ['node', '--version'], limits });
  expect(text(run)).toBe(`${process.version}\n`);
  expect(existsSync(path.join(stateDir, 'tools'))).toBe(asRoot);
  expect(await bubblewrapSandbox({ stateDir, node }).refusal()).toBeNull();
  if (asRoot) expect(readdirSync(path.join(stateDir, 'tools'))).toHaveLength(1);
});

test('tools of the operator come first on PATH and cannot be written', async () => {
  using room = makeRoom();
  const tools = room.tree({ git: '#!/bin/sh\necho ours\n' });
  chmodSync(path.join(tools, 'git'), 0o755);
  const sandbox = bubblewrapSandbox({ stateDir: path.join(room.folder, 'other'), toolDirs: [tools] });
  const command = 'git; touch /opt/tools/0/x || command -v node';
  const run = await sandbox.run({ tree: room.tree(), writable: true, command, limits });
  expect(text(run)).toMatch(/^ours\n\/(opt\/tools\/1|usr\/.*)\/node\n$/);
  const absent = bubblewrapSandbox({ stateDir: path.join(room.folder, 'other'), toolDirs: [`${tools}/none`] });
  expect(await absent.refusal()).toContain(`the tools folder ${tools}/none does not exist`);
});

test('the pool of users never holds root, a system account or nobody', () => {
  for (const firstUid of [0, 999, 65_300, 65_534, 1000.5]) {
    expect(() => bubblewrapSandbox({ stateDir: '/tmp/unused', firstUid })).toThrow(RangeError);
  }
});
