import { confirmFlips, type RunAgain, ranAs } from './confirm-flips.ts';
import type { Case } from './domain/case.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import type { SideResult } from './domain/judge.ts';
import * as say from './domain/messages/people.ts';
import { recognised, unclear } from './domain/messages/undo.ts';
import { saysItReverts } from './domain/recognise-revert.ts';
import type { Spec } from './domain/spec.ts';
import type { At } from './domain/stage.ts';
import { WATCH_MS } from './domain/watch.ts';
import { countedHere } from './known-fault.ts';
import { layOut } from './lay-out.ts';
import type { Checkout, Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { runCases } from './run-cases.ts';

type Merged = At<'merged'> | At<'returned'>;
type Outcome = FactOf<'outcome'>;

/** What is left of the watch when its own alarm comes. */
const SOON_MS = 3_600_000;
/** Commits since the merge that are asked why the cases are red. */
const COMMITS = 500;

/** The same fault was rejected again while its fix is watched. */
async function rejectedAgain(ports: Ports, stage: Merged, mergedAt: string): Promise<Outcome | null> {
  if (stage.name === 'returned' || stage.fingerprint === null) return null;
  const what = await countedHere(ports, stage.fingerprint, mergedAt);
  if (what === null) return null;
  return { kind: 'outcome', outcome: 'recurred', because: recognised.rejection(what), recognised: 'rejection', what };
}

/** A commit since the merge that says it takes it back. Its words alone would prove nothing. */
async function revertSince({ repository, forge }: Ports, stage: Merged, base: Base): Promise<string | null> {
  const { sha } = stage.merged;
  const title = say.pullRequestTitle(stage.approved.spec);
  const merged = { sha, pullRequest: stage.proposal.pullRequest, title, repo: forge.repo };
  const since = (await repository.has(sha)) ? await repository.messages(sha, base.commit, COMMITS) : [];
  return since.find(({ message }) => saysItReverts(message, merged))?.commit ?? null;
}

/** The spec's cases on one commit, by base's commands. */
async function onCommit<T>(ports: Ports, base: Base, commit: string, work: (on: Checkout) => Promise<T>): Promise<T> {
  const tree = await ports.repository.treeOf(commit);
  const checkout = await layOut(ports, base, tree);
  try {
    return await work(checkout);
  } finally {
    await checkout.dispose();
  }
}

/**
 * What the acceptance cases of noisy steps come to: each against its own rate at the merge, where it was proven. At the
 * end of the watch that is asked of green ones, too: a broken case is green now and then.
 */
async function withoutNoise(
  ports: Ports,
  { merged, approved }: Merged,
  base: Base,
  first: readonly SideResult[],
  over: boolean,
): Promise<readonly SideResult[]> {
  const { configuration } = base;
  const noisy = new Set(configuration.steps.filter((step) => !step.deterministic).map(({ name }) => name));
  const suspects = approved.spec.acceptance.flatMap((of, i) => {
    const result = first[i];
    if (result === undefined || !noisy.has(of.step) || (result.outcome === 'pass' && !over)) return [];
    const head = result.outcome === 'pass' ? { ...result, outcome: 'fail' as const } : result;
    return [{ of, i, base: { outcome: 'pass' as const, because: '' }, head }];
  });
  const again: RunAgain<Case> = async (side, these, times) => {
    const commit = side === 'head' ? base.commit : merged.sha;
    if (!(await ports.repository.has(commit))) return these.map(() => []);
    const repeated = these.flatMap((of) => Array.from({ length: times }, () => of));
    const results = await onCommit(ports, base, commit, (on) => runCases(ports, configuration, on, repeated));
    return these.map((_, i) => results.slice(i * times, (i + 1) * times).map(({ outcome }) => ranAs(outcome)));
  };
  const confirmed = await confirmFlips(suspects, again);
  return first.map((result, i) => confirmed[suspects.findIndex((suspect) => suspect.i === i)]?.head ?? result);
}

/** Whether the step itself can be run on base: it answers in every other case that is known of it, and there is one. */
async function stepAnswers(ports: Ports, base: Base, spec: Spec): Promise<boolean> {
  // The suites hold them under names of their own.
  const proofs = new Set([...spec.acceptance, ...spec['hold-outs']].map(({ input }) => hashOf(input)));
  const known = [...(base.cases.get(spec.step) ?? []), ...spec.guards.filter(({ step }) => step === spec.step)];
  const others = known.filter(({ input }) => !proofs.has(hashOf(input)));
  const results = await onCommit(ports, base, base.commit, (on) => runCases(ports, base.configuration, on, others));
  return results.length > 0 && results.every(({ outcome }) => outcome === 'pass' || outcome === 'fail');
}

/** The fix is not on base any more: a case is red, or errs since a commit that says it takes the fix back. */
async function takenBack(
  ports: Ports,
  stage: Merged,
  base: Base,
  results: readonly SideResult[],
): Promise<Outcome | null> {
  const { spec } = stage.approved;
  const first = (wanted: SideResult['outcome']) => spec.acceptance.find((_, i) => results[i]?.outcome === wanted)?.name;
  const [red, errs] = [first('fail'), first('error')];
  const name = red ?? errs;
  if (name === undefined) return null;
  const revert = await revertSince(ports, stage, base);
  const outcome = { kind: 'outcome', outcome: 'reverted' } as const;
  if (red !== undefined && revert === null)
    return { ...outcome, because: (stage.merged.asJudged ? say.redAgain : say.isRed)(red), recognised: 'cases' };
  if (revert === null || (red === undefined && !(await stepAnswers(ports, base, spec)))) return null;
  const because = red === undefined ? recognised.revertErring(revert, name) : recognised.revert(revert, name);
  return { ...outcome, because, recognised: 'revert', what: revert };
}

/** What the end of the watch says: nothing but green cases is a fix that held (invariant 7). */
function atItsEnd({ approved }: Merged, results: readonly SideResult[]): Outcome {
  const at = results.findIndex(({ outcome }) => outcome !== 'pass');
  const of = approved.spec.acceptance[at];
  const held = at < 0 && results.length > 0;
  if (held) return { kind: 'outcome', outcome: 'held', because: say.heldWatch };
  return { kind: 'outcome', outcome: 'unclear', because: unclear.case(of?.name ?? '', results[at]?.because ?? '') };
}

/**
 * After the merge: the acceptance cases are run on today's base. Red again means that the fix was taken back, by a
 * revert or by another change; green at the end of the watch means that it held, and anything else that it cannot be
 * told. The same fault in another rejection means that it came again, whatever the cases say.
 */
export async function watchOutcome(ports: Ports, stage: Merged, mergedAt: string): Promise<readonly Fact[]> {
  if (stage.outcome !== null) return [];
  const again = await rejectedAgain(ports, stage, mergedAt);
  if (again !== null) return [again];
  const left = Date.parse(mergedAt) + WATCH_MS - Date.parse(ports.clock.now());
  const over = left <= 0;
  // The alarm that was set at the merge may have come some seconds early.
  if (!over && left < SOON_MS) await ports.queue.wakeAfter(ports.ref, left + 1000);
  const read = await readBase(ports);
  if ('problems' in read) return over ? [{ kind: 'outcome', outcome: 'unclear', because: unclear.base }] : [];
  const { base } = read;
  const { acceptance } = stage.approved.spec;
  const first = await onCommit(ports, base, base.commit, (on) => runCases(ports, base.configuration, on, acceptance));
  const results = await withoutNoise(ports, stage, base, first, over);
  const back = await takenBack(ports, stage, base, results);
  if (back !== null) return [back];
  return over ? [atItsEnd(stage, results)] : [];
}
