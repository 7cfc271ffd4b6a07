import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../src/adapters/postgres/embedded.ts';
import type { Benchmark, Measured, Row, Size } from './benchmark.ts';
import { startApp, startScript } from './support/child.ts';
import { createDatabase, numberFrom } from './support/database.ts';
import { median, percentile, slopeOf } from './support/figures.ts';
import { appEnvironment, inPlace, type Place } from './support/place.ts';
import { keyOf, preload } from './support/preload.ts';
import { memoryOfNode, memoryOfPostgres } from './support/processes.ts';
import { tellComment } from './support/send.ts';
import { makeWaiting } from './support/waiting.ts';

const OPEN = 1000;
const REPOSITORIES = 50;
const PER_SECOND = 5;
/** The share of the time in which caches fill and code is compiled: looked at, but in no slope. */
const SETTLING = 0.2;
/** Memory that grows more slowly than this per hour would not be noticed in a week. */
const FLAT = { megabytesPerHour: 3, handlesPerHour: 5, secondsPerHour: 1 };

/** Seconds for which the oldest event or wake has waited. */
const QUEUE_AGE = `select coalesce(extract(epoch from now() - min(t)), 0) from (
  select min(received_at) as t from corrigible.delivery where drained_at is null
  union all select min(since) from corrigible.rejection where wake > done) waiting`;

interface Sample {
  readonly hours: number;
  readonly app: number;
  readonly postgres: number;
  readonly handles: number;
  readonly age: number;
}

async function sampleOf(hours: number, pid: number, postmaster: number, databaseUrl: string): Promise<Sample> {
  const handles = (await readdir(`/proc/${pid}/fd`)).length;
  const age = await numberFrom(databaseUrl, QUEUE_AGE);
  return { hours, app: await memoryOfNode(pid), postgres: await memoryOfPostgres(postmaster), handles, age };
}

/** Tells the app of events at a steady rate until `signal`; whatever it refuses ends the benchmark. */
async function tellSteadily(url: string, secret: string, signal: AbortSignal): Promise<number> {
  const began = performance.now();
  let told = 0;
  for (; !signal.aborted; told++) {
    await tellComment(url, secret, keyOf(Math.floor(Math.random() * OPEN), REPOSITORIES));
    await sleep(Math.max(0, began + ((told + 1) * 1000) / PER_SECOND - performance.now()));
  }
  return told;
}

async function soaked({ quick, minutes }: Size, { folder, ending }: Place) {
  const waiting = await makeWaiting(folder);
  const postgres = ending(await openEmbedded(folder));
  const databaseUrl = await createDatabase(postgres, 'soak');
  const stateDir = `${folder}/state`;
  await preload({ stateDir, databaseUrl }, waiting, quick ? REPOSITORIES : OPEN, REPOSITORIES);
  const github = ending(await startScript(new URL('./processes/github.ts', import.meta.url), { SCRIPT: folder }));
  const env: Readonly<Record<string, string>> = { ...appEnvironment(github.url, stateDir), DATABASE_URL: databaseUrl };
  const app = ending(await startApp(env));
  const over = new AbortController();
  const telling = tellSteadily(app.url, env['WEBHOOK_SECRET'] ?? '', over.signal);
  const lasts = (quick ? 0.05 : minutes) * 60_000;
  const began = performance.now();
  const samples: Sample[] = [];
  const live: (readonly [hours: number, bytes: number])[] = [];
  while (performance.now() - began < lasts) {
    await Promise.race([telling, sleep(quick ? 250 : 5000)]);
    const hours = (performance.now() - began) / 3_600_000;
    if (hours * 3_600_000 >= lasts * SETTLING && live.length === 0) live.push([hours, await app.ask<number>('live')]);
    samples.push(await sampleOf(hours, app.pid, postgres.pid() ?? 0, databaseUrl));
  }
  over.abort();
  const told = await telling;
  live.push([(performance.now() - began) / 3_600_000, await app.ask<number>('live')]);
  return { samples, live, told, minutes: lasts / 60_000 };
}

/** The slope of what was sampled, after it settled; flat when nothing speaks against a slope of at most `flat`. */
function slopeRow(figure: string, unit: string, samples: readonly Sample[], of: keyof Sample, flat: number): Row {
  const last = samples.at(-1)?.hours ?? 0;
  const settled = samples.filter(({ hours }) => hours >= last * SETTLING);
  const values = settled.map((sample) => sample[of]);
  const { perHour, plusMinus } = slopeOf(settled.map((sample) => [sample.hours, sample[of]]));
  return {
    figure,
    measured: `${perHour.toFixed(1)} ± ${plusMinus.toFixed(1)} ${unit}/h; median ${median(values).toFixed(1)}, most ${percentile(values, 1).toFixed(1)} ${unit}`,
    beside: '–',
    ratio: '–',
    goal: `flat: not above ${flat} ${unit}/h`,
    met: perHour - plusMinus <= flat,
    because: '',
  };
}

async function measure(size: Size, place: Place): Promise<Measured> {
  const { samples, live, told, minutes } = await soaked(size, place);
  const lives = live.map(([hours, bytes]) => `${(bytes / 1e6).toFixed(1)} MB after ${(hours * 60).toFixed(0)} minutes`);
  return {
    rows: [
      slopeRow('memory of the app', 'MB', samples, 'app', FLAT.megabytesPerHour),
      slopeRow('memory of Postgres', 'MB', samples, 'postgres', FLAT.megabytesPerHour),
      slopeRow('open handles of the app', 'handles', samples, 'handles', FLAT.handlesPerHour),
      slopeRow('age of the oldest event that waits', 's', samples, 'age', FLAT.secondsPerHour),
    ],
    notes: [
      `${minutes} minutes, ${told} events (${(told / minutes / 60).toFixed(1)} per second), each a comment on one of ${OPEN} rejections that wait, on a`,
      `scripted GitHub. Slopes by least squares over ${samples.length} samples without the first ${SETTLING * 100} %, with 95 % intervals that`,
      'take neighbouring samples as related. A goal is missed when the whole interval lies above it. In use after a full',
      `collection: ${lives.join(', ')}.`,
    ],
  };
}

export const soak: Benchmark = {
  name: 'soak',
  title: 'half an hour of steady events',
  about: `\`corrigible serve\` under ${PER_SECOND} events per second.`,
  run: (size) => inPlace((place) => measure(size, place)),
};
