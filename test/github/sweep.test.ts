import pg from 'pg';
import { expect, test } from 'vitest';
import type { GithubApp } from '../../src/adapters/github/app.ts';
import type { Listed, ListedComment, Lists, Reading } from '../../src/adapters/github/lists.ts';
import { openSweep, type Sweep } from '../../src/adapters/github/sweep.ts';
import type { SweepLedger } from '../../src/adapters/github/sweep-pass.ts';
import { sweepRepository } from '../../src/adapters/github/sweep-repository.ts';
import { dataKeyOf } from '../../src/adapters/postgres/data-key.ts';
import { openRepositories, type Repositories } from '../../src/adapters/postgres/repositories.ts';
import { openSweeps, type Sweeps } from '../../src/adapters/postgres/sweeps.ts';
import { Weather } from '../../src/ports.ts';
import { freshDatabase } from '../support/shared-postgres.ts';
import { silent } from '../support/silent-log.ts';
import { inWorld, REPO, type World } from './support.ts';

interface Sweeping extends World {
  readonly turns: Sweeps;
  readonly repositories: Repositories;
  readonly pool: pg.Pool;
  readonly ledger: { -readonly [K in keyof SweepLedger]: SweepLedger[K] };
  /** Another worker on the same database. */
  worker(over?: Partial<Sweeps>, passMs?: number, github?: GithubApp): Sweep;
  /** Whom a sweep of everything wakes. */
  sweepAll(): Promise<readonly string[]>;
  /** Sweeps until nothing is touched any more: GitHub's times are whole seconds. */
  settle(): Promise<void>;
}

const { mark } = dataKeyOf(Buffer.alloc(32, 1));

/** Ada's repository and nobody who listens for webhooks. */
const sweeping = (run: (world: Sweeping) => Promise<void>) => () =>
  inWorld(async (world) => {
    const database = await freshDatabase();
    const pool = new pg.Pool({ connectionString: database.databaseUrl, max: 12 });
    const [turns, repositories] = [openSweeps(pool), openRepositories(pool)];
    const ledger: Sweeping['ledger'] = {
      ofPullRequest: async () => undefined,
      ofBase: async () => [],
      ofCommand: async () => [],
      open: async () => [],
    };
    const given = { repositories, ledger, label: 'rejection', mark, log: silent };
    const worker = (over: Partial<Sweeps> = {}, passMs?: number, github = world.app) =>
      openSweep({ ...given, github, turns: { ...turns, ...over }, wake: async () => {} }, passMs);
    const sweepAll = async () => {
      await turns.hurry();
      return (await worker().once()).woken;
    };
    const settle = async () => {
      await sweepAll();
      await expect.poll(async () => (await sweepAll()).length, { timeout: 20_000 }).toBe(0);
      world.calls();
    };
    try {
      await run({ ...world, turns, repositories, pool, ledger, worker, sweepAll, settle });
    } finally {
      await pool.end();
      await database.drop();
    }
  });

const reject = async ({ as }: World, title: string): Promise<number> =>
  (await as('ada', 'POST', `/repos/${REPO}/issues`, { title, labels: ['rejection'] })).number;

test(
  'an unchanged repository costs four calls, each answered 304, and nothing of the quota',
  sweeping(async (world) => {
    await reject(world, 'Wrong');
    await world.settle();
    const begun = world.local.calls.length;
    await world.turns.hurry();
    const report = await world.worker().once();
    expect(report).toMatchObject({ repositories: 1, calls: 4, woken: [], putOff: false });
    const calls = world.local.calls.slice(begun).filter(({ path }) => path.startsWith('/repos/'));
    expect(calls.map(({ path, status }) => [path, status])).toEqual(
      ['issues', 'pulls', 'issues/comments', 'commits'].map((name) => [`/repos/${REPO}/${name}`, 304]),
    );
  }),
);

test(
  'each kind of change wakes its rejection, and only that one',
  sweeping(async (world) => {
    const { as, sweepAll, settle, ledger, branch } = world;
    const key = (number: number) => `${REPO}#${number}`;
    const one = await reject(world, 'One');
    const two = await reject(world, 'Two');
    expect(await sweepAll()).toEqual([key(0), key(one), key(two)]);
    await branch('corrigible/1-1', { 'a.txt': 'a' });
    const pull = (
      await as('ada', 'POST', `/repos/${REPO}/pulls`, { title: 'Fix', head: 'corrigible/1-1', base: 'main' })
    ).number;
    ledger.ofPullRequest = async (repo, number, name) =>
      number === pull && (name === null || name === 'corrigible/1-1') ? `${repo}#${one}` : undefined;
    const at = `/repos/${REPO}/issues`;
    const { id } = await as('grace', 'POST', `${at}/${two}/comments`, { body: 'Hm.' });
    const changes: readonly [string, () => Promise<unknown>, number][] = [
      ['a comment is edited', () => as('grace', 'PATCH', `${at}/comments/${id}`, { body: 'Ah.' }), two],
      ['a comment is deleted', () => as('grace', 'DELETE', `${at}/comments/${id}`), two],
      ['it is labelled', () => as('ada', 'POST', `${at}/${one}/labels`, { labels: ['fix-clear'] }), one],
      [
        'its pull request is reviewed',
        () => as('grace', 'POST', `/repos/${REPO}/pulls/${pull}/reviews`, { event: 'APPROVE', body: '' }),
        one,
      ],
      [
        'its pull request is closed',
        () => as('grace', 'PATCH', `/repos/${REPO}/pulls/${pull}`, { state: 'closed' }),
        one,
      ],
      ['it is closed', () => as('ada', 'PATCH', `${at}/${two}`, { state: 'closed' }), two],
      ['it is opened again', () => as('ada', 'PATCH', `${at}/${two}`, { state: 'open' }), two],
    ];
    for (const [what, change, number] of changes) {
      await settle();
      await change();
      expect(await sweepAll(), what).toEqual([key(number)]);
    }
    ledger.ofBase = async (repo) => [`${repo}#9`];
    await settle();
    await as('ada', 'PUT', `/repos/${REPO}/contents/new.txt`, { message: 'New', content: '', branch: 'main' });
    expect(await sweepAll()).toEqual([key(9)]);
  }),
);

test(
  'a rejection that is open for us and was closed before any sweep saw it is looked at once',
  sweeping(async (world) => {
    await reject(world, 'Here');
    world.ledger.open = async (repo) => [`${repo}#1`, `${repo}#77`];
    expect(await world.sweepAll()).toContain(`${REPO}#77`);
    await world.settle();
    expect(await world.sweepAll()).toEqual([]);
  }),
);

test(
  'ten workers at once make no call twice',
  sweeping(async (world) => {
    await reject(world, 'Wrong');
    for (const name of ['b', 'c', 'd']) await world.local.addRepository(`ada/${name}`, { files: { a: 'a' } });
    await world.settle();
    await world.turns.hurry();
    const reports = await Promise.all(Array.from({ length: 10 }, () => world.worker().once()));
    expect(reports.reduce((sum, { repositories }) => sum + repositories, 0)).toBe(4);
    const calls = world.calls().filter((call) => !call.includes('access_tokens'));
    expect(calls).toHaveLength(new Set(calls).size);
    expect(calls.filter((call) => call === 'GET /app/hook/deliveries')).toHaveLength(1);
  }),
);

test(
  'however many repositories are due, a pass ends, and asks for lost webhooks first',
  sweeping(async (world) => {
    const { turns } = world;
    await world.settle();
    await turns.hurry();
    const claim = async () => {
      await turns.hurry();
      return turns.claim();
    };
    const { repositories } = await world.worker({ claim }, 1000).once();
    expect(repositories).toBeGreaterThan(1);
    const calls = world.calls();
    const first = calls.findIndex((call) => call.includes('/repos/'));
    expect(calls.indexOf('GET /app/hook/deliveries')).toBeGreaterThan(-1);
    expect(calls.indexOf('GET /app/hook/deliveries')).toBeLessThan(first);
  }),
);

test(
  'an errand that fails by itself holds no repository up, and is told',
  sweeping(async (world) => {
    await world.settle();
    await world.pool.query(`update corrigible.errand set note = '{"failing": {"x": null}}' where name = 'redelivery'`);
    await world.turns.hurry();
    world.calls();
    await expect(world.worker().once()).rejects.toThrow(TypeError);
    expect(world.calls().filter((call) => call.includes('/repos/'))).not.toEqual([]);
  }),
);

test(
  'of webhooks that GitHub does not send again because it is down, those that it did are remembered',
  sweeping(async (world) => {
    const { local, as, turns, pool } = world;
    await world.settle();
    local.setWebhookUrl('http://127.0.0.1:9/');
    for (const title of ['One', 'Two']) await as('ada', 'POST', `/repos/${REPO}/issues`, { title });
    await local.webhooks.settled();
    let asked = 0;
    const redeliver = async (id: string) => {
      if (asked++ > 0) throw new Weather('GitHub could not be reached.', undefined, { scope: 'everything' });
      await world.app.redeliver(id);
    };
    await turns.hurry();
    const report = await world.worker({}, undefined, { ...world.app, redeliver }).once();
    expect(report).toMatchObject({ putOff: true, redelivered: [expect.any(String)] });
    const { rows } = await pool.query("select note from corrigible.errand where name = 'redelivery'");
    const noted: { askedAt?: string }[] = Object.values(rows[0].note.failing);
    expect(noted.filter(({ askedAt }) => askedAt !== undefined)).toHaveLength(1);
  }),
);

test(
  'however many webhooks there are, looking through them takes half of the App’s calls at most',
  sweeping(async (world) => {
    const { turns, pool } = world;
    await world.settle();
    const at = new Date().toISOString();
    async function* hookDeliveries() {
      for (let id = 1_000_000; ; id--) yield { id: String(id), guid: `g${id}`, at, ok: true };
    }
    let calls = 0;
    let minutes = 0;
    for (let pass = 0; pass < 4; pass++) {
      await turns.hurry();
      await world.worker({}, undefined, { ...world.app, hookDeliveries }).once();
      const { rows } = await pool.query(
        "select extract(epoch from due_at - now()) / 60 as wait, note from corrigible.errand where name = 'redelivery'",
      );
      minutes += Number(rows[0].wait);
      calls += 200 * 2 ** pass;
      expect(rows[0].note.cuts ?? 0).toBeLessThanOrEqual(3);
    }
    expect(calls).toBe(3000);
    expect((calls / minutes) * 60).toBeLessThan(2600);
  }),
);

test(
  'when GitHub is down one call finds out, for all workers and for a while',
  sweeping(async (world) => {
    const { local, turns } = world;
    await world.settle();
    local.fault({ path: /^\/repos\// }, { status: 502 }, 1000);
    await turns.hurry();
    expect(await world.worker().once()).toMatchObject({ putOff: true });
    world.calls();
    const reports = await Promise.all([world.worker().once(), world.worker().once()]);
    expect(reports.map(({ repositories }) => repositories)).toEqual([0, 0]);
    expect(world.calls()).toEqual([]);
  }),
);

test(
  'an answer that is no list closes nothing: the repository waits',
  sweeping(async (world) => {
    await reject(world, 'Wrong');
    await world.settle();
    world.local.fault({ path: /\/issues$/, by: 'app' }, { status: 200, body: { message: 'Hello' } }, 1);
    await world.turns.hurry();
    expect(await world.worker().once()).toMatchObject({ repositories: 0, woken: [], putOff: false });
    expect(await world.sweepAll()).toEqual([]);
  }),
);

test(
  'an installation that used up its quota waits, and the others do not',
  sweeping(async (world) => {
    const { local, turns, pool } = world;
    await local.addRepository('eve/hers', { files: { a: 'a' } });
    await world.settle();
    local.limits.secondary(1, 600);
    await turns.hurry();
    expect(await world.worker().once()).toMatchObject({ repositories: 1, putOff: false });
    const { rows } = await pool.query(
      "select count(*)::int as n from corrigible.repository where due_at between now() + interval '9 minutes' and now() + interval '10 minutes'",
    );
    expect(rows).toEqual([{ n: 1 }]);
  }),
);

test(
  'what is archived, suspended, moved and deleted is found out without a webhook, and so is its end',
  sweeping(async (world) => {
    const { local, repositories, sweepAll, settle } = world;
    await settle();
    const because = async () => (await repositories.nameOf(REPO))?.shut ?? null;
    const parkedBy = async (reason: Parameters<Repositories['shut']>[1]) =>
      repositories.shut(REPO, reason, `${REPO}#7`);
    const woken = [`${REPO}#0`, `${REPO}#7`];

    local.acts.archive(REPO, true);
    await sweepAll();
    expect(await because()).toBe('repository-archived');
    await parkedBy('repository-archived');
    local.acts.archive(REPO, false);
    expect(await sweepAll()).toEqual(expect.arrayContaining(woken));
    expect(await because()).toBeNull();

    local.acts.suspend('ada', true);
    await sweepAll();
    expect(await because()).toBe('installation-suspended');
    await parkedBy('installation-suspended');
    local.acts.suspend('ada', false);
    expect(await sweepAll()).toEqual(expect.arrayContaining(woken));

    await local.acts.rename(REPO, 'store');
    await sweepAll();
    expect(await repositories.nameOf(REPO)).toMatchObject({ name: 'ada/store', shut: null });
    await local.addRepository('eve/hers', { files: { a: 'a' } });
    await local.acts.transfer('ada/store', 'eve');
    await sweepAll();
    await sweepAll();
    expect(await repositories.nameOf(REPO)).toMatchObject({ name: 'eve/store', shut: null });
    await local.acts.deleteRepository('eve/store');
    await sweepAll();
    expect(await because()).toBe('repository-gone');
  }),
);

test(
  'an App that is removed shuts what it reached; installed again, it goes on there',
  sweeping(async (world) => {
    const { local, repositories, sweepAll, settle } = world;
    await settle();
    local.acts.uninstall('ada');
    await sweepAll();
    expect(await repositories.nameOf(REPO)).toMatchObject({ shut: 'installation-gone' });
    await repositories.shut(REPO, 'installation-gone', `${REPO}#7`);
    // The forge installs the app with an owner's first repository, on all that the owner has.
    await local.addRepository('ada/again', { files: { a: 'a' } });
    expect(await sweepAll()).toContain(`${REPO}#7`);
    expect(await repositories.nameOf(REPO)).toMatchObject({ shut: null });
  }),
);

test(
  'with a key that GitHub does not accept nothing is called but once in a while, and all goes on when it does again',
  sweeping(async (world) => {
    const { repositories, sweepAll, settle, turns, pool } = world;
    await settle();
    await repositories.shut(REPO, 'app-refused', `${REPO}#7`);
    expect(await sweepAll()).toEqual([`${REPO}#0`, `${REPO}#7`]);
    world.local.acts.rotateKey();
    await turns.hurry();
    expect(await world.worker().once()).toMatchObject({ repositories: 0, putOff: true });
    world.calls();
    await world.worker().once();
    expect(world.calls()).toEqual([]);
    const { rows } = await pool.query("select due_at > now() as waits from corrigible.errand where name = 'sweep'");
    expect(rows).toEqual([{ waits: true }]);
  }),
);

test(
  'many repositories are swept less often, so that their calls stay within a tenth of the quota',
  sweeping(async ({ pool, turns }) => {
    const fill = (count: number, open: number) =>
      pool.query(
        `insert into corrigible.repository (id, ledger_name, name, installation, open, due_at)
         select 100000 + n, 'ada/r' || n, 'ada/r' || n, 5, $2, now() + interval '1 day' from generate_series(1, $1) n`,
        [count, open],
      );
    const minutes = async (open: number): Promise<number> => {
      await pool.query('update corrigible.repository set due_at = now() where id = 100001');
      const due = await turns.claim();
      await turns.swept(due!, { swept: {}, calls: 4, open });
      const { rows } = await pool.query(
        'select extract(epoch from due_at - now()) / 60 as minutes from corrigible.repository where id = 100001',
      );
      return Number(rows[0].minutes);
    };
    const within = (expected: number, found: number) => {
      // A tenth more or less, so that not all come at once.
      expect(found).toBeGreaterThan(expected * 0.89);
      expect(found).toBeLessThan(expected * 1.11);
    };
    await fill(10, 1);
    within(5, await minutes(1));
    within(30, await minutes(0));
    await pool.query('delete from corrigible.repository');
    await fill(1000, 1);
    // A thousand times four calls in eight hours are five hundred an hour.
    within(480, await minutes(1));
  }),
);

/** Lists as GitHub would answer an hour after the last change, unless one is changed. */
function listsAt(pages: { issues: Listed[][]; comments: ListedComment[]; at?: string }) {
  const calls: string[] = [];
  const at = Date.parse(pages.at ?? '2026-01-01T12:00:00Z');
  const reading = <T>(name: string, items: readonly T[], etag: string | null, more = false): Reading<T> => {
    const tag = JSON.stringify(items);
    calls.push(`${name} ${etag === tag ? 304 : 200}`);
    return etag === tag ? { items: null, etag, more: false, at } : { items, etag: tag, more, at };
  };
  const lists: Lists = {
    repositories: () => Promise.reject(new Error('not asked')),
    issues: () => async (_, page, etag) =>
      reading(`issues ${page}`, pages.issues[page - 1] ?? [], etag, page < pages.issues.length),
    pulls: async (_, __, etag) => reading('pulls', [], etag),
    comments: async (_, __, etag) => reading('comments', pages.comments, etag),
    head: async (_, __, etag) => reading('head', [{ sha: 'a' }], etag),
  };
  return { lists, calls };
}

const listed = (number: number, updatedAt = '2026-01-01T10:00:00Z'): Listed => ({
  number,
  updatedAt,
  state: [updatedAt],
});

/** A comment on an issue; written when it was last touched, unless said. */
const comment = (on: number, updatedAt = '2026-01-01T10:00:00Z', createdAt = updatedAt): ListedComment => ({
  ...listed(on, updatedAt),
  createdAt,
  told: { event: 'issue_comment', payload: { on } },
});

test('a comment that is new is told wherever it stands, and one that was edited is not', async () => {
  const issues = [[listed(1)]];
  const { swept } = await sweepRepository(listsAt({ issues, comments: [comment(1)] }).lists, 'o/r', 'x', {}, mark);
  const later = '2026-01-01T11:00:00Z';
  const comments = [comment(99, later), comment(1, later, '2026-01-01T09:00:00Z'), comment(1)];
  const found = await sweepRepository(listsAt({ issues, comments }).lists, 'o/r', 'x', swept, mark);
  expect(found.said.map(({ payload }) => payload)).toEqual([{ on: 99 }]);
});

test('an edit of a comment is seen though the time of its issue stays', async () => {
  const first = await sweepRepository(
    listsAt({ issues: [[listed(1), listed(2)]], comments: [comment(2)] }).lists,
    'o/r',
    'x',
    {},
    mark,
  );
  const comments = [comment(2, '2026-01-01T11:00:00Z'), comment(99, '2026-01-01T11:00:00Z')];
  const { lists } = listsAt({ issues: [[listed(1), listed(2)]], comments });
  const second = await sweepRepository(lists, 'o/r', 'x', first.swept, mark);
  expect(second.issues).toEqual([2]);
  expect((await sweepRepository(lists, 'o/r', 'x', second.swept, mark)).issues).toEqual([]);
});

test('of many pages only those that changed are read again, and what left a page or moved to another is told apart', async () => {
  const issues = [[listed(1), listed(2)], [listed(3), listed(4)], [listed(5)]];
  const { swept } = await sweepRepository(listsAt({ issues, comments: [] }).lists, 'o/r', 'x', {}, mark);
  const closed = listsAt({
    issues: [
      [listed(1), listed(3)],
      [listed(4), listed(5)],
    ],
    comments: [],
  });
  const second = await sweepRepository(closed.lists, 'o/r', 'x', swept, mark);
  expect(second.issues).toEqual([2]);
  const touched = listsAt({
    issues: [
      [listed(1), listed(3)],
      [listed(4), listed(5, '2026-01-01T11:00:00Z')],
    ],
    comments: [],
  });
  expect((await sweepRepository(touched.lists, 'o/r', 'x', second.swept, mark)).issues).toEqual([5]);
  expect(touched.calls).toEqual(['issues 1 304', 'issues 2 200', 'pulls 304', 'comments 304', 'head 304']);
});

test('what changed in the very second of a sweep is looked at once more', async () => {
  const world = { issues: [[listed(1, '2026-01-01T12:00:00Z')]], comments: [] };
  const first = await sweepRepository(listsAt(world).lists, 'o/r', 'x', {}, mark);
  const second = await sweepRepository(listsAt(world).lists, 'o/r', 'x', first.swept, mark);
  expect(second.issues).toEqual([1]);
  const later = listsAt({ ...world, at: '2026-01-01T12:05:00Z' });
  const third = await sweepRepository(later.lists, 'o/r', 'x', second.swept, mark);
  expect((await sweepRepository(later.lists, 'o/r', 'x', third.swept, mark)).issues).toEqual([]);
});

test('what is remembered of a person’s words differs with the data key, so nobody can try out words against it', async () => {
  const words = { ...listed(7), state: ['2026-01-01T10:00:00Z', 3, 'Wrong invoice', 'My phone is 0171 5550123'] };
  const kept = async (secret: number) =>
    JSON.stringify(
      (
        await sweepRepository(
          listsAt({ issues: [[words]], comments: [] }).lists,
          'o/r',
          'x',
          {},
          dataKeyOf(Buffer.alloc(32, secret)).mark,
        )
      ).swept.issues?.map(({ items }) => items),
    );
  expect(await kept(1)).toBe(await kept(1));
  expect(await kept(1)).not.toBe(await kept(2));
});
