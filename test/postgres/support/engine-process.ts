/**
 * A small app around the store, to be killed. Each advance and run writes a line to the journal when it begins and when
 * it ends. An advance of `o/r#N` queues a run on its first look; the facts say what has happened.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../../src/adapters/postgres/open.ts';
import { silent } from '../../support/silent-log.ts';
import { concernsOfBody } from './in-store.ts';

const [stateDir = '', journal = '', workMs = '0'] = process.argv.slice(2);
const tell = (line: string) => appendFileSync(journal, `${line}\n`);

const store = await openStore({ stateDir, log: silent, perRepository: 4, perWorker: 4, retryUnitMs: 20 });
tell(`postgres ${store.postgresPid()}`);

async function record(rejection: string, comment: number): Promise<void> {
  for (;;) {
    const facts = await store.ledger.read(rejection);
    if (facts.some(({ fact }) => fact.kind === 'status-posted' && fact.comment === comment)) return;
    if (await store.ledger.append(rejection, facts.length, [{ kind: 'status-posted', comment }])) return;
  }
}

await store.engine.start({
  concerns: concernsOfBody,
  advance: async (waking) => {
    tell(`advance ${waking.rejection}`);
    await sleep(Number(workMs));
    await record(waking.rejection, 1);
    await store.engine.enqueueRun(waking, 'round-1');
    const facts = await store.ledger.read(waking.rejection);
    if (facts.length > 1) tell(`done ${waking.rejection}`);
  },
  run: async ({ rejection }) => {
    tell(`run ${rejection}`);
    await sleep(Number(workMs));
    await record(rejection, 2);
  },
});

process.on('message', async (message: { deliver?: { guid: string; rejection: string }; stop?: true }) => {
  if (message.deliver) {
    const { guid, rejection } = message.deliver;
    const payload = Buffer.from(JSON.stringify([rejection]));
    await store.engine.deliver({ guid, event: 'issues', installation: 1, payload, receivedAt: new Date() });
    process.send?.(guid);
  }
  if (message.stop) {
    await store.close(1000);
    process.exit(0);
  }
});
process.send?.('ready');
