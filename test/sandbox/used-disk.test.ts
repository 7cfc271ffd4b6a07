import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { deletedBytes, hasUsedMore } from '../../src/adapters/sandbox/used-disk.ts';

const KB = 1024;
const plenty = 1e9;

test('only what was made or written since counts, at any depth, and nothing that links lead to', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'used-'));
  for (let i = 0; i < 300; i++) writeFileSync(path.join(folder, `old-${i}`), Buffer.alloc(8 * KB, 1));
  // Times of files go by ticks of some milliseconds.
  await sleep(20);
  const since = Date.now();
  await sleep(20);
  mkdirSync(path.join(folder, 'a', 'b'), { recursive: true });
  for (let i = 0; i < 7; i++) writeFileSync(path.join(folder, 'a', 'b', `new-${i}`), Buffer.alloc(8 * KB, 1));
  symlinkSync(folder, path.join(folder, 'a', 'loop'));
  writeFileSync(path.join(folder, 'old-1'), Buffer.alloc(80 * KB, 1));
  const used = (files: number, bytes = plenty, hidden = 0) => hasUsedMore(folder, since, { files, bytes }, hidden);
  expect(await used(9)).toBe(true);
  expect(await used(10)).toBe(false);
  expect(await used(10, 130 * KB)).toBe(true);
  expect(await used(10, 400 * KB)).toBe(false);
  expect(await used(10, 400 * KB, 400 * KB)).toBe(true);
  expect(await hasUsedMore(path.join(folder, 'gone'), since, { files: 0, bytes: 0 })).toBe(false);
  rmSync(folder, { recursive: true });
});

test('what is deleted and still open counts once, for those who have it open', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deleted-'));
  const file = path.join(folder, 'gone');
  const own = [String(process.pid)];
  const before = deletedBytes(folder, own);
  writeFileSync(file, Buffer.alloc(800 * KB, 1));
  const open = [openSync(file, 'r'), openSync(file, 'r')];
  expect(deletedBytes(folder, own) - before).toBe(0);
  unlinkSync(file);
  expect(deletedBytes(folder, own) - before).toBe(800 * KB);
  expect(deletedBytes(folder, [])).toBe(0);
  expect(deletedBytes(folder, ['0', 'gone'])).toBe(0);
  for (const fd of open) closeSync(fd);
  expect(deletedBytes(folder, own) - before).toBe(0);
  rmSync(folder, { recursive: true });
});
