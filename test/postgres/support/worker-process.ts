/**
 * A worker of its own process, to be killed and frozen. What it does goes to the table `journal`. It works on what the
 * table `world` says; as `holder` it stops in the middle of an advance until it was frozen, and tells how it went on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fence, Waking } from '../../../src/adapters/postgres/engine.ts';
import { openStore } from '../../../src/adapters/postgres/open.ts';
import { silent } from '../../support/silent-log.ts';

const [stateDir = '', databaseUrl = '', role = ''] = process.argv.slice(2);
const timing = { deadAfterMs: 2000, retryUnitMs: 20, perRepository: 2, perWorker: 4 };
const store = await openStore({ stateDir, databaseUrl, log: silent, ...timing });
const { engine, ledger, pool } = store;

async function tell(kind: string, { rejection, token }: Fence, saw: number | string = ''): Promise<void> {
  const text = 'insert into journal (worker, kind, rejection, token, saw) values ($1, $2, $3, $4, $5)';
  await pool.query(text, [process.pid, kind, rejection, token, String(saw)]);
}

/** What a worker does that wakes up after somebody else has taken over. */
async function goOn(waking: Waking, fence: Fence): Promise<void> {
  await tell('holding', fence);
  let last = Date.now();
  while (Date.now() - last < 1500) {
    last = Date.now();
    await sleep(20);
  }
  const leave = await engine.leaveToWrite(waking, 1).catch((error: Error) => error.name);
  const append = ledger.under(fence).append(fence.rejection, 0, [{ kind: 'status-posted', comment: 666 }]);
  const appended = await append.catch((error: Error) => error.name);
  await tell('went-on', fence, `${leave} ${appended}`);
}

async function record(fence: Fence, comment: number): Promise<void> {
  const own = ledger.under(fence);
  const facts = await own.read(fence.rejection);
  if (!facts.some(({ fact }) => fact.kind === 'status-posted' && fact.comment === comment))
    await own.append(fence.rejection, facts.length, [{ kind: 'status-posted', comment }]);
}

await engine.start({
  concerns: async () => [],
  advance: async (waking, fence) => {
    if (role === 'holder' && waking.rejection === 'o/held#1') return goOn(waking, fence);
    await tell('begin', fence);
    const text = 'select n from world where rejection = $1';
    const { rows } = await pool.query<{ n: number }>(text, [waking.rejection]);
    await sleep(Math.random() * 6);
    await record(fence, 1);
    await engine.enqueueRun(waking, 'round-1');
    await tell('end', fence, rows[0]?.n);
  },
  run: async (_waking, _run, _signal, fence) => {
    await tell('begin-run', fence);
    await sleep(Math.random() * 30);
    await record(fence, 2);
    await tell('end-run', fence);
  },
});
process.on('message', async () => {
  await store.close(500);
  process.exit(0);
});
process.send?.('ready');
