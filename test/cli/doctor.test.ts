import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAtLeast } from '../../src/cli/doctor/machine.ts';
import { runDoctor } from '../../src/cli/doctor.ts';
import { machine } from '../../src/domain/messages/cli.ts';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';

const { privateKey } = makeAppIdentity(77, 'app');

/** Runs the doctor with a state directory of its own; the lines come back without that directory's name. */
async function diagnose(
  change: Readonly<Record<string, string>>,
  repo?: string,
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<{ well: boolean; said: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'corrigible-doctor-'));
  await chmod(folder, 0o711);
  const env = {
    PATH: process.env['PATH'],
    STATE_DIR: join(folder, 'state'),
    APP_ID: '77',
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: 'a secret that is long enough',
    ...change,
  };
  try {
    await prepare(folder);
    const said: string[] = [];
    const well = await runDoctor(repo === undefined ? {} : { repo }, env, (line) => said.push(line));
    return { well, said: said.map((line) => line.replaceAll(folder, '…')) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('a machine that has everything is well', async () => {
  const { well, said } = await diagnose({});
  expect(said.map((line) => line.replace(/\d+\.\d+\.\d+/, 'N'))).toMatchInlineSnapshot(`
    [
      "✓ Node N.",
      "✓ git N.",
      "✓ The state directory …/state can be written.",
      "✓ The sandbox holds: its self-test found nothing open.",
      "✓ A built-in database is there for this machine.",
      "✓ The settings are complete.",
    ]
  `);
  expect(well).toBe(true);
});

test.skipIf(process.getuid?.() !== 0)('a machine that is the sandbox itself is told, and is no mistake', async () => {
  const { well, said } = await diagnose({ SANDBOX: 'external' });
  expect([well, said.filter((line) => line.startsWith('!'))]).toEqual([
    true,
    [
      '! SANDBOX is external: commands of repositories run without a sandbox, as other users. Only for a machine that is thrown away after each job and holds nothing worth taking.',
    ],
  ]);
});

test('a runtime of containers that is not there is told, and what could be taken instead', async () => {
  const { well, said } = await diagnose({ SANDBOX: 'container', CONTAINER_RUNTIME: '/nowhere/runc' });
  expect([well, said.filter((line) => /untrusted|SANDBOX/i.test(line))]).toEqual([
    false,
    [
      '✗ Untrusted code cannot run here: the container runtime /nowhere/runc is missing. Run: apt-get install -y runc',
      '! SANDBOX=bubblewrap would hold here: its self-test found nothing open.',
    ],
  ]);
});

test('a sandbox of another name is told once, and none is tried', async () => {
  const { well, said } = await diagnose({ SANDBOX: 'exernal' });
  expect([well, said.filter((line) => /sandbox/i.test(line))]).toEqual([
    false,
    [expect.stringMatching(/^✗ SANDBOX: Leave it out, or set it to /)],
  ]);
});

test('missing settings are each told, and one is enough to fail', async () => {
  const { well, said } = await diagnose({ APP_ID: '', WEBHOOK_SECRET: 'short' });
  expect([well, said.filter((line) => line.startsWith('✗'))]).toMatchInlineSnapshot(`
    [
      false,
      [
        "✗ APP_ID: Set it to the number on the page of your GitHub App.",
        "✗ WEBHOOK_SECRET: Set it to a secret of at least 16 characters, the same as on the page of your GitHub App. Make one: openssl rand -hex 32",
      ],
    ]
  `);
});

test('a database that does not answer is told without its password', async () => {
  const { well, said } = await diagnose({ DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:1/corrigible' });
  expect([well, said.filter((line) => line.startsWith('✗'))]).toMatchInlineSnapshot(`
    [
      false,
      [
        "✗ No database at 127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1). Check DATABASE_URL and that the server is up.",
      ],
    ]
  `);
});

test('no git and a state directory that is a file are told; the sandbox is not asked then', async () => {
  const { said } = await diagnose({ PATH: '/nonexistent' }, undefined, (folder) =>
    writeFile(join(folder, 'state'), ''),
  );
  expect(said.filter((line) => line.startsWith('✗'))).toMatchInlineSnapshot(`
    [
      "✗ git is missing. Run: apt-get install -y git",
      "✗ The state directory …/state cannot be written (EEXIST). Make it writable, or choose another one.",
    ]
  `);
  expect(said.join()).not.toContain('sandbox');
});

test('a repository without a token is not looked at, and that is told', async () => {
  const { well, said } = await diagnose({}, 'ada/shop');
  expect([well, said.at(-1)]).toEqual([
    false,
    '✗ The repository was not looked at, because there is no token. Set GITHUB_TOKEN to one that may read it.',
  ]);
});

test.each([
  ['2.38.0', true],
  ['2.37.9', false],
  ['3.1', true],
  ['1.99.0', false],
  ['', false],
])('git %s is new enough: %s', (version, ok) => {
  expect(isAtLeast(version, [2, 38])).toBe(ok);
});

test('an old Node is told with what to do', () => {
  expect(machine.node('20.1.0', false)).toEqual({
    ok: false,
    what: 'Node 20.1.0 is too old.',
    fix: 'Install Node 22.20 or newer.',
  });
});

test('a host that dependencies come from is looked for, unless it is only the end of a name', async () => {
  const write = (folder: string) =>
    writeFile(join(folder, 'operator.yml'), 'network: { prepare: ["*.example.com", nowhere.invalid] }\n');
  const folder = await mkdtemp(join(tmpdir(), 'operator-'));
  try {
    await write(folder);
    const { well, said } = await diagnose({ OPERATOR_FILE: join(folder, 'operator.yml') });
    expect(said.filter((line) => line.includes('prepare'))).toEqual([
      '✗ nowhere.invalid, which “prepare” of configurations may reach, is not found at public addresses alone. Correct it under network.prepare of OPERATOR_FILE, or mend the name service of this machine.',
    ]);
    expect(well).toBe(false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
