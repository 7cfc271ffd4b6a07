import { answersOf } from './domain/case-files.ts';
import type { Fact } from './domain/fact.ts';
import * as say from './domain/messages/people.ts';
import type { At } from './domain/stage.ts';
import { WATCH_MS } from './domain/watch.ts';
import type { Ports } from './ports.ts';
import { readBase } from './read-base.ts';
import { runCases } from './run-cases.ts';

/** What is left of the watch when its own alarm comes. */
const SOON_MS = 3_600_000;

/**
 * After the merge: the acceptance cases are run on today's base. Red again means that the fix was taken back, by a
 * revert or by another change; green at the end of the watch means that it held.
 */
export async function watchOutcome(ports: Ports, stage: At<'merged'>, mergedAt: string): Promise<readonly Fact[]> {
  if (stage.outcome !== null) return [];
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
    if (name !== undefined) return [{ kind: 'outcome', outcome: 'reverted', because: say.redAgain(name) }];
    const left = Date.parse(mergedAt) + WATCH_MS - Date.parse(ports.clock.now());
    if (left <= 0) return [{ kind: 'outcome', outcome: 'held', because: say.heldWatch }];
    // The alarm that was set at the merge may have come some seconds early.
    if (left < SOON_MS) await ports.queue.wakeAfter(ports.ref, left + 1000);
    return [];
  } finally {
    await checkout.dispose();
  }
}
