import * as say from './domain/messages/people.ts';
import { keyOf } from './domain/rejection.ts';
import type { At } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { leaveQueue } from './leave-queue.ts';
import { type Ports, Shut } from './ports.ts';
import { commentOnce, recordAfterwards } from './write-once.ts';

/** Says on the pull request, the only place that is left, that nobody but people merges it now. */
async function tellReviewers(ports: Ports, { proposal }: At<'proposed'>): Promise<void> {
  try {
    await commentOnce(ports, 'issue-gone', say.rejectionGone, proposal.pullRequest);
  } catch (error) {
    // That one may be gone or locked as well.
    if (!(error instanceof Shut) || !error.because.startsWith('issue-')) throw error;
  }
}

/** The rejection was deleted, or is in another repository: its work ends here, and there is nothing to come back to. */
export async function endGone(ports: Ports): Promise<void> {
  const { accepted, stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  ports.log.info('the issue is gone', { rejection: keyOf(ports.ref) });
  if (accepted === null || stage.name === 'closed' || stage.name === 'merged') return;
  const left = stage.name === 'proposed' ? await leaveQueue(ports, stage) : [];
  if (stage.name === 'proposed') await tellReviewers(ports, stage);
  await recordAfterwards(ports, [...left, { kind: 'closed-by-hand', what: 'rejection', by: 'Somebody' }]);
}
