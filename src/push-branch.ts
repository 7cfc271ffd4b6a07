import { gitTrouble } from './domain/messages/git.ts';
import { keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import { type Permit, type Ports, Weather } from './ports.ts';
import { write } from './write-once.ts';

/** What stands on a branch. Found by its name alone it could be somebody's: it is ours if we meant to push exactly it. */
async function standsOn(
  ports: Ports,
  branch: string,
): Promise<{ readonly head: string; readonly ours: boolean } | null> {
  const head = await ports.repository.branch(branch);
  if (head === null) return null;
  const { intents } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  return { head, ours: intents.includes(`push ${head}`) };
}

/**
 * A branch of the app's own with the commit that `make` gives. Found again after a crash by what was meant; one of ours
 * that does not fit any more is replaced. Returns its head, or null where somebody else's commits are on it, or GitHub
 * does not take it.
 */
export async function pushBranch(
  ports: Ports,
  branch: string,
  make: () => Promise<string>,
  fits: (head: string) => Promise<boolean> = async () => true,
): Promise<string | null> {
  const { repository, forge } = ports;
  const there = await standsOn(ports, branch);
  if (there?.ours === false) return null;
  if (there !== null && (await fits(there.head))) return there.head;
  const head = await make();
  const access = await forge.gitAccess(true);
  const push = (permit: Permit) => repository.push(permit, access, head, branch, there?.head ?? null);
  if (await write(ports, `push ${head}`, push)) return head;
  // The git of a process that was killed may have got through in this very moment.
  await repository.fetch(access);
  const now = await standsOn(ports, branch);
  if (now?.ours !== true) return null;
  if (await fits(now.head)) return now.head;
  throw new Weather(gitTrouble.movedMeanwhile(branch));
}
