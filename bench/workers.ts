import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../src/adapters/postgres/embedded.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import type { Event } from './processes/worker.ts';
import { type Child, startScript } from './support/child.ts';
import { createDatabase } from './support/database.ts';
import { row } from './support/figures.ts';
import { inPlace, type Place } from './support/place.ts';

const WORKER = new URL('./processes/worker.ts', import.meta.url);
const COUNTS = [1, 2, 4] as const;
/** As shipped. */
const [PER_WORKER, PER_REPOSITORY] = [2, 2];
const REPOSITORIES = 12;
const ROUNDS = 4;

const before = (a: Event, b: Event): number => (BigInt(a.at) < BigInt(b.at) ? -1 : 1);
const repositoryOf = (rejection: string): string => rejection.slice(0, rejection.lastIndexOf('#'));

/** Throws unless every run ran once, in its order, one at a time, and no repository had more than its share. */
function checkOrder(events: readonly Event[], rejections: readonly string[]): void {
  const running = new Map<string, string>();
  const told = new Map<string, string[]>();
  for (const { what, rejection, run } of events.toSorted(before)) {
    if (what === 'end') {
      running.delete(rejection);
      continue;
    }
    const beside = [...running.keys()].filter((other) => repositoryOf(other) === repositoryOf(rejection));
    if (running.has(rejection)) throw new Error(`${rejection}: ${run} began beside ${running.get(rejection)}`);
    if (beside.length >= PER_REPOSITORY) throw new Error(`${rejection} began as one too many of its repository`);
    running.set(rejection, run);
    told.set(rejection, [...(told.get(rejection) ?? []), run]);
  }
  const wanted = Array.from({ length: ROUNDS }, (_, i) => `round-${i + 1}`).join();
  const wrong = rejections.find((rejection) => told.get(rejection)?.join() !== wanted);
  if (wrong !== undefined) throw new Error(`${wrong} ran ${told.get(wrong)?.join() ?? 'nothing'} instead of ${wanted}`);
}

/** Runs per second from the first begin to the last end, with so many workers on a database of their own. */
async function throughput(count: number, rejections: readonly string[], env: Record<string, string>): Promise<number> {
  const workers: Child[] = [];
  try {
    for (let i = 0; i < count; i++) workers.push(await startScript(WORKER, env));
    const [first] = workers as [Child];
    await first.ask('wake', rejections);
    while (!(await first.ask<boolean>('idle'))) await sleep(50);
    const events = (await Promise.all(workers.map((worker) => worker.ask<Event[]>('events')))).flat();
    checkOrder(events, rejections);
    const times = events.toSorted(before).map(({ at }) => Number(BigInt(at) / 1_000_000n));
    return (rejections.length * ROUNDS * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
  } finally {
    for (const worker of workers) await worker.stop();
  }
}

async function measure({ quick, rounds }: Size, { folder, ending }: Place): Promise<Measured> {
  const waitMs = quick ? 200 : 1000;
  const count = quick ? 4 : 24;
  const rejections = Array.from({ length: count }, (_, i) => `acme/r${i % REPOSITORIES}#${i + 1}`);
  const postgres = ending(await openEmbedded(folder, { settings: { max_connections: '100' } }));
  const rates: Record<(typeof COUNTS)[number], number[]> = { 1: [], 2: [], 4: [] };
  const counts = quick ? COUNTS.slice(0, 2) : COUNTS;
  for (let round = 0; round < rounds; round++)
    for (const workers of counts) {
      const env = {
        STATE_DIR: `${folder}/state`,
        DATABASE_URL: await createDatabase(postgres, `workers_${workers}_${round}`),
        WAIT_MS: String(waitMs),
        ROUNDS: String(ROUNDS),
        PER_WORKER: String(PER_WORKER),
        PER_REPOSITORY: String(PER_REPOSITORY),
      };
      rates[workers].push(await throughput(workers, rejections, env));
    }
  const beside = { name: '1 worker', measured: rates[1] };
  const line = (workers: 2 | 4, atLeast: number) =>
    row({
      figure: `runs with ${workers} workers`,
      unit: '/s',
      measured: rates[workers],
      beside,
      goal: { of: 'ratio', atLeast },
    });
  return {
    rows: [line(2, 1.9), ...(quick ? [] : [line(4, 3.6)])],
    notes: [
      `${count} rejections of ${REPOSITORIES} repositories with ${ROUNDS} runs each; ${PER_WORKER} runs at once per worker and`,
      `${PER_REPOSITORY} per repository, as shipped; each run waits ${waitMs / 1000} s. In every round it was checked that each run ran once,`,
      'in its order, never two of one rejection at a time, and never more of one repository than its share.',
    ],
  };
}

export const workers: Benchmark = {
  name: 'workers',
  title: 'several workers on one Postgres',
  about: 'Runs of agents that wait instead of computing, by one, two and four processes of the real engine.',
  run: (size) => inPlace((place) => measure(size, place)),
};
