import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { mirrorOf, suitesOf, toolsOf } from '../compose.ts';
import { short } from '../domain/hash.ts';
import { lint } from '../domain/messages/cli.ts';
import { report as words } from '../domain/messages/report.ts';
import { gateHere as say, selfTested } from '../domain/messages/self-test.ts';
import type { Draw } from '../domain/mutate-step.ts';
import { reportPage } from '../domain/report/report-page.ts';
import type { Verdict } from '../domain/verdict.ts';
import { judgeByToday } from '../judge-by-today.ts';
import { judgePull } from '../judge-pull.ts';
import type { Log, Ports } from '../ports.ts';
import { readBase } from '../read-base.ts';
import { reportOf } from '../report-tickets.ts';
import { layersFolder } from './cache-folder.ts';
import { INTERRUPTED, interruption } from './demo/interruption.ts';
import { type KeptResults, keptResults } from './gate/kept-results.ts';
import { commitOf, type Env, findRepository, lend } from './gate/read-commits.ts';
import { runSelfTest } from './gate/run-self-test.ts';
import { localOperator } from './local-operator.ts';
import { localSandbox } from './local-sandbox.ts';
import { type Print, toTerminal } from './print.ts';
import { aloneHere, localForge } from './try/local-forge.ts';
import { memoryBlobs, memoryLedger, noReserves, noTranscripts } from './try/memory-ledger.ts';
import { showVerdict } from './try/show.ts';

const REPO = 'local/clone';
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** What the command ends with: the gate is green, it is red, nothing could be judged, a person has to decide. */
const EXIT = { green: 0, red: 1, unjudged: 2, person: 3 } as const;

/** The options as they are given at the terminal. */
export interface Asked {
  readonly selfTest?: boolean;
  readonly base?: string;
  readonly head?: string;
  /** The file that the report on stored tickets is written to. */
  readonly report?: string;
  readonly mutations?: string;
  readonly seed?: string;
  /** False for --no-cache: nothing counts that was kept before. */
  readonly cache?: boolean;
}

/** What the command needs of the world around it. */
export interface Around {
  readonly env: Env;
  readonly print: Print;
  readonly signal: AbortSignal;
}

function numberIn(option: string, given: string | undefined, otherwise: number, least: number, most: number): number {
  if (given === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Error(say.badNumber(option, least, most));
}

/** What is wanted: a self-test, or two commits. Throws in words when that is not clear. */
function wantedOf(asked: Asked): { readonly draw: Draw } | { readonly base: string; readonly head: string } {
  const { selfTest, base, head, report, mutations, seed, cache } = asked;
  if (selfTest === true) {
    if (base !== undefined || head !== undefined || report !== undefined) throw new Error(say.eitherOr);
    if (cache === false) throw new Error(say.nothingKept);
    const count = numberIn('--mutations', mutations, 12, 1, 10_000);
    return { draw: { count, seed: numberIn('--seed', seed, 1, 0, 999_999_999) } };
  }
  if (mutations !== undefined || seed !== undefined) throw new Error(say.onlySelfTest);
  if (base === undefined) throw new Error(say.whichBase);
  return { base, head: head ?? 'HEAD' };
}

interface Opened {
  readonly ports: Ports;
  readonly ids: readonly string[];
}

interface Opening {
  /** Where results are kept beyond this process; null keeps none. */
  readonly kept: KeptResults | null;
  /** Nothing counts that was kept before. */
  readonly anew: boolean;
  readonly onOutputs?: (from: string, count: number) => void;
}

/** Calls `use` with the ports of a local repository of which these commits are here. What it writes is gone afterwards. */
async function withPorts<T>(
  folder: string,
  names: readonly string[],
  { env, print }: Around,
  { kept, anew, ...counting }: Opening,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const here = await findRepository(folder, env);
  const ids = await Promise.all(names.map((name) => commitOf(here, name, env)));
  const stateDir = await mkdtemp(join(tmpdir(), 'corrigible-gate-'));
  let testing: Promise<unknown> | undefined;
  let close = async () => {};
  try {
    // Others pass through it, but cannot list it: where this is root, the sandbox runs as somebody else.
    await chmod(stateDir, 0o711);
    // It asks no model, and starts without one.
    const operator = { ...localOperator(env, null), models: {} };
    const sandbox = localSandbox(env, print);
    const tools = await toolsOf({ stateDir, operator, sandbox, layersIn: await layersFolder(env) }, silent);
    close = tools.preparing.close;
    // The sandbox tests itself before it runs anything; while git is at work it costs least. What it says is said there.
    if (anew || !(await kept?.wereJudged(ids))) testing = tools.sandbox.refusal().catch(() => {});
    const lent = join(stateDir, 'lent.git');
    await lend(here, Object.fromEntries(ids.map((id, i) => [i === 0 ? 'head' : `commit-${i}`, id])), lent, env);
    const access = { url: pathToFileURL(lent).href, token: null };
    const repository = await mirrorOf(stateDir, REPO);
    await repository.fetch(access);
    const { now } = tools.clock;
    const ref = { installation: 0, repo: REPO, issue: 1 };
    const forge = localForge(REPO, access, { title: '', body: '' }, now);
    const queue = { enqueueRun: async () => 'queued' as const, cancelRun: async () => {}, wakeAfter: async () => {} };
    const records = { ledger: memoryLedger(now), blobs: memoryBlobs(), transcripts: noTranscripts };
    const alone = { ...records, reserves: noReserves, leave: aloneHere };
    // Two repositories never share what is kept, and the worktrees of one do.
    const place = await realpath(here.objects);
    const all = suitesOf(tools, place, { store: kept?.store ?? null, ...counting });
    const suites = anew ? all.anew() : all;
    const preparing: Ports['preparing'] = {
      prepare: (of, signal) => tools.preparing.prepare({ ...of, ref: { ...ref, repo: place } }, signal),
    };
    return await use({ ports: { ...tools, ...alone, suites, preparing, ref, forge, queue, repository }, ids });
  } finally {
    await testing;
    await close();
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The verdict as it is shown, and what the command ends with. */
function conclude(verdict: Verdict, print: Print): number {
  const { passed, held } = verdict;
  showVerdict(verdict, print);
  print(passed ? say.green : held === 'waits' ? say.waits : held === 'neutral' ? say.neutral : say.red);
  if (passed) return EXIT.green;
  return held === 'waits' ? EXIT.person : held === 'neutral' ? EXIT.unjudged : EXIT.red;
}

/** Writes what comes out differently of the stored tickets, as a page. */
async function writeReport(ports: Ports, from: string, head: string, file: string, around: Around): Promise<void> {
  const read = await readBase(ports, from);
  const tree = await ports.repository.treeOf(head);
  const report = 'base' in read ? await reportOf(ports, read.base, tree, around.signal) : null;
  if (report === null) return around.print(say.noTickets);
  const about = { repo: '', issue: null, base: from, head, made: ports.clock.now().slice(0, 10) };
  await writeFile(file, reportPage(report, about, null));
  around.print(say.reported(words.headline(report.counts), file));
}

const compare = (
  folder: string,
  names: readonly [head: string, base: string],
  anew: boolean,
  report: string | undefined,
  around: Around,
): Promise<number> => {
  const kept = keptResults(around.env);
  const counts = { store: 0, all: 0 };
  const onOutputs = (from: string, count: number) => {
    counts.all += count;
    if (from === 'store') counts.store += count;
  };
  return withPorts(folder, names, around, { kept, anew, onOutputs }, async ({ ports, ids }) => {
    const [head = '', base = ''] = ids;
    // As on GitHub.
    const byToday = await judgeByToday(ports, head, base, (pair, onForgiven) => {
      const words = pair.head === head ? say.compares : say.comparesMerge;
      around.print(words(folder, short(pair.from), short(head)));
      return judgePull(ports, pair, around.signal, onForgiven);
    });
    around.signal.throwIfAborted();
    if ('behind' in byToday) {
      around.print(say.behind[byToday.behind](names[1]));
      return EXIT.person;
    }
    const { pair, judged } = byToday;
    await kept.noteJudged(ids);
    if (counts.store > 0) around.print(say.kept(counts.store, counts.all));
    if (report !== undefined) await writeReport(ports, pair.from, pair.head, resolve(report), around);
    return conclude(judged, around.print);
  });
};

const selfTest = (folder: string, draw: Draw, around: Around): Promise<number> =>
  withPorts(folder, ['HEAD'], around, { kept: null, anew: false }, async ({ ports, ids: [head = ''] }) => {
    const { print, signal } = around;
    const read = await readBase(ports, head);
    if ('problems' in read) {
      for (const { file, line, problem, fix } of read.problems) print(lint.problem(file, line, problem, fix));
      return EXIT.unjudged;
    }
    print(selfTested.start(folder, short(head), draw.count, draw.seed));
    return (await runSelfTest(ports, read.base, draw, print, signal)) ? EXIT.green : EXIT.red;
  });

/**
 * Judges a commit of a local repository as the app judges a pull request, or proves that its gate notices what breaks.
 * Returns the exit code: whatever keeps it from judging is told in words, and is neither green nor red.
 */
export async function runGate(path: string, asked: Asked, around: Around): Promise<number> {
  const folder = resolve(path);
  try {
    const wanted = wantedOf(asked);
    if ('draw' in wanted) return await selfTest(folder, wanted.draw, around);
    return await compare(folder, [wanted.head, wanted.base], asked.cache === false, asked.report, around);
  } catch (error) {
    around.print(around.signal.aborted ? say.stopped : error instanceof Error ? error.message : String(error));
    return around.signal.aborted ? INTERRUPTED : EXIT.unjudged;
  }
}

export const gate = new Command('gate')
  .argument('[folder]', 'the top folder of a git repository', '.')
  .option('--base <commit>', 'what to compare with: a commit, a branch or a tag')
  .option('--head <commit>', 'what is judged, instead of HEAD')
  .option('--no-cache', 'run every case, whatever was kept from before')
  .option('--report <file>', 'write what comes out differently of the stored tickets to this file, as a page')
  .option('--self-test', 'break each step on purpose, and require its check to go red')
  .option('--mutations <number>', 'how often each step is broken, instead of 12 times')
  .option('--seed <number>', 'for another sample of changes, instead of 1')
  // What is wrong with the call is not a red gate.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.unjudged))
  .action(async (folder: string, asked: Asked) => {
    process.exitCode = await runGate(folder, asked, { env: process.env, print: toTerminal, signal: interruption() });
  });
