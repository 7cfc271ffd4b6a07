import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { family } from '../src/cli/demo/measure-memory.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import type { Event } from './processes/worker.ts';
import { type Child, startScript } from './support/child.ts';
import { row } from './support/figures.ts';
import { inPlace, type Place } from './support/place.ts';

const WORKER = new URL('./processes/worker.ts', import.meta.url);
/** Runs that are at work when everything dies. */
const AT_WORK = 8;

const begun = async (worker: Child): Promise<number> =>
  new Set((await worker.ask<Event[]>('events')).map(({ rejection }) => rejection)).size;

async function allAtWork(worker: Child): Promise<void> {
  while ((await begun(worker)) < AT_WORK) await sleep(10);
}

/** The app, its Postgres with all of its processes, and the keeper that would end that. */
async function killEverything(worker: Child, stateDir: string): Promise<void> {
  const postmaster = await worker.ask<number>('postgres');
  const keeper = Number.parseInt(await readFile(join(stateDir, 'database/keeper'), 'utf8'), 10);
  const database = await family([postmaster]);
  const gone = worker.stop('SIGKILL');
  for (const pid of [keeper, ...database])
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // A process of Postgres ends with its postmaster.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  await gone;
}

async function measure({ rounds }: Size, { folder, ending }: Place): Promise<Measured> {
  const recovered: number[] = [];
  const starts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const stateDir = join(folder, `app-${round}`);
    const env = {
      STATE_DIR: stateDir,
      // Longer than everything here: what is at work stays at work.
      WAIT_MS: '600000',
      ROUNDS: '1',
      PER_WORKER: String(AT_WORK),
      PER_REPOSITORY: '2',
    };
    await (await startScript(WORKER, env)).stop();
    const first = await startScript(WORKER, env);
    starts.push(first.startMs / 1000);
    await first.ask(
      'wake',
      Array.from({ length: AT_WORK }, (_, i) => `acme/r${i % 4}#${i + 1}`),
    );
    await allAtWork(first);
    const died = performance.now();
    await killEverything(first, stateDir);
    const second = ending(await startScript(WORKER, env));
    await allAtWork(second);
    recovered.push((performance.now() - died) / 1000);
    await second.stop();
  }
  return {
    rows: [
      row({
        figure: `kill -9 of everything → all ${AT_WORK} runs at work again`,
        unit: 's',
        measured: recovered,
        beside: { name: 'a warm start', measured: starts },
        goal: { of: 'measured', atMost: 5 },
      }),
    ],
    notes: [
      'The process, every process of its Postgres and the keeper are killed at once, and it is started again at once: its',
      'Postgres recovers from its log, and the runs of the dead process are taken over.',
    ],
  };
}

export const recovery: Benchmark = {
  name: 'recovery',
  title: 'from kill -9 to work',
  about: 'The real engine and ledger on their own Postgres, with agents at work, killed and started again.',
  run: (size) => inPlace((place) => measure(size, place)),
};
