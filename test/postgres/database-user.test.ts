import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseUser } from '../../src/adapters/postgres/database-user.ts';

/** A machine whose `id` and `useradd` are these scripts. */
function onMachine(scripts: Readonly<Record<string, string>>, story: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'corrigible-user-'));
  const path = process.env.PATH;
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  process.env.PATH = folder;
  try {
    story(folder);
  } finally {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  }
}

const knows = (name: string, uid: number) => `[ "$2" = ${name} ] && echo ${uid}`;

test('who is not root runs the database as themselves', () => {
  expect(databaseUser(false).ids).toEqual({});
});

test('root lends the database the user postgres where that exists', () => {
  onMachine({ id: knows('postgres', 107) }, () => {
    expect(databaseUser(true)).toEqual({ name: 'postgres', ids: { uid: 107, gid: 107 } });
  });
});

test('without it, root makes a system user of our own, once', () => {
  const id = `[ "$2" = corrigible-db ] && [ -e "\${0%/*}/made" ] && echo 998`;
  const useradd = `[ ! -e "\${0%/*}/made" ] && echo "$*" > "\${0%/*}/made"`;
  onMachine({ id, useradd }, (folder) => {
    for (const _ of [1, 2]) expect(databaseUser(true)).toEqual({ name: 'corrigible-db', ids: { uid: 998, gid: 998 } });
    expect(existsSync(join(folder, 'made'))).toBe(true);
  });
});

test.each([
  ['is refused', { useradd: 'echo "cannot lock /etc/passwd" >&2; exit 1' }, /\(cannot lock \/etc\/passwd\)/],
  ['is missing', {}, /\(spawnSync useradd ENOENT\)/],
])('when useradd %s, the sentence says so and what to do', (_, scripts, because) => {
  onMachine({ id: 'exit 1', ...scripts }, () => {
    const refused = () => databaseUser(true);
    expect(refused).toThrow(because);
    expect(refused).toThrow(/Create it with "useradd --system corrigible-db", .* or set DATABASE_URL/);
    expect(refused).not.toThrow(/nobody/);
  });
});
