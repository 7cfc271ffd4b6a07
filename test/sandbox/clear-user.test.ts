import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { clearUser } from '../../src/adapters/sandbox/clear-user.ts';
import { asRoot } from './support.ts';

const FIRST = 75_000;

/** A folder of the app's, deep below one that everybody may write to, with a file in it that a user left. */
function leave(folder: string, uid: number): string {
  const place = path.join(folder, `d${uid}`, 'deep');
  mkdirSync(place, { recursive: true, mode: 0o755 });
  const file = path.join(place, 'left');
  writeFileSync(file, '');
  chownSync(file, uid, uid);
  return file;
}

test.skipIf(!asRoot)(
  'what users left in folders of others is gone before anybody else may have their uids',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clear-'));
    chmodSync(folder, 0o755);
    try {
      const files = Array.from({ length: 40 }, (_, at) => leave(folder, FIRST + at));
      const other = leave(folder, FIRST + 100);
      const releases = files.map(async (file, at) => {
        const { promise, resolve } = Promise.withResolvers<boolean>();
        await clearUser(FIRST + at, () => resolve(existsSync(file)));
        return promise;
      });
      expect(await Promise.all(releases)).toEqual(files.map(() => false));
      expect(existsSync(other)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test.skipIf(!asRoot)('what a user left at the top is gone when its run is over', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'clear-'));
  mkdirSync(path.join(folder, 'deep'));
  chownSync(folder, FIRST, FIRST);
  await clearUser(FIRST, () => {});
  expect(existsSync(folder)).toBe(false);
});
