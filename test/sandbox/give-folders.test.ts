import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { giveFolders } from '../../src/adapters/sandbox/give-folders.ts';
import { asRoot } from './support.ts';

const OWNER = 61_300;

// On both sides of the number from which a process of chown does it.
test.skipIf(!asRoot).each([3, 400])(
  'with %i files, all of a folder is given, and nothing that its links lead to',
  async (count) => {
    const above = mkdtempSync(path.join(tmpdir(), 'give-'));
    const folder = path.join(above, 'folder');
    mkdirSync(path.join(folder, 'deep', 'er'), { recursive: true, mode: 0o700 });
    mkdirSync(path.join(above, 'outside'));
    writeFileSync(path.join(above, 'outside', 'kept'), '');
    symlinkSync('../outside', path.join(folder, 'to-folder'));
    symlinkSync('../../outside/kept', path.join(folder, 'deep', 'to-file'));
    for (let i = 0; i < count; i++) writeFileSync(path.join(folder, 'deep', 'er', `\n${i}`), '');
    await giveFolders(OWNER, [folder]);
    const owners = (of: string) =>
      new Set(execFileSync('find', [of, '-printf', '%U\n'], { encoding: 'utf8' }).trim().split('\n'));
    expect([...owners(folder)]).toEqual([String(OWNER)]);
    expect([...owners(path.join(above, 'outside'))]).toEqual(['0']);
    rmSync(above, { recursive: true });
  },
);

test.skipIf(!asRoot).each([
  ['names that are no UTF-8', `touch "$(printf 'a\\377b')"`],
  [
    'more levels than one name can hold',
    'd=$(printf %0200d 0); for i in $(seq 30); do mkdir $d; cd $d; done; touch end',
  ],
])('a folder with %s is given whole', async (_, make) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'give-'));
  execFileSync('sh', ['-c', make], { cwd: folder });
  await giveFolders(OWNER, [folder]);
  const owners = execFileSync('find', ['.', '-printf', '%U\n'], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
  expect(new Set(owners)).toEqual(new Set([String(OWNER)]));
  execFileSync('rm', ['-rf', folder]);
});
