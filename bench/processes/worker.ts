// A worker of the real engine on the real ledger, whose agents wait instead of computing. Each rejection gets ROUNDS runs.
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../src/adapters/postgres/open.ts';
import { offer } from '../support/offer.ts';

/** Something a worker did, with the machine's own clock in nanoseconds, which all of its processes share. */
export interface Event {
  readonly what: 'begin' | 'end';
  readonly rejection: string;
  readonly run: string;
  readonly at: string;
}

const number = (name: string): number => Number(process.env[name]);
const databaseUrl = process.env['DATABASE_URL'];
const [waitMs, rounds] = [number('WAIT_MS'), number('ROUNDS')];
const events: Event[] = [];
const tell = (what: Event['what'], rejection: string, run: string) =>
  events.push({ what, rejection, run, at: String(process.hrtime.bigint()) });

const store = await openStore({
  stateDir: process.env['STATE_DIR'] ?? '',
  log: { info: () => {}, warn: () => {}, error: () => {} },
  perRepository: number('PER_REPOSITORY'),
  perWorker: number('PER_WORKER'),
  ...(databaseUrl === undefined ? {} : { databaseUrl }),
});
await store.engine.start({
  concerns: async () => [],
  advance: async (waking) => {
    const done = (await store.ledger.read(waking.rejection)).length;
    if (done < rounds) await store.engine.enqueueRun(waking, `round-${done + 1}`);
  },
  run: async ({ rejection }, run) => {
    tell('begin', rejection, run);
    await sleep(waitMs);
    const round = Number(run.slice('round-'.length));
    await store.ledger.append(rejection, round - 1, [{ kind: 'status-posted', comment: round }]);
    tell('end', rejection, run);
  },
});
offer(
  '',
  {
    wake: (rejections: readonly string[]) =>
      Promise.all(rejections.map((rejection) => store.engine.wake({ installation: 1, rejection }))),
    idle: () => store.engine.idle(),
    events: () => events,
    postgres: () => store.postgresPid(),
  },
  () => store.close(0),
);
