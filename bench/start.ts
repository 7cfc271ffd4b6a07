import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { type Child, startCommand, startScript } from './support/child.ts';
import { postmasterOf } from './support/database.ts';
import { row } from './support/figures.ts';
import { appEnvironment, inPlace, type Place } from './support/place.ts';
import { memoryOfNode, memoryOfPostgres } from './support/processes.ts';

/** How long a process is left alone before its memory is read. */
const REST_MS = 3000;

interface Start {
  readonly seconds: number;
  readonly memory: number;
}

/** Starts, rests, reads the memory of the process and of what it started, and stops. */
async function startOnce(start: () => Promise<Child>, stateDir: string | null, quick: boolean): Promise<Start> {
  const child = await start();
  try {
    await sleep(quick ? 100 : REST_MS);
    const postgres = stateDir === null ? 0 : await memoryOfPostgres(await postmasterOf(stateDir));
    return { seconds: child.startMs / 1000, memory: (await memoryOfNode(child.pid)) + postgres };
  } finally {
    await child.stop();
  }
}

async function measure({ quick, rounds }: Size, { folder, ending }: Place): Promise<Measured> {
  const github = ending(await startScript(new URL('./processes/github.ts', import.meta.url)));
  const stateDir = join(folder, 'app');
  const env = appEnvironment(github.url, stateDir);
  // Both keep what was compiled, as `bin/corrigible` does.
  const cache = { NODE_COMPILE_CACHE: join(folder, 'compiled') };
  const app = () => startOnce(() => startCommand('serve', env), stateDir, quick);
  const probotScript = new URL('./processes/probot.ts', import.meta.url);
  const probot = () => startOnce(() => startScript(probotScript, { ...env, ...cache }), null, quick);
  const all: Record<'cold' | 'warm' | 'probot', Start[]> = { cold: [], warm: [], probot: [] };
  await probot();
  for (let round = 0; round < rounds; round++) {
    await rm(stateDir, { recursive: true, force: true });
    all.cold.push(await app());
    all.warm.push(await app());
    all.probot.push(await probot());
  }
  const seconds = (of: readonly Start[]) => of.map((one) => one.seconds);
  const memory = (of: readonly Start[]) => of.map((one) => one.memory);
  const beside = { name: 'bare Probot', measured: seconds(all.probot) };
  return {
    rows: [
      row({
        figure: 'warm: spawn → ready, its Postgres started too',
        unit: 's',
        measured: seconds(all.warm),
        beside,
        goal: { of: 'measured', atMost: 1 },
        because: 'two thirds of it load some 890 modules; Postgres takes 50 ms, migrations and queues 60 ms',
      }),
      row({ figure: 'cold: the database made first', unit: 's', measured: seconds(all.cold), beside }),
      row({
        figure: 'idle memory with Postgres',
        unit: 'MB',
        measured: memory(all.warm),
        beside: { name: 'bare Probot', measured: memory(all.probot) },
        goal: { of: 'measured', atMost: 200 },
      }),
    ],
    notes: [
      `Memory is read ${REST_MS / 1000} s after the start: RSS of the process, PSS of all of Postgres. Both keep what was compiled.`,
    ],
  };
}

export const start: Benchmark = {
  name: 'start',
  title: 'start and idle memory',
  about: '`corrigible serve` with its own Postgres from spawn to listening, beside a bare Probot server.',
  run: (size) => inPlace((place) => measure(size, place)),
};
