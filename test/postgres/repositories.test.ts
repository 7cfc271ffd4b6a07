import pg from 'pg';
import { expect, test } from 'vitest';
import { type Heard, openRepositories, type Repositories } from '../../src/adapters/postgres/repositories.ts';
import { keyOf, refOf } from '../../src/domain/rejection.ts';
import { freshDatabase } from '../support/shared-postgres.ts';

interface World {
  readonly repositories: Repositories;
  /** What another process with the same database makes of it. */
  readonly elsewhere: Repositories;
  heard(
    what: string,
    action: string,
    named: readonly [id: number, name: string, asOf?: string][],
    by?: number,
  ): Promise<Heard & Awaited<ReturnType<Repositories['heard']>>>;
}

async function inDatabase(test: (world: World) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.databaseUrl, max: 4 });
  try {
    const repositories = openRepositories(pool);
    const heard: World['heard'] = async (what, action, named, installation = 5) => {
      const all = named.map(([id, name, asOf]) => ({ id, name, asOf: asOf ?? null }));
      const repository = what === 'installation' ? null : (all[0] ?? null);
      const event = { installation, what, action, repository, repositories: all };
      return { ...event, ...(await repositories.heard(event)) };
    };
    await test({ repositories, elsewhere: openRepositories(pool), heard });
  } finally {
    await pool.end();
    await database.drop();
  }
}

const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];

test('a repository keeps its name in the ledger through renames and another owner', () =>
  inDatabase(async ({ repositories, elsewhere, heard }) => {
    const first = await heard('issue', 'opened', [[1, 'ada/shop', early]]);
    expect(first).toMatchObject({ ledgerName: 'ada/shop', wakings: [{ installation: 5, rejection: 'ada/shop#0' }] });
    expect(await heard('repository', 'renamed', [[1, 'ada/store', late]])).toMatchObject({
      ledgerName: 'ada/shop',
      wakings: [],
    });
    expect(await elsewhere.nameOf('ada/shop')).toEqual({ name: 'ada/store', installation: 5, shut: null });
    await heard('repository', 'transferred', [[1, 'eve/store', late]], 9);
    expect(await repositories.nameOf('ada/shop')).toEqual({ name: 'eve/store', installation: 9, shut: null });
  }));

test('an event that comes late brings no old name back; what GitHub says now always counts', () =>
  inDatabase(async ({ repositories, heard }) => {
    await heard('issue', 'opened', [[1, 'ada/store', late]]);
    expect((await heard('issue', 'edited', [[1, 'ada/shop', early]])).ledgerName).toBe('ada/store');
    expect(await repositories.nameOf('ada/store')).toMatchObject({ name: 'ada/store' });
    await repositories.seen({ id: 1, name: 'ada/third', asOf: early }, 5, true);
    expect(await repositories.nameOf('ada/store')).toMatchObject({ name: 'ada/third' });
  }));

test('another repository that takes a freed name gets a name of its own in the ledger, which keys can carry', () =>
  inDatabase(async ({ repositories, heard }) => {
    await heard('issue', 'opened', [[1, 'ada/shop', early]]);
    const taken = await heard('issue', 'opened', [[2, 'ada/shop', late]]);
    expect(taken.ledgerName).toBe('ada/shop.2.git');
    expect(await repositories.nameOf('ada/shop.2.git')).toMatchObject({ name: 'ada/shop' });
    // Of the first it is only known that it is no longer called so: nothing is read or written there by this name.
    expect(await repositories.nameOf('ada/shop')).toBeNull();
    await heard('repository', 'renamed', [[1, 'ada/old-shop', late]]);
    expect(await repositories.nameOf('ada/shop')).toMatchObject({ name: 'ada/old-shop' });
    const ref = refOf(5, `${taken.ledgerName}#7`);
    expect(keyOf(ref)).toBe('ada/shop.2.git#7');
    const long = `ada/${'x'.repeat(100)}`;
    await heard('issue', 'opened', [[3, long, early]]);
    expect((await heard('issue', 'opened', [[4, long, early]])).ledgerName).toMatch(/^ada\/x{94}\.4\.git$/);
  }));

test('two that change names with each other, told by many at once, end as GitHub has them', () =>
  inDatabase(async ({ repositories, elsewhere }) => {
    for (const [id, name] of [
      [1, 'ada/a'],
      [2, 'ada/b'],
    ] as const)
      await repositories.seen({ id, name, asOf: early }, 5);
    const swapped = [
      { id: 1, name: 'ada/b', asOf: late },
      { id: 2, name: 'ada/a', asOf: late },
    ];
    await Promise.all(
      [repositories, elsewhere, repositories, elsewhere].flatMap((one) => swapped.map((it) => one.seen(it, 5, true))),
    );
    for (const it of swapped) await elsewhere.seen(it, 5, true);
    expect(await repositories.nameOf('ada/a')).toMatchObject({ name: 'ada/b' });
    expect(await repositories.nameOf('ada/b')).toMatchObject({ name: 'ada/a' });
  }));

test('many deliveries of a new repository at once make one, told as new once', () =>
  inDatabase(async ({ repositories, elsewhere }) => {
    const seen = { id: 1, name: 'ada/shop', asOf: early };
    const found = await Promise.all([1, 2, 3, 4].flatMap(() => [repositories.seen(seen, 5), elsewhere.seen(seen, 5)]));
    expect(new Set(found.map(({ ledgerName }) => ledgerName))).toEqual(new Set(['ada/shop']));
    expect(found.filter(({ isNew }) => isNew)).toHaveLength(1);
  }));

test('an installation that is read again, because its delivery was not drained, wakes its repositories again', () =>
  inDatabase(async ({ heard }) => {
    for (let read = 0; read < 2; read++)
      expect((await heard('installation', 'created', [[1, 'acme/one']])).wakings).toEqual([
        { installation: 5, rejection: 'acme/one#0' },
      ]);
  }));

test('what is parked while a repository is archived wakes when it is not any more, once', () =>
  inDatabase(async ({ repositories, heard }) => {
    await heard('issue', 'opened', [[1, 'ada/shop', early]]);
    await heard('repository', 'archived', [[1, 'ada/shop', late]]);
    expect(await repositories.nameOf('ada/shop')).toMatchObject({ shut: 'repository-archived' });
    await repositories.shut('ada/shop', 'repository-archived', 'ada/shop#7');
    await repositories.shut('ada/shop', 'repository-archived', 'ada/shop#8');
    const keys = (wakings: readonly { rejection: string }[]) => wakings.map(({ rejection }) => rejection);
    const opened = await heard('repository', 'unarchived', [[1, 'ada/shop', late]]);
    expect(keys(opened.wakings)).toEqual(['ada/shop#0', 'ada/shop#7', 'ada/shop#8']);
    expect(await repositories.nameOf('ada/shop')).toMatchObject({ shut: null });
    expect((await heard('issue', 'edited', [[1, 'ada/shop', late]])).wakings).toEqual([]);
    expect(await repositories.reopen('ada/shop')).toEqual([]);
  }));

test('what another worker shut is opened again by who knew it as open a moment ago', () =>
  inDatabase(async ({ elsewhere, heard }) => {
    await heard('issue', 'opened', [[1, 'ada/shop', early]]);
    await elsewhere.shut('ada/shop', 'repository-archived', 'ada/shop#7');
    const { wakings } = await heard('repository', 'unarchived', [[1, 'ada/shop', early]]);
    expect(wakings.map(({ rejection }) => rejection)).toEqual(['ada/shop#0', 'ada/shop#7']);
    await elsewhere.shutAll(5, 'installation-suspended');
    expect((await heard('installation', 'unsuspend', [[1, 'ada/shop', early]])).wakings).toHaveLength(1);
  }));

test('a suspended installation shuts all of its repositories and no other; lifting it wakes them', () =>
  inDatabase(async ({ repositories, heard }) => {
    await heard('issue', 'opened', [[1, 'ada/a', early]]);
    await heard('issue', 'opened', [[2, 'ada/b', early]]);
    await heard('issue', 'opened', [[3, 'eve/c', early]], 9);
    await heard('installation', 'suspend', []);
    expect(await repositories.nameOf('ada/b')).toMatchObject({ shut: 'installation-suspended' });
    expect(await repositories.nameOf('eve/c')).toMatchObject({ shut: null });
    const { wakings } = await heard('installation', 'unsuspend', [
      [1, 'ada/a'],
      [2, 'ada/b'],
    ]);
    expect(wakings.map(({ rejection }) => rejection)).toEqual(['ada/a#0', 'ada/b#0']);
    await repositories.shutAll(null, 'app-refused');
    expect(await repositories.nameOf('eve/c')).toMatchObject({ shut: 'app-refused' });
    expect(await repositories.reopenAll(null, 'app-refused')).toHaveLength(3);
  }));

test('an app that is removed and installed again goes on under its new id', () =>
  inDatabase(async ({ repositories, heard }) => {
    await heard('issue', 'opened', [[1, 'ada/shop', early]]);
    await heard('installation', 'deleted', [[1, 'ada/shop']]);
    await repositories.shut('ada/shop', 'installation-gone', 'ada/shop#7');
    const again = await heard('installation', 'created', [[1, 'ada/shop']], 6);
    expect(again.wakings).toEqual([
      { installation: 6, rejection: 'ada/shop#0' },
      { installation: 6, rejection: 'ada/shop#7' },
    ]);
    expect(await repositories.nameOf('ada/shop')).toEqual({ name: 'ada/shop', installation: 6, shut: null });
    // The old one's last word comes late, and is about nothing any more.
    await heard('installation', 'removed', [[1, 'ada/shop']]);
    expect(await repositories.nameOf('ada/shop')).toMatchObject({ shut: null });
  }));

test('a name from before repositories were noted is what it is', () =>
  inDatabase(async ({ repositories }) => {
    expect(await repositories.nameOf('old/times')).toEqual({ name: 'old/times', installation: null, shut: null });
    await repositories.shut('old/times', 'repository-gone', 'old/times#1');
  }));
