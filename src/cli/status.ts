import { Command } from 'commander';
import { openRecords, type Records } from '../compose.ts';
import { overview as say } from '../domain/messages/overview.ts';
import { refusesToStart } from '../domain/messages/settings.ts';
import { addTo, delayOf, noOverview, type Overview, standsBy } from '../domain/overview.ts';
import type { RejectionKey } from '../domain/rejection.ts';
import type { StageName } from '../domain/stage.ts';
import { standsAt } from '../domain/stage-by-kinds.ts';
import { readStoreSettings } from '../read-settings.ts';
import { type Print, toTerminal } from './print.ts';

/** Rejections whose facts are opened together. */
const AT_ONCE = 200;
/** Delays whose reasons are read; the others are counted. */
const DELAYS = 100;
const SHOWN = 20;

const ORDER: readonly StageName[] = [
  'new',
  'accepted',
  'asked',
  'drafted',
  'cleared',
  'halted',
  'proven',
  'proposed',
  'merged',
  'returned',
  'declined',
  'closed',
  'forgotten',
];

/** Opens the facts of those that their kinds alone do not place. */
async function placeAll(records: Records, all: Overview, keys: readonly RejectionKey[]): Promise<void> {
  const found = await records.ledger.readAll(keys);
  for (const [rejection, facts] of found) {
    const stands = standsBy(facts);
    if (stands !== undefined) addTo(all, rejection, stands);
  }
}

async function lookAt(records: Records, repo: string | undefined): Promise<Overview> {
  const all = noOverview();
  const delayed: RejectionKey[] = [];
  let unsure: RejectionKey[] = [];
  for await (const { rejection, facts } of records.outlines(repo)) {
    const stands = standsAt(facts);
    if (stands === undefined) continue;
    if (stands.delayed) all.delayed += 1;
    if (stands.delayed && delayed.length < DELAYS) delayed.push(rejection);
    // The repository itself is no rejection.
    if (rejection.endsWith('#0')) continue;
    if (stands.sure) addTo(all, rejection, stands);
    else unsure.push(rejection);
    if (unsure.length < AT_ONCE) continue;
    await placeAll(records, all, unsure);
    unsure = [];
  }
  await placeAll(records, all, unsure);
  for (const [rejection, facts] of await records.ledger.readAll(delayed)) {
    const delay = delayOf(rejection, facts);
    if (delay !== null) all.delays.push(delay);
  }
  all.delays.sort((a, b) => (a.since < b.since ? -1 : 1));
  return all;
}

/** Columns as wide as what stands in them; those of numbers stand to the right. */
function table(rows: readonly (readonly string[])[], print: Print): void {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const numeric = widths.map((_, i) => rows.slice(1).every((row) => /^\d*$/.test(row[i] ?? '')));
  for (const row of rows) {
    const cells = row.map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)));
    print(cells.join('  ').trimEnd());
  }
}

function showStages({ stages, repositories }: Overview, now: number, print: Print): void {
  const there = ORDER.filter((stage) => stages.has(stage));
  const rows = there.map((stage) => {
    const { count, oldest } = stages.get(stage) ?? { count: 0, oldest: { rejection: '', since: '' } };
    const longest = say.longest(oldest.rejection, now - Date.parse(oldest.since));
    return [stage, String(count), say.waitsFor(stage), longest];
  });
  table([say.stageHeads, ...rows], print);
  if (repositories.size < 2) return;
  const total = (counts: ReadonlyMap<StageName, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  const sorted = [...repositories].sort(([, a], [, b]) => total(b) - total(a));
  print('');
  const lines = sorted
    .slice(0, SHOWN)
    .map(([repo, counts]) => [repo, ...there.map((s) => String(counts.get(s) ?? ''))]);
  table([[say.repositoryHead, ...there], ...lines], print);
  if (sorted.length > SHOWN) print(say.more(sorted.length - SHOWN));
}

async function showText(records: Records, repo: string | undefined, print: Print): Promise<void> {
  const all = await lookAt(records, repo);
  const now = Date.now();
  const paused = await records.paused();
  if (paused !== null) print(say.paused(paused));
  print(all.rejections === 0 ? say.none(repo) : say.total(all.rejections, all.repositories.size));
  if (all.rejections > 0) {
    print('');
    showStages(all, now, print);
    print('');
    print(say.delayed(all.delayed));
    for (const { rejection, since, reason, until } of all.delays.slice(0, SHOWN))
      print(say.delay(rejection, now - Date.parse(since), reason, until));
    const untold = all.delayed - Math.min(SHOWN, all.delays.length);
    if (untold > 0) print(`  ${say.more(untold)}`);
  }
  print(say.queue(await records.figures()));
  const workers = await records.workers();
  print(workers.length === 0 ? say.noWorkers : say.workers);
  for (const { machine, pid, seen } of workers) print(say.worker(machine, pid, now - Date.parse(seen)));
}

async function showJson(records: Records, repo: string | undefined, print: Print): Promise<void> {
  const { rejections, stages, repositories, delayed, delays } = await lookAt(records, repo);
  const told = {
    at: new Date().toISOString(),
    paused: await records.paused(),
    rejections,
    stages: Object.fromEntries(stages),
    repositories: Object.fromEntries([...repositories].map(([name, counts]) => [name, Object.fromEntries(counts)])),
    delayed: { count: delayed, oldest: delays },
    queues: await records.figures(),
    workers: await records.workers(),
  };
  print(JSON.stringify(told, null, 2));
}

/** Opens the store that the environment names, beside whatever works on it, and closes it again. */
export async function withRecords<T>(env: NodeJS.ProcessEnv, work: (records: Records) => Promise<T>): Promise<T> {
  const read = readStoreSettings(env);
  if ('problems' in read) throw new Error(refusesToStart(read.problems));
  const records = await openRecords(read.settings);
  try {
    return await work(records);
  } finally {
    await records.close();
  }
}

/** Prints where all rejections stand, or those of one repository. */
export async function runStatus(
  records: Records,
  repo: string | undefined,
  json: boolean,
  print: Print,
): Promise<void> {
  if (repo !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(repo)) throw new Error(say.badRepository(repo));
  await (json ? showJson : showText)(records, repo, print);
}

export const status = new Command('status')
  .argument('[repository]', 'owner/name, for one repository alone')
  .option('--json', 'for programs')
  .action((repo: string | undefined, { json = false }: { readonly json?: boolean }) =>
    withRecords(process.env, (records) => runStatus(records, repo, json, toTerminal)),
  );
