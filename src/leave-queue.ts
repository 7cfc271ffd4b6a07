import type { Fact } from './domain/fact.ts';
import { keyOf } from './domain/rejection.ts';
import type { At } from './domain/stage.ts';
import type { Permit, Ports } from './ports.ts';
import { write } from './write-once.ts';

/** Whether the app put what stands there into the merge queue, and did not take it out again. */
export const isInQueue = ({ enqueued, proposal }: At<'proposed'>): boolean =>
  enqueued?.head === proposal.head && !enqueued.left;

/** Takes out of the merge queue what the app put there and would not merge any more; no facts where it put nothing. */
export async function leaveQueue(ports: Ports, stage: At<'proposed'>): Promise<readonly Fact[]> {
  if (stage.enqueued === null || !isInQueue(stage)) return [];
  const { head, review } = stage.enqueued;
  const dequeue = (permit: Permit) => ports.forge.dequeue(permit, stage.proposal.pullRequest);
  if (!(await write(ports, `dequeue ${head} ${review}`, dequeue)))
    ports.log.warn('GitHub does not let it out of the merge queue', { rejection: keyOf(ports.ref) });
  return [{ kind: 'dequeued', head }];
}
