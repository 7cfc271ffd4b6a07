import { acceptOracle } from './domain/compare-oracles.ts';
import { inverse } from './domain/messages/undo.ts';
import type { RejectionKey } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import type { Verdict } from './domain/verdict.ts';
import { oracleChanges, type Pair } from './oracle-paths.ts';
import type { Ports } from './ports.ts';
import { type MergedFix, undoMerge } from './undo-merge.ts';

interface Known extends MergedFix {
  readonly pullRequest: number;
}

/** Every merge of the rejection that its ledger tells of, the latest first. */
async function mergesOf(ports: Ports, issue: number): Promise<readonly Known[]> {
  const key: RejectionKey = `${ports.ref.repo}#${issue}`;
  const recorded = await ports.ledger.read(key);
  const stages = recorded.flatMap(({ fact }, i) =>
    fact.kind === 'merged' ? [standingOf(recorded.slice(0, i + 1)).stage] : [],
  );
  const merged = stages.flatMap((stage) => (stage.name === 'merged' ? [stage] : []));
  return merged
    .map((stage) => ({
      sha: stage.merged.sha,
      issue,
      again: stage.approved.again,
      pullRequest: stage.proposal.pullRequest,
    }))
    .reverse();
}

/** Whether the head is, to the byte, what undoing this merge gives, and takes out no more of its oracle than its cases. */
async function isInverse(ports: Ports, fix: MergedFix, pair: Pair): Promise<boolean> {
  const undone = await undoMerge(ports, fix, pair.from);
  if (undone === null || 'conflicts' in undone) return false;
  if ((await ports.repository.treeOf(pair.head)) !== undone.tree) return false;
  const touched = await oracleChanges(ports, pair);
  return touched.every(({ path, status, oldId }) => status === 'deleted' && undone.cases.get(path) === oldId);
}

/**
 * A revert takes the cases of its fix out, which no head may do unseen. Where it is exactly the inverse of a merge that
 * the ledger of rejection `undoes` tells of, as made here anew, nobody has to accept that; whatever differs waits for a
 * writer like anybody's pull request.
 */
export async function acceptInverse(ports: Ports, verdict: Verdict, undoes: number, pair: Pair): Promise<Verdict> {
  for (const fix of await mergesOf(ports, undoes))
    if (await isInverse(ports, fix, pair)) return acceptOracle(verdict, inverse(fix.pullRequest));
  return verdict;
}
