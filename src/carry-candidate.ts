import type { Fact } from './domain/fact.ts';
import { keyOf } from './domain/rejection.ts';
import type { At } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Ports } from './ports.ts';
import type { Base } from './read-base.ts';

/** A base that moves more often than this is not run after: the merge result is judged before the merge. */
const MOST = 3;

/**
 * What a base that moved since the judging makes of a proven candidate: the same change on today's base, to be judged
 * there; where the two conflict another round, or the end of the attempt. Null where it stands as it is: base did not
 * move, moves too often, or what was judged is proposed already: `proposing` is the intent to do so.
 */
export async function carryCandidate(
  ports: Ports,
  stage: At<'proven'>,
  base: Base,
  proposing: string,
): Promise<Fact | null> {
  if (base.commit === stage.candidate.base || stage.carried >= MOST) return null;
  const { intents } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (intents.includes(proposing)) return null;
  const { repository } = ports;
  const { candidate, round } = stage;
  // Only here, for the merge: it is pushed nowhere.
  const made = await repository.commit(candidate.tree, [candidate.base], '');
  const merged = await repository.merge(base.commit, made);
  if ('tree' in merged) return { kind: 'carried', round, candidate: { base: base.commit, tree: merged.tree } };
  if (round < base.configuration.budget.rounds) return { kind: 'round-started', round: round + 1, base: base.commit };
  return { kind: 'stopped', reason: { code: 'conflicts', detail: merged.conflicts.slice(0, 5).join(', ') } };
}
