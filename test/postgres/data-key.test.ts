import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore, type Store, type StoreOptions } from '../../src/adapters/postgres/open.ts';
import { type FreshDatabase, freshDatabase } from '../support/shared-postgres.ts';
import { silent } from '../support/silent-log.ts';

interface KeyWorld extends FreshDatabase {
  /** Opens, reads or writes one fact, and closes: a whole life of a process. */
  visit(options?: Partial<StoreOptions>): Promise<number>;
  readonly file: string;
}

async function withKeys(story: (world: KeyWorld) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const visit = async (options: Partial<StoreOptions> = {}) => {
    const store: Store = await openStore({ ...database, log: silent, ...options });
    try {
      const { length } = await store.ledger.read('o/r#1');
      await store.ledger.append('o/r#1', length, [{ kind: 'resumed' }]);
      return length;
    } finally {
      await store.close();
    }
  };
  try {
    await story({ ...database, visit, file: join(database.stateDir, 'data-key') });
  } finally {
    await database.drop();
  }
}

test('the first start makes a key of 32 bytes that only its owner reads, and the next start finds it', () =>
  withKeys(async ({ visit, file }) => {
    expect(await visit()).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(file, 'utf8'), 'base64')).toHaveLength(32);
    expect(await visit()).toBe(1);
  }));

test('of processes that start at once, all have the same key', () =>
  withKeys(async ({ file, visit, ...database }) => {
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ ...database, log: silent })));
    await stores[0]?.ledger.append('o/r#1', 0, [{ kind: 'resumed' }]);
    for (const store of stores) expect(await store.ledger.read('o/r#1')).toHaveLength(1);
    for (const store of stores) await store.close();
    expect(readFileSync(file, 'utf8')).toHaveLength(45);
  }));

test('with DATA_KEY no file is made, and any machine that has it reads the same', () =>
  withKeys(async ({ visit, file, stateDir }) => {
    const dataKey = randomBytes(32);
    await visit({ dataKey });
    expect(() => statSync(file)).toThrow('ENOENT');
    const elsewhere = join(stateDir, 'other-machine');
    mkdirSync(elsewhere);
    expect(await visit({ dataKey, stateDir: elsewhere })).toBe(1);
  }));

test.each<[string, (file: string) => Partial<StoreOptions>, RegExp]>([
  [
    'the file is gone',
    (file) => {
      rmSync(file);
      return {};
    },
    /^This database was sealed with a data key, and there is none here: DATA_KEY is not set and .*data-key does not exist\. .*set DATA_KEY to the content of that file/,
  ],
  [
    'the file holds another key',
    (file) => {
      writeFileSync(file, randomBytes(32).toString('base64'));
      return {};
    },
    /^The key in .*data-key is not the data key that this database was sealed with\. .*machines that share a database need the same one/,
  ],
  ['DATA_KEY is another', () => ({ dataKey: randomBytes(32) }), /^DATA_KEY is not the data key that this database/],
  [
    'the file is cut',
    (file) => {
      writeFileSync(file, 'AAAA');
      return {};
    },
    /^The data key in .* is not 32 bytes in base64/,
  ],
  [
    'the file is a folder',
    (file) => {
      rmSync(file);
      mkdirSync(file);
      return {};
    },
    /^The data key in .* cannot be read \(EISDIR\)\. Make it readable/,
  ],
])('where %s, the start is refused in words and no key is made', (_, spoil, sentence) =>
  withKeys(async ({ visit, file }) => {
    await visit();
    const kept = readFileSync(file, 'utf8');
    const options = spoil(file);
    await expect(visit(options)).rejects.toThrow(sentence);
    rmSync(file, { recursive: true, force: true });
    writeFileSync(file, kept);
    expect(await visit()).toBe(1);
  }),
);

test('a state directory that cannot be written is told, and is no reason to go without a key', () =>
  withKeys(async ({ visit, stateDir }) => {
    const closed = join(stateDir, 'a-file');
    writeFileSync(closed, '');
    const dangling = join(stateDir, 'a-link');
    symlinkSync(join(stateDir, 'nowhere'), dangling);
    for (const place of [join(closed, 'state'), dangling])
      await expect(visit({ stateDir: place })).rejects.toThrow(/^The state directory .* cannot be written/);
    expect(await visit()).toBe(0);
  }));
