import type { Fact } from './domain/fact.ts';
import * as say from './domain/messages/undo.ts';
import type { At } from './domain/stage.ts';
import type { Ports } from './ports.ts';
import { readBase } from './read-base.ts';
import { textHashNow } from './read-text.ts';
import { commentOnce, write } from './write-once.ts';

/** Whether a merged fix came to something for which its rejection is open again. */
export const isBack = ({ revert, outcome }: At<'merged'>): boolean =>
  revert !== null || outcome?.recognised !== undefined;

/**
 * Opens a merged rejection again, with a comment that tells its history and who is next, and mentions whoever rejected,
 * cleared and approved it once.
 */
export async function takeUpAgain(ports: Ports, stage: At<'merged'>, reporter: string): Promise<readonly Fact[]> {
  // For the kill switch alone.
  await readBase(ports);
  const { merged, approved, proposal, revert, outcome } = stage;
  const told = say.returned({
    reporter,
    clearedBy: approved.by,
    pullRequest: proposal.pullRequest,
    sha: merged.sha,
    mergedBy: merged.by,
    why: say.whyReturned(revert, outcome),
    next: say.nextStep(revert?.pullRequest ?? null),
  });
  const comment = await commentOnce(ports, `returned-${stage.returns + 1}`, told);
  await write(ports, 'reopen', (permit) => ports.forge.reopenIssue(permit, ports.ref.issue));
  const issue = await ports.forge.issue(ports.ref.issue);
  return [{ kind: 'returned', comment, textHash: await textHashNow(ports, issue) }];
}
