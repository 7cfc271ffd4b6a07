import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import { makeFolders } from '../../src/make-folders.ts';

const COMMAND = new URL('../../bin/corrigible', import.meta.url).pathname;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corrigible-folders-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('it makes what is missing, tells the topmost, and leaves what is there', () => {
  expect(makeFolders(join(folder, 'a', 'b', 'c'), 0o711)).toBe(join(folder, 'a'));
  expect(statSync(join(folder, 'a', 'b', 'c')).mode & 0o777).toBe(0o711);
  expect(makeFolders(join(folder, 'a', 'b'))).toBe(undefined);
  symlinkSync(join(folder, 'a'), join(folder, 'link'));
  expect(makeFolders(join(folder, 'link', 'd'))).toBe(join(folder, 'link', 'd'));
});

test('what cannot be made is the error of the system', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file', 'below'))).toThrow('ENOTDIR');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  expect(() => makeFolders(join(folder, 'dangling'))).toThrow('EEXIST');
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});

// /proc says of a folder to be made in it that it is not there, though /proc is.
test.runIf(process.platform === 'linux').each([['/proc/foo'], ['/proc/foo/state']])(
  'the state directory %s is refused in words, by every command, and soon',
  async (stateDir) => {
    expect(() => makeFolders(stateDir)).toThrow('ENOENT');
    const settings = { stateDir, logLevel: 'silent', host: '127.0.0.1', port: 0 };
    await expect(startApp(settings as never, {} as never)).rejects.toThrow(
      `The state directory ${stateDir} cannot be written (ENOENT).`,
    );
    for (const command of [['doctor'], ['status'], ['db', 'check']]) {
      const env = { PATH: process.env['PATH'] ?? '', STATE_DIR: stateDir };
      const { signal, stdout, stderr } = spawnSync(COMMAND, command, { env, timeout: 60_000, encoding: 'utf8' });
      expect(signal).toBe(null);
      expect(stdout + stderr).toContain(stateDir);
    }
  },
);
