// The app as a process that can be killed. It waits for its orders from the parent, so that a spare one is ready at once.
import { moveClock } from './support/moved-clock.ts';
import type { Answer, Order } from './support/orders.ts';

const { startApp } = await import('../../src/app.ts');
const { openSweeps } = await import('../../src/adapters/postgres/sweeps.ts');
const { strikingObserver } = await import('./support/strike.ts');

/** What the app does every few minutes it does here every other second. */
const HURRY_MS = 2000;

let app: Awaited<ReturnType<typeof startApp>> | undefined;
const say = (answer: Answer) => void process.send?.(answer);

/** Of all rejections, the ones that are over included. */
async function lookAtLedger() {
  const { ledger, pool } = app!.store;
  const { rows } = await pool.query<{ rejection: string }>('select distinct rejection from corrigible.fact order by 1');
  return Promise.all(
    rows.map(async ({ rejection }) => ({
      rejection,
      recorded: await ledger.read(rejection),
      broken: await ledger.verifyChain(rejection),
    })),
  );
}

const WAITS = `select
  (select json_agg(d.guid) from corrigible.delivery d where drained_at is null) as deliveries,
  (select json_agg(row_to_json(r)) from corrigible.rejection r where wake > done) as rejections,
  (select json_agg(row_to_json(a)) from corrigible.alarm a) as alarms,
  (select json_agg(json_build_array(w.workflow_uuid, w.status, w.queue_name, w.executor_id))
   from dbos.workflow_status w where w.status in ('ENQUEUED', 'PENDING')) as workflows`;

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'start': {
      const observer = strikingObserver(order.scene, order.strikes);
      moveClock(order.clockMs);
      const { role, engine } = order;
      app = await startApp(order.settings, {
        onLog: (line) => process.stdout.write(line),
        role,
        observer,
        engine,
        sweepTickMs: HURRY_MS,
      });
      const turns = openSweeps(app.store.pool);
      setInterval(() => turns.hurry().catch(() => {}), HURRY_MS).unref();
      return { url: app.url, postgres: app.store.postgresPid() };
    }
    case 'move-clock':
      return moveClock(order.ms);
    case 'idle':
      return app!.idle();
    case 'waits':
      return (await app!.store.pool.query(WAITS)).rows[0];
    case 'ledger':
      return lookAtLedger();
    case 'stop':
      await app?.stop();
      setImmediate(() => process.exit(0));
      return null;
  }
}

process.on('message', (order: Order & { id: number }) => {
  obey(order).then(
    (value) => say({ id: order.id, value }),
    (error: unknown) => say({ id: order.id, error: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
say({ id: 0, value: 'ready' });
