import { spawn } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { readSettings, readStoreSettings } from '../../src/read-settings.ts';

const COMMAND = resolve('bin/corrigible');

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the command with a temporary folder of its own until it ends; `seen` may stop it by what it has said. */
async function runs(temporary: string, args: readonly string[], seen?: (said: string, stop: () => void) => void) {
  const child = spawn(COMMAND, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: temporary },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      seen?.(said, () => child.kill('SIGINT'));
    });
  return new Promise<Ended>((done) => child.once('close', (code) => done({ code, said })));
}

async function inTemporary(story: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'corrigible-line-'));
  try {
    // The sandbox runs as somebody else where this is root, and has to pass through.
    await chmod(folder, 0o711);
    await story(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('what the forge cannot be started with is told in one line', () =>
  inTemporary(async (folder) => {
    const state = ['--state', join(folder, 'forge')];
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const tried = [
      await runs(folder, ['forge', '--port', String(port), ...state]),
      await runs(folder, ['forge', '--port', 'abc', ...state]),
      await runs(folder, ['forge', '--seed', join(folder, 'none.json'), ...state]),
      await runs(folder, ['forge', '--seed', resolve('README.md'), ...state]),
    ];
    await new Promise((done) => server.close(done));
    expect(tried.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
    expect(tried.map(({ said }) => said.trim().split('\n').length)).toEqual([1, 1, 1, 1]);
    for (const [i, words] of [`Port ${port} cannot be had`, 'whole number', 'cannot be read', 'is no seed'].entries())
      expect(tried[i]?.said).toContain(words);
  }));

test('a demo that is interrupted ends with 130 and leaves nothing behind', () =>
  inTemporary(async (folder) => {
    const { code, said } = await runs(folder, ['demo'], (text, stop) => {
      if (text.includes(' rejects: ')) stop();
    });
    expect(said).toContain('(a)');
    expect(code).toBe(130);
    expect((await readdir(folder)).filter((name) => name.startsWith('corrigible-demo'))).toEqual([]);
  }));

test('half a model is told together with everything else that is missing', () => {
  const read = readSettings({ OPENAI_MODEL: 'some-model', WEBHOOK_SECRET: 'x'.repeat(32), APP_ID: '1' });
  expect('problems' in read && read.problems).toEqual([
    expect.stringContaining('PRIVATE_KEY'),
    expect.stringContaining('OPENAI_API_KEY and OPENAI_MODEL go together'),
  ]);
});

test('a data key is 32 bytes in base64 or it is refused in words', () => {
  const app = { APP_ID: '1', PRIVATE_KEY: makeAppIdentity(1, 'app').privateKey, WEBHOOK_SECRET: 'x'.repeat(32) };
  const key = Buffer.alloc(32, 7);
  const good = readSettings({ ...app, DATA_KEY: key.toString('base64') });
  expect('settings' in good && good.settings.dataKey).toEqual(key);
  for (const bad of [Buffer.alloc(31), Buffer.alloc(33), Buffer.alloc(16)].map((bytes) => bytes.toString('base64'))) {
    const problem = 'DATA_KEY: Set it to 32 random bytes in base64 (44 characters), the same on every machine.';
    for (const read of [readSettings({ ...app, DATA_KEY: bad }), readStoreSettings({ DATA_KEY: bad })])
      expect('problems' in read && read.problems).toEqual([expect.stringContaining(problem)]);
  }
  expect(readStoreSettings({ DATA_KEY: '' })).toMatchObject({ settings: { dataKey: undefined } });
});

test('a private key is one by which the app can sign for GitHub, or it is refused in words', () => {
  const app = { APP_ID: '1', WEBHOOK_SECRET: 'x'.repeat(32) };
  const { privateKey } = makeAppIdentity(1, 'app');
  const lines = privateKey.trim().split('\n');
  const of = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const same = createPrivateKey(privateKey);
  const good = [
    privateKey,
    privateKey.trim(),
    lines.join('\\n'),
    lines.join('\r\n'),
    of(same),
    `My key\n${privateKey}`,
  ];
  for (const key of good) {
    const read = readSettings({ ...app, PRIVATE_KEY: key });
    // In one form, whatever the form was: what was tried here is what signs later.
    expect('settings' in read && read.settings.privateKey).toBe(of(same));
  }
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const locked = same.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
  const garbled = privateKey.replace(/^[^-]{40}/m, '!'.repeat(40));
  const bad = [
    'key',
    lines.join(' '),
    lines.join(''),
    lines.slice(0, -1).join('\n'),
    garbled,
    of(elliptic),
    locked,
    createPublicKey(same).export({ type: 'spki', format: 'pem' }).toString(),
  ];
  for (const key of bad)
    expect(readSettings({ ...app, PRIVATE_KEY: key }), key).toEqual({
      problems: [expect.stringContaining('PRIVATE_KEY: Set it to the private key (PEM, RSA)')],
    });
});
