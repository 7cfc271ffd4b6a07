import type { Fact } from './domain/fact.ts';
import { gitTrouble } from './domain/messages/git.ts';
import { revisionCommit } from './domain/messages/review.ts';
import type { At, Revision } from './domain/stage.ts';
import { type Permit, type Ports, Weather } from './ports.ts';
import { write } from './write-once.ts';

/**
 * Puts the candidate that was judged green on top of the branch, as one commit, and only where the branch stands exactly
 * at the commit that it was made from: never over a person's.
 */
export async function pushRevision(
  ports: Ports,
  { proposal, approved }: At<'proposed'>,
  { review, meant }: Revision,
  tree: string,
): Promise<readonly Fact[]> {
  const { repository, forge, ref } = ports;
  const { branch, head: before } = proposal;
  const stands = await repository.branch(branch);
  const told = (now: string, ours: readonly string[]): Fact =>
    ours.includes(now) ? { kind: 'revised', review, head: now } : { kind: 'head-moved', head: now, by: '' };
  if (stands !== null && stands !== before) return [told(stands, meant)];
  const head = await repository.commit(tree, [before], revisionCommit(approved.spec, ref.issue, review));
  const access = await forge.gitAccess(true);
  const push = (permit: Permit) => repository.push(permit, access, head, branch, before);
  if (await write(ports, `push ${head}`, push)) return [{ kind: 'revised', review, head }];
  // Somebody was quicker, or this very push got through and its answer was lost.
  await repository.fetch(access);
  const now = await repository.branch(branch);
  if (now === null || now === before) throw new Weather(gitTrouble.movedMeanwhile(branch));
  return [told(now, [...meant, head])];
}
