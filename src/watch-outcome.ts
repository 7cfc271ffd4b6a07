import { answersOf } from './domain/case-files.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import * as say from './domain/messages/people.ts';
import { recognised } from './domain/messages/undo.ts';
import { saysItReverts } from './domain/recognise-revert.ts';
import type { At } from './domain/stage.ts';
import { WATCH_MS } from './domain/watch.ts';
import { countedHere } from './known-fault.ts';
import type { Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { runCases } from './run-cases.ts';

type Merged = At<'merged'> | At<'returned'>;

/** What is left of the watch when its own alarm comes. */
const SOON_MS = 3_600_000;
/** Commits since the merge that are asked why the cases are red. */
const COMMITS = 500;

/** The same fault was rejected again while its fix is watched. */
async function rejectedAgain(ports: Ports, stage: Merged, mergedAt: string): Promise<FactOf<'outcome'> | null> {
  if (stage.name === 'returned' || stage.fingerprint === null) return null;
  const what = await countedHere(ports, stage.fingerprint, mergedAt);
  if (what === null) return null;
  return { kind: 'outcome', outcome: 'recurred', because: recognised.rejection(what), recognised: 'rejection', what };
}

/** The fix is not on base any more: a commit may say why. Its words alone would prove nothing. */
async function takenBack(ports: Ports, stage: Merged, base: Base, name: string): Promise<FactOf<'outcome'>> {
  const { repository, forge } = ports;
  const { sha } = stage.merged;
  const title = say.pullRequestTitle(stage.approved.spec);
  const merged = { sha, pullRequest: stage.proposal.pullRequest, title, repo: forge.repo };
  const since = (await repository.has(sha)) ? await repository.messages(sha, base.commit, COMMITS) : [];
  const revert = since.find(({ message }) => saysItReverts(message, merged))?.commit;
  const outcome = { kind: 'outcome', outcome: 'reverted' } as const;
  return revert === undefined
    ? { ...outcome, because: (stage.merged.asJudged ? say.redAgain : say.isRed)(name), recognised: 'cases' }
    : { ...outcome, because: recognised.revert(revert, name), recognised: 'revert', what: revert };
}

/**
 * After the merge: the acceptance cases are run on today's base. Red again means that the fix was taken back, by a
 * revert or by another change; green at the end of the watch means that it held. The same fault in another rejection
 * means that it came again, whatever the cases say.
 */
export async function watchOutcome(ports: Ports, stage: Merged, mergedAt: string): Promise<readonly Fact[]> {
  if (stage.outcome !== null) return [];
  const again = await rejectedAgain(ports, stage, mergedAt);
  if (again !== null) return [again];
  const read = await readBase(ports);
  if ('problems' in read) return [];
  const { base } = read;
  const checkout = await ports.repository.checkout(
    await ports.repository.treeOf(base.commit),
    answersOf(base.configuration),
  );
  try {
    const results = await runCases(ports, base.configuration, checkout, stage.approved.spec.acceptance);
    const red = results.findIndex((result) => result.outcome === 'fail');
    const name = stage.approved.spec.acceptance[red]?.name;
    if (name !== undefined) return [await takenBack(ports, stage, base, name)];
    const left = Date.parse(mergedAt) + WATCH_MS - Date.parse(ports.clock.now());
    if (left <= 0) return [{ kind: 'outcome', outcome: 'held', because: say.heldWatch }];
    // The alarm that was set at the merge may have come some seconds early.
    if (left < SOON_MS) await ports.queue.wakeAfter(ports.ref, left + 1000);
    return [];
  } finally {
    await checkout.dispose();
  }
}
