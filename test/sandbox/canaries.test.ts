import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { firstClosed } from '../../src/adapters/sandbox/first-closed.ts';
import type { Found } from './app-with-canaries.ts';
import { SEARCH } from './search-canary.ts';
import { asRoot, ofEachRunner } from './support.ts';

const APP = path.join(import.meta.dirname, 'app-with-canaries.ts');
/** Of nobody on this machine. */
const PERSON = 60_990;
const reachable = !asRoot || ((await firstClosed(APP)) ?? (await firstClosed(process.execPath))) === null;

/** Starts the app as a user of this machine, with a canary wherever an app could have a secret. */
async function inFolder<T>(
  uid: number,
  use: (start: { folder: string; canary: string; key: number }) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'canaries-'));
  const canary = `canary-${randomUUID()}`;
  chmodSync(folder, 0o711);
  writeFileSync(path.join(folder, 'secret'), canary);
  const key = openSync(path.join(folder, 'secret'), 'r');
  if (asRoot) chownSync(folder, uid, uid);
  try {
    return await use({ folder, canary, key });
  } finally {
    closeSync(key);
    rmSync(folder, { recursive: true });
  }
}

const runApp = (uid: number, kind: string): Promise<Found> =>
  inFolder(uid, async ({ folder, canary, key }) => {
    const app = spawn(process.execPath, [APP, folder, kind], {
      env: { PATH: process.env['PATH'], CANARY: canary },
      stdio: ['ignore', 'pipe', 'inherit', 'ignore', 'ignore', 'ignore', key],
      ...(asRoot && { uid, gid: uid }),
    });
    return JSON.parse(await text(app.stdout!));
  });

const users: readonly { readonly who: string; readonly uid: number; readonly why?: string }[] = [
  { who: 'the user of these tests', uid: process.getuid?.() ?? 0 },
  ...(asRoot ? [{ who: 'a normal user', uid: PERSON, ...(!reachable && { why: 'cannot enter this checkout' }) }] : []),
];

ofEachRunner(({ name }) => {
  for (const { who, uid, why } of users) {
    const unless = why === undefined ? '' : ` (${who} ${why}: chmod o+x the folders above it)`;
    const title = `for an app that ${who} started, no way out is open, and its secrets are found nowhere inside${unless}`;
    test.skipIf(why !== undefined)(
      title,
      async () => {
        expect(await runApp(uid, name)).toEqual({ uid, refusal: null, out: [], untried: [], seen: [] });
      },
      480_000,
    );
  }
});

test('on the bare host the same search finds all three', () =>
  inFolder(process.getuid?.() ?? 0, async ({ folder, canary, key }) => {
    const found = spawnSync(process.execPath, ['--input-type=module', '-e', SEARCH, folder], {
      input: canary,
      env: { CANARY: canary },
      stdio: ['pipe', 'pipe', 'inherit', key],
      encoding: 'utf8',
    });
    expect(JSON.parse(found.stdout)).toEqual(
      expect.arrayContaining(['/proc/environ', '/proc/fd', path.join(folder, 'secret')]),
    );
  }));
