import type { Fact } from './domain/fact.ts';
import * as say from './domain/messages/people.ts';
import type { At } from './domain/stage.ts';
import { WATCH_MS } from './domain/watch.ts';
import type { Ports } from './ports.ts';
import { readBase } from './read-base.ts';
import { commentOnce, write } from './write-once.ts';

/** After the merge: thanks the reporter, closes the rejection, removes the branch. Each of them may be done twice. */
export async function thankReporter(ports: Ports, stage: At<'merged'>, reporter: string): Promise<readonly Fact[]> {
  // For the kill switch alone: nothing of the configuration is needed to say thank you.
  await readBase(ports);
  const { pullRequest, branch } = stage.proposal;
  // Another fix of the same rejection was thanked for already.
  const name = (what: string) => (stage.approved.again === 0 ? what : `${what}-${pullRequest}`);
  if (!stage.merged.asJudged) {
    // Nobody is told that it is fixed, and the rejection stays open.
    const warning = await commentOnce(ports, name('unproven'), say.mergedUnproven(pullRequest));
    return [{ kind: 'thanked', comment: warning }];
  }
  const comment = await commentOnce(ports, name('thanks'), say.thanks(reporter, stage.approved.spec, pullRequest));
  await write(ports, 'close', (permit) => ports.forge.closeIssue(permit, ports.ref.issue, 'completed'));
  await write(ports, `delete ${branch}`, (permit) => ports.forge.deleteBranch(permit, branch));
  await ports.queue.wakeAfter(ports.ref, WATCH_MS);
  return [{ kind: 'thanked', comment }];
}
