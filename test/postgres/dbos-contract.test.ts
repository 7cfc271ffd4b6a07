import { DBOS } from '@dbos-inc/dbos-sdk';
import { expect, test } from 'vitest';
import { handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

/** What we rely on of DBOS beyond its public API (see dbos-internals.ts), and of its tables. */

const strand = (status: string, executor: string) => `
  update dbos.workflow_status set status = '${status}', executor_id = '${executor}', started_at_epoch_ms = 1, recovery_attempts = 1`;

test('work of an executor that is gone is taken over in its own queue; cancelled work is not revived', () =>
  inStore(async ({ store: { engine, pool } }) => {
    for (const run of ['stranded', 'cancelled']) await engine.enqueueRun({ installation: 1, rejection: 'o/r#1' }, run);
    await pool.query(`${strand('PENDING', 'gone')} where workflow_uuid like '%stranded'`);
    await pool.query(`${strand('CANCELLED', 'gone')} where workflow_uuid like '%cancelled'`);
    const ran: [string, boolean][] = [];
    await engine.enqueueRun({ installation: 1, rejection: 'o/r#1' }, 'new');
    await engine.start(handlers({ run: async (_at, run, _signal, _fence, again) => void ran.push([run, again]) }));
    await until(engine.idle);
    // DBOS has counted how often it was begun.
    expect(ran.toSorted()).toEqual([
      ['new', false],
      ['stranded', true],
    ]);
    const { rows } = await pool.query(
      "select status, queue_name, queue_partition_key from dbos.workflow_status where queue_name = 'run' order by workflow_uuid",
    );
    expect(rows).toEqual([
      { status: 'CANCELLED', queue_name: 'run', queue_partition_key: 'o/r' },
      { status: 'SUCCESS', queue_name: 'run', queue_partition_key: 'o/r' },
      { status: 'SUCCESS', queue_name: 'run', queue_partition_key: 'o/r' },
    ]);
  }));

test('work of an executor that lives is left to it', () =>
  inStore(async ({ store: { engine, pool } }) => {
    await pool.query(
      "insert into corrigible.executor (id, machine, pid, mark, seen) values ('alive', 'another machine', 1, '1', now())",
    );
    await engine.enqueueRun({ installation: 1, rejection: 'o/r#1' }, 'theirs');
    await pool.query(strand('PENDING', 'alive'));
    const ran: string[] = [];
    await engine.start(handlers({ run: async (_at, run) => void ran.push(run) }));
    await engine.enqueueRun({ installation: 1, rejection: 'o/r#2' }, 'ours');
    await until(() => ran.length > 0);
    await engine.stop(500);
    expect(ran).toEqual(['ours']);
  }));

test('the engine can be stopped and started again in one process', () =>
  inStore(async ({ store: { engine } }) => {
    for (let round = 0; round < 3; round += 1) {
      let advances = 0;
      await engine.start(
        handlers({
          advance: async () => {
            advances += 1;
          },
        }),
      );
      await expect(engine.start(handlers({}))).rejects.toThrow('started already');
      await engine.wake({ installation: 1, rejection: 'o/r#1' });
      await until(engine.idle);
      expect(advances).toBe(1);
      await engine.stop(100);
      expect(DBOS.isInitialized()).toBe(false);
    }
  }));

test('queued work is found when the wall clock was set back by an hour', async () => {
  const now = Date.now;
  try {
    await inStore(async ({ store: { engine } }) => {
      const ran: string[] = [];
      await engine.start(handlers({ run: async (_at, run) => void ran.push(run) }));
      await until(engine.idle);
      Date.now = () => now() - 3_600_000;
      await engine.enqueueRun({ installation: 1, rejection: 'o/r#1' }, 'after');
      await until(() => ran.length > 0);
      await until(engine.idle);
      await engine.stop(500);
      expect(ran).toEqual(['after']);
    });
  } finally {
    Date.now = now;
  }
});
