import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/adapters/postgres/open.ts';
import { silent } from '../support/silent-log.ts';
import { alive, type CrashWorld, inCrashWorld } from './support/engine-child.ts';
import { until } from './support/until.ts';

const REJECTIONS = ['o/r#1', 'o/r#2', 'o/r#3', 'o/r#4'];

const allDone = (world: CrashWorld) => () => new Set(world.told('done')).size === REJECTIONS.length;

/** Nothing lost, nothing doubled: one fact of each kind per rejection, in order, on an unbroken chain. */
async function expectExactlyOnce({ stateDir }: CrashWorld): Promise<void> {
  const store = await openStore({ stateDir, log: silent });
  try {
    for (const rejection of REJECTIONS) {
      const facts = await store.ledger.read(rejection);
      expect(facts.map(({ fact }) => fact)).toEqual([
        { kind: 'status-posted', comment: 1 },
        { kind: 'status-posted', comment: 2 },
      ]);
      expect(await store.ledger.verifyChain(rejection)).toBe(null);
    }
    expect((await store.pool.query('select from corrigible.delivery')).rowCount).toBe(REJECTIONS.length);
  } finally {
    await store.close();
  }
}

const deliverAll = async (child: { deliver(guid: string, rejection: string): Promise<void> }) => {
  for (const rejection of REJECTIONS) await child.deliver(`guid of ${rejection}`, rejection);
};

test('(invariant 8) the app killed in an advance and then in a run: the next start adopts Postgres and ends all work', () =>
  inCrashWorld(async (world) => {
    const first = await world.start(60_000);
    await deliverAll(first);
    await until(() => world.told('advance').length === REJECTIONS.length);
    await first.kill();

    const second = await world.start(150);
    await until(() => world.told('run').length > 0);
    await second.kill();

    const third = await world.start(0);
    // GitHub redelivers what it does not know to have arrived.
    await deliverAll(third);
    await until(allDone(world));
    expect(new Set(world.told('postgres')).size).toBe(1);
    await third.stop();
    expect(alive(world.postgres())).toBe(false);
    await expectExactlyOnce(world);
  }));

test('(invariant 8) app and Postgres killed together: the next start recovers both', () =>
  inCrashWorld(async (world) => {
    const first = await world.start(60_000);
    await deliverAll(first);
    await until(() => world.told('advance').length > 0);
    const pid = world.postgres();
    process.kill(pid, 'SIGKILL');
    await first.kill();

    const second = await world.start(0);
    expect(world.postgres()).not.toBe(pid);
    await until(allDone(world));
    await second.stop();
    await expectExactlyOnce(world);
  }));

test('(invariant 8) Postgres killed under the living app: the watchdog starts it again and the work goes on', () =>
  inCrashWorld(async (world) => {
    const app = await world.start(300);
    await deliverAll(app);
    await until(() => world.told('advance').length > 0);
    const pid = world.postgres();
    process.kill(pid, 'SIGKILL');
    await until(allDone(world));
    await app.stop();
    await expectExactlyOnce(world);
  }));

test('an orphaned Postgres ends by itself, cleanly', () =>
  inCrashWorld(async (world) => {
    const app = await world.start(0);
    const pid = world.postgres();
    await app.kill();
    expect(alive(pid)).toBe(true);
    await until(() => !alive(pid));
    expect(readFileSync(join(world.stateDir, 'database', 'log'), 'utf8').trim()).toMatch(
      /database system is shut down$/,
    );
  }));
