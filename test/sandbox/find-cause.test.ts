import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { findCause, type Machine, readMachine } from '../../src/adapters/sandbox/find-cause.ts';
import { makeRoom } from './support.ts';

const plain: Machine = { unprivileged: '1', most: '90000', appArmor: '0', contained: false };

// The words are bubblewrap's own, of 0.8 and before.
const lines: readonly (readonly [line: string, machine: Partial<Machine>, cause: string])[] = [
  ['bwrap: Unknown option --disable-userns', {}, 'tooOld'],
  [
    'bwrap: Creating new namespace failed, likely because the kernel does not support user namespaces.  bwrap must be installed setuid on such systems.',
    {},
    'noNamespaces',
  ],
  [
    'bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.',
    { unprivileged: '0' },
    'onlyRoot',
  ],
  [
    'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
    {},
    'noneLeft',
  ],
  ['bwrap: Creating new namespace failed: No space left on device', { most: '0' }, 'noneLeft'],
  ['bwrap: setting up uid map: Permission denied', { appArmor: '1' }, 'appArmor'],
  ['bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted', { appArmor: '1' }, 'appArmor'],
  ["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", { contained: true }, 'hiddenProc'],
  ['bwrap: Failed to make / slave: Permission denied', { contained: true }, 'mountsRefused'],
  ['bwrap: pivot_root: Operation not permitted', { contained: true }, 'mountsRefused'],
  ['bwrap: Creating new namespace failed: Operation not permitted', { contained: true }, 'containerFilter'],
  [
    'bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.',
    { contained: true },
    'containerFilter',
  ],
  ['bwrap: setting up uid map: Permission denied', {}, 'refused'],
  ['bwrap: out of memory', {}, 'other'],
];

for (const [line, machine, cause] of lines) {
  test(`“${line.slice(0, 60)}” with ${JSON.stringify(machine)} is: ${cause}`, () => {
    expect(findCause(line, { ...plain, ...machine })).toBe(cause);
  });
}

test('what the machine says is read', async () => {
  expect(await readMachine()).toMatchObject({ most: expect.stringMatching(/^\d+$/), contained: expect.any(Boolean) });
});

test.each([
  ['bwrap: Unknown option --disable-userns', 'this release of it is too old, 0.8 or newer is needed. Run: apt-get'],
  [
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    'the container that the app runs in hides parts of /proc. Run: docker run --security-opt systempaths=unconfined',
  ],
])('a bubblewrap that says %s is refused with the cause and what to run', async (line, told) => {
  using room = makeRoom();
  const bwrap = path.join(room.folder, 'bwrap');
  writeFileSync(bwrap, `#!/bin/sh\necho "${line}" >&2\nexit 1\n`);
  chmodSync(bwrap, 0o755);
  const sandbox = bubblewrapSandbox({ stateDir: path.join(room.folder, 'other'), bwrap });
  expect(await sandbox.refusal()).toContain(
    `Untrusted code cannot run here: bubblewrap does not start (${line}): ${told}`,
  );
});
