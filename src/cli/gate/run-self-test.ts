import { availableParallelism } from 'node:os';
import type { Configuration, Step } from '../../domain/configuration.ts';
import { canonical } from '../../domain/hash.ts';
import { type JudgedCase, judgeStep, type SideResult } from '../../domain/judge.ts';
import { selfTested as say } from '../../domain/messages/self-test.ts';
import { type Draw, groupsOf, mutationsOf } from '../../domain/mutate-step.ts';
import type { Mutation } from '../../domain/mutation.ts';
import { type Notice, noticeOf, proves, type StepTest, tellStep } from '../../domain/self-test.ts';
import { layOut, preparedFor } from '../../lay-out.ts';
import { FileRefused, type Ports } from '../../ports.ts';
import type { Base } from '../../read-base.ts';
import { runCases } from '../../run-cases.ts';
import { runReports } from '../../run-reports.ts';
import type { Print } from '../print.ts';

/** How many changed trees are judged at once. */
const AT_ONCE = Math.min(4, availableParallelism());

/** How many times the wanted number of changes a step is given that no wrong output has turned red yet. */
const MOST_TIMES = 5;

/** What a step is judged with. */
interface Bench {
  readonly ports: Ports;
  readonly base: Base;
  readonly tree: string;
  readonly step: Step;
  readonly signal: AbortSignal;
}

/** The configuration in which this step alone leaves a report. */
const reportingAlone = (configuration: Configuration, { name }: Step): Configuration => ({
  ...configuration,
  steps: configuration.steps.map((step) => (step.name === name ? step : { ...step, report: undefined })),
});

/** What a step gives for its cases on one tree, and what that comes to. */
interface Side {
  readonly results: readonly SideResult[];
  /** The outputs themselves, to be compared. */
  readonly outputs: string;
}

/** The step's cases on a tree, beside which no answers lie. */
async function runOn({ ports, base, step, signal }: Bench, tree: string): Promise<Side> {
  const cases = base.cases.get(step.name) ?? [];
  const checkout = await layOut(ports, base, tree, signal);
  try {
    const results = await runCases(ports, base.configuration, checkout, cases, signal);
    // Remembered from a moment ago: only a case without an output is run again.
    const again = results.every(({ outcome }) => outcome === 'pass' || outcome === 'fail');
    const inputs = again ? cases.map(({ input }) => input) : [];
    return { results, outputs: canonical(await ports.suites.outputs(checkout, step, inputs, signal)) };
  } finally {
    await checkout.dispose();
  }
}

/** The step's suites on the tree as it is, and on another. */
async function judgedBy(bench: Bench, before: Side, tree: string, after: Side): Promise<readonly JudgedCase[]> {
  const { ports, base, step, signal } = bench;
  const missing: SideResult = { outcome: 'missing', because: '' };
  const cases = (base.cases.get(step.name) ?? []).map(
    (of, i): JudgedCase => ({
      case: of,
      role: 'pass-to-pass',
      base: before.results[i] ?? missing,
      head: after.results[i] ?? missing,
    }),
  );
  const prepared = await preparedFor(ports, base, signal);
  const on = [
    { tree: bench.tree, commit: base.commit, prepared },
    { tree, prepared },
  ] as const;
  return [...cases, ...(await runReports(ports, reportingAlone(base.configuration, step), on, { signal }))];
}

/** The file's text; null for one that is too large, or no text at all. */
const textOf =
  ({ repository }: Pick<Ports, 'repository'>, tree: string) =>
  (path: string): Promise<string | null> =>
    repository.read(tree, path).catch((error: unknown) => {
      if (error instanceof FileRefused) return null;
      throw error;
    });

async function noticeOn(bench: Bench, before: Side, { file, text }: Mutation): Promise<Notice> {
  const { ports, step } = bench;
  const tree = await ports.repository.withFiles(bench.tree, { [file]: text });
  const after = await runOn(bench, tree);
  return noticeOf(step.name, await judgedBy(bench, before, tree, after), before.outputs === after.outputs);
}

type Tried = { readonly mutation: Mutation; readonly notice: Notice };

/** How the step's check takes each change, a few at once, in order. */
async function tryAll(bench: Bench, before: Side, mutations: readonly Mutation[]): Promise<readonly Tried[]> {
  const tried = new Array<Tried>(mutations.length);
  const waiting = mutations.entries();
  const worker = async () => {
    // One iterator for all workers: each takes the next change.
    for (const [i, mutation] of waiting) {
      bench.signal.throwIfAborted();
      tried[i] = { mutation, notice: await noticeOn(bench, before, mutation) };
    }
  };
  // All of them, so that nothing is still being written when the folder goes.
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return tried;
}

/** The wanted number of changes; a step that none of them turned red by a wrong output is given more before it is blamed. */
async function testStep(bench: Bench, paths: readonly string[], { count, seed }: Draw): Promise<StepTest> {
  const { ports, base, tree, step, signal } = bench;
  const before = await runOn(bench, tree);
  const unchanged = judgeStep(step.name, await judgedBy(bench, before, tree, before));
  // Whoever stops it makes cases red, too.
  signal.throwIfAborted();
  if (!unchanged.passed) return { step: step.name, unusable: unchanged.because };
  const groups = groupsOf(base.configuration, step, paths);
  const draw = { count: count * MOST_TIMES, seed };
  const mutations = await mutationsOf(step.name, groups, textOf(ports, tree), draw);
  const tried: Tried[] = [];
  for (let at = 0; at < mutations.length; at += count) {
    tried.push(...(await tryAll(bench, before, mutations.slice(at, at + count))));
    if (proves({ step: step.name, tried })) break;
  }
  signal.throwIfAborted();
  return { step: step.name, tried };
}

/**
 * Changes the files that each step depends on, one small change at a time and each on a tree of its own, and tells whether
 * the step's check goes red. True when each step's did by a wrong output. Throws once the signal is aborted.
 */
export async function runSelfTest(
  ports: Ports,
  base: Base,
  draw: Draw,
  print: Print,
  signal: AbortSignal,
): Promise<boolean> {
  const tree = await ports.repository.treeOf(base.commit);
  const paths = await ports.repository.list(tree, '');
  const blind: string[] = [];
  for (const step of base.configuration.steps) {
    const test = await testStep({ ports, base, tree, step, signal }, paths, draw);
    for (const line of tellStep(test)) print(line);
    if (!proves(test)) blind.push(step.name);
  }
  print(blind.length === 0 ? say.good : say.bad(blind));
  return blind.length === 0;
}
