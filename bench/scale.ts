import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../src/adapters/postgres/embedded.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { type Child, startApp, startScript } from './support/child.ts';
import { createDatabase } from './support/database.ts';
import { percentile, row } from './support/figures.ts';
import { appEnvironment, inPlace, type Place } from './support/place.ts';
import { keyOf, preload, type Sizes } from './support/preload.ts';
import { memoryOfNode, memoryOfPostgres } from './support/processes.ts';
import { tellComment } from './support/send.ts';
import { makeWaiting } from './support/waiting.ts';

const REPOSITORIES = 200;
/** Events of a burst, each about another rejection of another repository, so that none of them spares another's work. */
const BURST = 100;
/** Events per second that arrive one by one, when the time of one advance is looked at. */
const STEADY = 4;

interface Loaded {
  readonly open: number;
  readonly env: Readonly<Record<string, string>>;
  readonly sizes: Sizes;
  readonly perSecond: number[];
  readonly p99: number[];
  readonly memory: number[];
}

const atRest = async (app: Child): Promise<void> => {
  while (!(await app.ask<boolean>('idle'))) await sleep(20);
};

/** A rejection of repository `n`, any of those that are open. */
const anyOf = (n: number, open: number): string => {
  const inEach = Math.max(1, Math.floor(open / REPOSITORIES));
  return keyOf((n % Math.min(open, REPOSITORIES)) + REPOSITORIES * Math.floor(Math.random() * inEach), REPOSITORIES);
};

async function burst(app: Child, { open, env }: Loaded, count: number): Promise<number> {
  const began = performance.now();
  const secret = env['WEBHOOK_SECRET'] ?? '';
  await Promise.all(Array.from({ length: count }, (_, n) => tellComment(app.url, secret, anyOf(n, open))));
  await atRest(app);
  return (count * 1000) / (performance.now() - began);
}

/** The 99th of 100 of the milliseconds that an advance takes while events come one by one. */
async function oneByOne(app: Child, { open, env }: Loaded, count: number): Promise<number> {
  await app.ask('advances');
  const began = performance.now();
  for (let n = 0; n < count; n++) {
    await tellComment(app.url, env['WEBHOOK_SECRET'] ?? '', anyOf(n, open));
    await sleep(Math.max(0, began + ((n + 1) * 1000) / STEADY - performance.now()));
  }
  await atRest(app);
  const advances = await app.ask<number[]>('advances');
  if (advances.length < count) throw new Error(`${count} events were ${advances.length} advances`);
  return percentile(advances, 0.99);
}

async function round(loaded: Loaded, postmaster: number, events: { burst: number; single: number }): Promise<void> {
  const app = await startApp(loaded.env);
  try {
    // Not counted: mirrors are opened and code is compiled.
    await burst(app, loaded, events.burst);
    loaded.perSecond.push(await burst(app, loaded, events.burst));
    loaded.p99.push(await oneByOne(app, loaded, events.single));
    loaded.memory.push((await memoryOfNode(app.pid)) + (await memoryOfPostgres(postmaster)));
  } finally {
    await app.stop();
  }
}

async function load(place: Place, counts: readonly number[]) {
  const { folder, ending } = place;
  const waiting = await makeWaiting(folder);
  const postgres = ending(await openEmbedded(folder));
  const githubScript = new URL('./processes/github.ts', import.meta.url);
  const github = ending(await startScript(githubScript, { SCRIPT: folder }));
  const loaded: Loaded[] = [];
  for (const open of counts) {
    const databaseUrl = await createDatabase(postgres, `open_${open}`);
    const stateDir = `${folder}/state-${open}`;
    const sizes = await preload({ stateDir, databaseUrl }, waiting, open, REPOSITORIES);
    const env = { ...appEnvironment(github.url, stateDir), DATABASE_URL: databaseUrl };
    loaded.push({ open, env, sizes, perSecond: [], p99: [], memory: [] });
  }
  return { loaded, postmaster: postgres.pid() ?? 0, github, facts: waiting.facts.length };
}

function rowsOf(least: Loaded, { open, perSecond, p99, memory }: Loaded) {
  const name = `${least.open} open`;
  const isGoal = open <= 10_000;
  const flat = { of: 'ratio', atMost: 1.3 } as const;
  const beside = (pick: (of: Loaded) => readonly number[]) =>
    open === least.open ? {} : { beside: { name, measured: pick(least) }, ...(isGoal ? { goal: flat } : {}) };
  const figure = (what: string) => `${open.toLocaleString('en')} open: ${what}`;
  const perEvent = (of: Loaded) => of.perSecond.map((rate) => 1000 / rate);
  return [
    row({ figure: figure('events handled'), unit: '/s', measured: perSecond }),
    row({
      figure: figure('time per event'),
      unit: 'ms',
      measured: perSecond.map((rate) => 1000 / rate),
      ...beside(perEvent),
    }),
    row({ figure: figure('99 of 100 advances within'), unit: 'ms', measured: p99, ...beside((of) => of.p99) }),
    row({
      figure: figure('memory of app and Postgres'),
      unit: 'MB',
      measured: memory,
      goal: { of: 'measured', atMost: 300 },
    }),
  ];
}

const sizesOf = ({ open, sizes }: Loaded): string =>
  Object.entries(sizes)
    .map(([table, kb]) => [table, kb / open] as const)
    .filter(([, each]) => each >= 0.05)
    .sort(([, a], [, b]) => b - a)
    .map(([table, each]) => `${table} ${each.toFixed(2)}`)
    .join(', ');

async function measure({ quick, rounds }: Size, place: Place): Promise<Measured> {
  const { loaded, postmaster, github, facts } = await load(place, quick ? [50] : [100, 1000, 10_000, 100_000]);
  const events = quick ? { burst: 10, single: 4 } : { burst: BURST, single: 100 };
  for (let n = 0; n < rounds; n++) for (const one of loaded) await round(one, postmaster, events);
  const unknown = await github.ask<[string, number][]>('unknown');
  if (unknown.length > 0) throw new Error(`the script has no answer to ${unknown.map(([path]) => path).join(', ')}`);
  const [least, most] = [loaded[0], loaded.at(-1)] as [Loaded, Loaded];
  return {
    rows: loaded.flatMap((one) => rowsOf(least, one)),
    notes: [
      `Each event is a comment on a rejection whose draft waits for a maintainer (${facts} facts): the app reads facts, issue,`,
      `label events and spec comment, asks git whether base moved, and finds nothing to do. ${BURST} events at once about as many`,
      `rejections of as many repositories, then ${STEADY} per second one by one. Kilobytes per rejection with indexes, by table:`,
      `${sizesOf(most)}.`,
    ],
  };
}

export const scale: Benchmark = {
  name: 'scale',
  title: 'many open rejections',
  about: `Rejections of ${REPOSITORIES} repositories, loaded through the real ledger; the whole app on a scripted GitHub, beside itself with the fewest.`,
  run: (size) => inPlace((place) => measure(size, place)),
};
