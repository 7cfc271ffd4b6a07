import type { ApprovedSpec } from './domain/approval.ts';
import { caseFilesOf } from './domain/case-files.ts';
import type { Candidate, FactOf } from './domain/fact.ts';
import { judgeTree } from './judge-tree.ts';
import { untilEndOf } from './judged-until.ts';
import type { Ports } from './ports.ts';
import type { Base } from './read-base.ts';

const seconds = (since: number): number => Math.round((performance.now() - since) / 10) / 100;

/** Judges an agent's candidate with the approved cases added to it: the very tree that a pull request would propose. */
export async function judgeCandidate(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  candidate: Candidate,
  signal: AbortSignal,
  onSound: (tree: string) => void = () => {},
): Promise<FactOf<'judged'>> {
  const since = performance.now();
  const until = untilEndOf(ports, [base.quarantine]);
  const files = caseFilesOf(base.configuration.steps, approved, ports.ref.issue);
  const tree = await ports.repository.withFiles(candidate.tree, files);
  const verdict = await judgeTree(ports, base, approved, tree, {
    carryOver: true,
    onSound: () => onSound(tree),
    signal,
  });
  const judged = { base: base.commit, tree, head: null, merge: false };
  return { kind: 'judged', ...judged, verdict, seconds: seconds(since), ...until };
}

/** Judges a commit that somebody pushed to the pull request's branch, or what it becomes when merged into base. */
export async function judgeHead(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  head: { readonly commit: string; readonly tree: string; readonly merge: boolean },
  signal: AbortSignal,
  onSound: () => void = () => {},
): Promise<FactOf<'judged'>> {
  const since = performance.now();
  const until = untilEndOf(ports, [base.quarantine]);
  const { commit, tree, merge } = head;
  const verdict = await judgeTree(ports, base, approved, tree, { ...(!merge && { commit }), onSound, signal });
  return { kind: 'judged', base: base.commit, tree, head: commit, merge, verdict, seconds: seconds(since), ...until };
}
