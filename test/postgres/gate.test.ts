import { expect, test } from 'vitest';
import type { EngineHandlers, EngineTuning } from '../../src/adapters/postgres/engine.ts';
import { lineUp, PACE } from '../../src/adapters/postgres/gate.ts';
import type { Store } from '../../src/adapters/postgres/open.ts';
import { Weather, type WeatherScope } from '../../src/ports.ts';
import { handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

const weather = (scope: WeatherScope, retryAfterMs?: number) => new Weather('GitHub says no', retryAfterMs, { scope });
const GATE = { pauseMs: 100, longestPauseMs: 800, perSecond: 2000 };

/** Wakes `count` rejections, which belong to ten repositories of each of `installations`. */
async function wakeMany(store: Store, count: number, installations: number): Promise<void> {
  await store.pool.query(
    `insert into corrigible.rejection (key, installation, wake)
     select 'o' || n % $2 || '/r' || n % 10 || '#' || n, 1 + n % $2, 1 from generate_series(1, $1::int) n`,
    [count, installations],
  );
}

/** A GitHub that can be away, and what was asked of it. */
function github(store: Store) {
  const world = { down: null as Weather | null, calls: [] as string[], done: new Set<string>() };
  const advance: EngineHandlers['advance'] = async ({ rejection }) => {
    world.calls.push(rejection);
    if (world.down !== null) throw world.down;
    world.done.add(rejection);
  };
  return { world, start: (more: Partial<EngineHandlers> = {}) => store.engine.start(handlers({ advance, ...more })) };
}

const gates = async ({ pool }: Store) =>
  (await pool.query('select scope::int, failures, because from corrigible.gate order by scope')).rows;

const inGate = (story: (store: Store) => Promise<void>, tuning: EngineTuning = {}) =>
  inStore(({ store }) => story(store), { gate: GATE, retryUnitMs: 20, ...tuning });

test('while GitHub is down a handful of probes go out, however many wait; when it is back all are done', () =>
  inGate(async (store) => {
    const { world, start } = github(store);
    world.down = weather('everything');
    await wakeMany(store, 3000, 3);
    await start();
    await until(async () => (await gates(store)).some(({ failures }) => failures >= 3));
    // Those that were at work when it went down, and one probe after the other.
    const { failures } = (await gates(store))[0];
    expect(world.calls.length).toBeLessThanOrEqual(3 * 16 + failures);
    expect((await store.engine.figures()).owed).toBe(3000);

    world.down = null;
    await until(store.engine.idle);
    expect(world.done.size).toBe(3000);
    expect(await gates(store)).toEqual([]);
  }));

test('the line comes back at its pace, not in a storm', () =>
  inGate(
    async (store) => {
      const { world, start } = github(store);
      world.down = weather('everything');
      await wakeMany(store, 500, 1);
      await start();
      await until(
        async () =>
          (await store.pool.query('select from corrigible.rejection where retry_at is not null')).rowCount! > 490,
      );
      const { rows } = await store.pool.query(
        `select max(there)::int as most from (
           select count(*) as there from corrigible.rejection where because = 'github-down' group by date_trunc('second', retry_at)
         ) as seconds`,
      );
      expect(rows[0].most).toBeGreaterThan(25);
      expect(rows[0].most).toBeLessThan(60);
      // Two that line up at once give out no place twice.
      await store.pool.query("update corrigible.rejection set retry_at = null where because = 'github-down'");
      await Promise.all([1, 2, 3].map(() => lineUp(store.pool, { ...PACE, perSecond: 50 })));
      const places =
        'select count(*)::int as all, count(distinct retry_at)::int as places from corrigible.rejection where retry_at is not null';
      const given = (await store.pool.query(places)).rows[0];
      expect(given.places).toBeGreaterThan(0.9 * given.all);
    },
    { gate: { ...GATE, perSecond: 50 } },
  ));

test('a limit holds up its installation, from the first who meets it, and no other', () =>
  inGate(async (store) => {
    let limited = true;
    const calls: number[] = [];
    const done = new Set<string>();
    await wakeMany(store, 400, 2);
    await store.engine.start(
      handlers({
        advance: async ({ installation, rejection }) => {
          calls.push(installation);
          if (limited && installation === 1) throw weather('installation', 400);
          done.add(rejection);
        },
      }),
    );
    await until(() => done.size === 200);
    expect(calls.filter((one) => one === 1).length).toBeLessThanOrEqual(3 * 16);
    expect(await gates(store)).toMatchObject([{ scope: 1, because: 'rate-limit' }]);
    limited = false;
    await until(store.engine.idle);
    expect(done.size).toBe(400);
  }));

test('one rejection’s own trouble, or two’s, shuts nothing', () =>
  inGate(async (store) => {
    const { start, world } = github(store);
    const tries = new Map<string, number>();
    await start({
      advance: async ({ rejection }) => {
        const tried = (tries.get(rejection) ?? 0) + 1;
        tries.set(rejection, tried);
        if (rejection !== 'o/r#3' && tried < 4) throw weather('everything');
        expect(await gates(store)).toEqual([]);
        world.done.add(rejection);
      },
    });
    for (const key of ['o/r#1', 'o/r#2']) await store.engine.wake({ installation: 1, rejection: key });
    await until(store.engine.idle);
    expect([...world.done].toSorted()).toEqual(['o/r#1', 'o/r#2']);
    expect([...tries.values()]).toEqual([4, 4]);
  }));

test('a gate whose probe died with its worker is probed again, and one that nobody waits behind is opened', () =>
  inGate(async (store) => {
    const { world, start } = github(store);
    await store.pool.query(
      `insert into corrigible.gate (scope, until, because, probing_until)
       values (1, now(), 'rate-limit', now()), (7, now(), 'rate-limit', null)`,
    );
    await wakeMany(store, 20, 1);
    await start();
    await until(store.engine.idle);
    await until(async () => (await gates(store)).length === 0);
    expect(world.done.size).toBe(20);
  }));

test('a worker that dies while it probes holds up nobody for longer than until its work is taken over', () =>
  inGate(async (store) => {
    const { world, start } = github(store);
    await wakeMany(store, 20, 1);
    await store.pool.query(
      `with gate as (insert into corrigible.gate (scope, until, because, probing_until)
         values (1, now(), 'rate-limit', now() + interval '1 hour')),
       probe as (update corrigible.rejection set worker = 'dead' where key = (select min(key) from corrigible.rejection) returning key)
       insert into corrigible.fence (rejection, lane, token, executor) select key, 'advance', 1, 'dead' from probe`,
    );
    await start();
    await until(store.engine.idle);
    expect(world.done.size).toBe(20);
    await until(async () => (await gates(store)).length === 0);
  }));

test('people are told once why their rejection waits, and an event in the meantime is not lost', () =>
  inGate(
    async (store) => {
      const { world, start } = github(store);
      const told: string[] = [];
      world.down = weather('installation', 5000);
      await wakeMany(store, 30, 1);
      await start({
        delayed: async ({ rejection }, fence, { because }) => {
          expect(fence).toMatchObject({ rejection, lane: 'advance' });
          told.push(`${rejection} ${because}`);
          if (told.length === 1) throw new Error('no comment could be written');
        },
      });
      await until(() => told.length === 30);
      await store.engine.wake({ installation: 1, rejection: 'o0/r1#1' });
      expect(new Set(told).size).toBe(30);
      expect(told.every((one) => one.endsWith(' rate-limit'))).toBe(true);
      world.down = null;
      await store.pool.query('update corrigible.gate set until = now()');
      await store.pool.query('update corrigible.rejection set retry_at = now() where retry_at is not null');
      await until(store.engine.idle);
      expect([world.done.size, told.length]).toEqual([30, 30]);
    },
    { longDelayMs: 1000 },
  ));

const wakeLoud = (store: Store) =>
  store.pool.query(
    `insert into corrigible.rejection (key, installation, wake)
     select 'o/loud#' || n, 1, 1 from generate_series(1, 300) n`,
  );

test('a burst of one repository leaves room for another to begin, even when none of the burst ends', () =>
  inStore(async ({ store: { engine }, store }) => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    const begun: string[] = [];
    await wakeLoud(store);
    await engine.start(
      handlers({
        advance: async ({ rejection }) => {
          begun.push(rejection);
          if (rejection !== 'o/quiet#1') await held;
        },
      }),
    );
    await until(() => begun.length === 12);
    await engine.wake({ installation: 1, rejection: 'o/quiet#1' });
    await until(() => begun.includes('o/quiet#1'));
    expect(begun).toHaveLength(13);
    release();
    await until(engine.idle);
    expect(begun).toHaveLength(301);
  }));

test('repositories take turns, however much each of them has', () =>
  inStore(
    async ({ store: { engine }, store }) => {
      const order: string[] = [];
      await wakeLoud(store);
      for (const key of ['o/a#1', 'o/quiet#1', 'o/quiet#2']) await engine.wake({ installation: 1, rejection: key });
      await engine.start(handlers({ advance: async ({ rejection }) => void order.push(rejection) }));
      await until(engine.idle);
      expect(order.slice(0, 5).map((key) => key.split('#')[0])).toEqual([
        'o/a',
        'o/loud',
        'o/quiet',
        'o/loud',
        'o/quiet',
      ]);
    },
    { advancesAtOnce: 1 },
  ));
