import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import pg, { type Pool } from 'pg';
import { expect, test } from 'vitest';
import { openDeliveries } from '../../src/adapters/postgres/deliveries.ts';
import { drain } from '../../src/adapters/postgres/drain.ts';
import { aroundWith } from '../../src/adapters/postgres/points.ts';
import { transaction } from '../../src/adapters/postgres/transaction.ts';
import { freezable } from '../support/freezable-database.ts';
import { freshDatabase } from '../support/shared-postgres.ts';
import { silent } from '../support/silent-log.ts';
import { concernsOfBody, deliveryFor, handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

/** What would be drained next, left as it is. */
const undrained = (pool: Pool) => transaction(pool, (client) => openDeliveries(pool).undrained(client, 10));

test('a delivery is kept as it came until it is drained', () =>
  inStore(async ({ store: { pool } }) => {
    const deliveries = openDeliveries(pool);
    const delivery = { ...deliveryFor('o/r#1'), payload: Uint8Array.from({ length: 256 }, (_, byte) => byte) };
    expect(await deliveries.saveDelivery(delivery)).toBe('new');
    const [found] = await undrained(pool);
    expect(found).toMatchObject({ guid: delivery.guid, event: 'issues', installation: 1, failures: 0 });
    expect(found?.receivedAt).toEqual(delivery.receivedAt);
    expect([...(found?.payload ?? [])]).toEqual([...delivery.payload]);
  }));

test('one GUID is one delivery, however often and however much at once it comes', () =>
  inStore(async ({ store: { engine, pool } }) => {
    const one = deliveryFor('o/r#1');
    const other = deliveryFor('o/r#2');
    const found = await Promise.all([one, other, one, one, other].map((delivery) => engine.deliver(delivery)));
    expect(found).toEqual(['new', 'new', 'known', 'known', 'known']);
    expect(await engine.deliver(one)).toBe('known');
    expect((await pool.query('select from corrigible.delivery')).rowCount).toBe(2);
  }));

test('deliveries that arrive together share a few commits', () =>
  inStore(async ({ store: { pool } }) => {
    const deliveries = openDeliveries(pool);
    await Promise.all(Array.from({ length: 500 }, () => deliveries.saveDelivery(deliveryFor())));
    const { rows } = await pool.query(
      'select count(*)::int as rows, count(distinct xmin::text)::int as commits from corrigible.delivery',
    );
    expect(rows[0].rows).toBe(500);
    expect(rows[0].commits).toBeLessThanOrEqual(5);
  }));

test('a delivery that the database refuses takes no other along', () =>
  inStore(async ({ store: { pool } }) => {
    const deliveries = openDeliveries(pool);
    const bad = { ...deliveryFor(), guid: 'a\u0000b' };
    const saved = await Promise.allSettled([deliveryFor(), bad, deliveryFor()].map((d) => deliveries.saveDelivery(d)));
    expect(saved.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await undrained(pool)).toHaveLength(2);
  }));

test('with a database that stands still a delivery is given up in time, and taken in again when it answers', async () => {
  const database = await freshDatabase();
  const way = await freezable(database.databaseUrl);
  const pool = new pg.Pool({ connectionString: way.databaseUrl, max: 12, connectionTimeoutMillis: 1000 });
  pool.on('error', () => {});
  try {
    const deliveries = openDeliveries(pool, { deadlineMs: 500 });
    await deliveries.saveDelivery(deliveryFor());
    way.freeze();
    const given = Array.from({ length: 500 }, () => deliveryFor());
    // The database stands still until `renew`: what was not given up would not come to an end.
    const saved = await Promise.allSettled(given.map((delivery) => deliveries.saveDelivery(delivery)));
    expect(new Set(saved.map(({ status }) => status))).toEqual(new Set(['rejected']));
    // The connections that hang stay so: whoever waited for them would wait for ever.
    way.renew();
    const again = () => deliveries.saveDelivery(deliveryFor()).catch(() => 'not yet');
    await expect.poll(again, { timeout: 10_000 }).toBe('new');
    expect(['new', 'known']).toContain(await deliveries.saveDelivery(given[0] ?? deliveryFor()));
  } finally {
    await pool.end();
    await way.close();
    await database.drop();
  }
});

test('more than may be held is refused at once, and what was held is let go', () =>
  inStore(async ({ store: { pool } }) => {
    const query = pool.query;
    pool.query = (() => new Promise(() => {})) as unknown as typeof query;
    const deliveries = openDeliveries(pool, { deadlineMs: 300, heldBytes: 1_000_000 });
    const large = () => ({ ...deliveryFor(), payload: new Uint8Array(100_000) });
    let refused = 0;
    const save = () =>
      deliveries.saveDelivery(large()).catch(() => {
        refused += 1;
      });
    const saving = Promise.all(Array.from({ length: 30 }, save));
    await setImmediate();
    expect(refused).toBe(21);
    await saving;
    expect(refused).toBe(30);
    pool.query = query;
    const other = openDeliveries(pool, { deadlineMs: 5000, heldBytes: 1_000_000 });
    for (let round = 0; round < 5; round++)
      await Promise.all(Array.from({ length: 9 }, () => other.saveDelivery(large())));
  }));

test('a batch that fails with its connection is not tried row by row', () =>
  inStore(async ({ store: { pool } }) => {
    let asked = 0;
    const broken = async () => {
      asked++;
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    };
    const deliveries = openDeliveries({ query: broken } as unknown as Pool);
    const saved = await Promise.allSettled(Array.from({ length: 150 }, () => deliveries.saveDelivery(deliveryFor())));
    expect(new Set(saved.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(asked).toBeLessThanOrEqual(3);
    expect(await undrained(pool)).toEqual([]);
  }));

test('what arrived while nobody worked is drained at the start, once', () =>
  inStore(async ({ store: { engine } }) => {
    for (let n = 1; n <= 20; n += 1) await engine.deliver(deliveryFor(`o/r#${n}`));
    const advanced: string[] = [];
    const drained: string[] = [];
    await engine.start(
      handlers({
        concerns: (delivery) => {
          drained.push(delivery.guid);
          return concernsOfBody(delivery);
        },
        advance: async ({ rejection }) => void advanced.push(rejection),
      }),
    );
    await until(engine.idle);
    expect(new Set(advanced).size).toBe(20);
    expect(new Set(drained).size).toBe(drained.length);
  }));

test('a delivery that cannot be read yet is tried again and holds up no other', () =>
  inStore(
    async ({ store: { engine } }) => {
      let trouble = 2;
      const advanced: string[] = [];
      const stuck = deliveryFor('o/r#1');
      await engine.start(
        handlers({
          concerns: async (delivery) => {
            if (delivery.guid === stuck.guid && trouble-- > 0) throw new Error('GitHub is down');
            return concernsOfBody(delivery);
          },
          advance: async ({ rejection }) => void advanced.push(rejection),
        }),
      );
      await engine.deliver(stuck);
      await engine.deliver(deliveryFor('o/r#2'));
      await until(engine.idle);
      expect(advanced).toEqual(['o/r#2', 'o/r#1']);
    },
    { retryUnitMs: 60 },
  ));

test('a body that was deleted by age leaves the delivery known', () =>
  inStore(async ({ store: { engine, pool } }) => {
    const delivery = deliveryFor('o/r#1');
    await engine.deliver(delivery);
    await pool.query('update corrigible.delivery set payload = null');
    expect(await engine.deliver(delivery)).toBe('known');
    expect((await undrained(pool))[0]?.payload).toBe(null);
  }));

test('workers drain side by side, each delivery once, and a drained one has no body any more', () =>
  inStore(async ({ store: { engine, pool } }) => {
    await Promise.all(Array.from({ length: 250 }, (_, n) => engine.deliver(deliveryFor(`o/r#${n}`))));
    const seen: string[] = [];
    const worker = () =>
      drain({
        pool,
        deliveries: openDeliveries(pool),
        concerns: async (delivery) => {
          seen.push(delivery.guid);
          await sleep(1);
          return concernsOfBody(delivery);
        },
        retryUnitMs: 1000,
        later: () => {},
        around: aroundWith(undefined),
        log: silent,
      });
    await Promise.all([worker(), worker(), worker()]);
    expect([seen.length, new Set(seen).size]).toEqual([250, 250]);
    const { rows } = await pool.query(
      'select count(*)::int as rows, count(payload)::int as bodies from corrigible.delivery',
    );
    expect(rows).toEqual([{ rows: 250, bodies: 0 }]);
    expect((await pool.query('select from corrigible.rejection where wake = 1')).rowCount).toBe(250);
  }));

test('a drain that fails at its end has drained nothing', () =>
  inStore(async ({ store: { engine, pool } }) => {
    await engine.deliver(deliveryFor('o/r#1'));
    const options = {
      pool,
      deliveries: openDeliveries(pool),
      concerns: async () => [{ installation: Number.NaN, rejection: 'o/r#1' }],
      retryUnitMs: 1000,
      later: () => {},
      around: aroundWith(undefined),
      log: silent,
    };
    await expect(drain(options)).rejects.toThrow('bigint');
    const found = await undrained(pool);
    expect(found.map(({ payload }) => payload?.toString())).toEqual(['["o/r#1"]']);
  }));
