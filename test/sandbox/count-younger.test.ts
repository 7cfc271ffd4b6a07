import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hasMoreYounger } from '../../src/adapters/sandbox/count-younger.ts';

test('only what was made since counts, at any depth, and nothing that links lead to', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'younger-'));
  for (let i = 0; i < 300; i++) writeFileSync(path.join(folder, `old-${i}`), '');
  // Times of files go by ticks of some milliseconds.
  await sleep(20);
  const since = Date.now();
  await sleep(20);
  mkdirSync(path.join(folder, 'a', 'b'), { recursive: true });
  for (let i = 0; i < 7; i++) writeFileSync(path.join(folder, 'a', 'b', `new-${i}`), '');
  symlinkSync(folder, path.join(folder, 'a', 'loop'));
  writeFileSync(path.join(folder, 'old-1'), 'changed');
  expect(await hasMoreYounger(folder, since, 9)).toBe(true);
  expect(await hasMoreYounger(folder, since, 10)).toBe(false);
  expect(await hasMoreYounger(path.join(folder, 'gone'), since, 0)).toBe(false);
  rmSync(folder, { recursive: true });
});
