import type { Case } from './domain/case.ts';
import type { Answer, Fact, Reason } from './domain/fact.ts';
import * as say from './domain/messages/people.ts';
import { keyOf } from './domain/rejection.ts';
import { parseSpecComment } from './domain/spec-comment.ts';
import { rivalFault, wakeOther } from './known-fault.ts';
import type { Ports } from './ports.ts';
import { commentOnce, recordAfterwards, write } from './write-once.ts';

/** After how long one of two that are drafted at once looks again whether the other has given way. */
const RIVAL_MS = 2000;

/** The case that is red on base for what was to be drafted. */
function caseIn(body: string): Case | undefined {
  const parsed = parseSpecComment(body);
  return 'spec' in parsed ? parsed.spec.acceptance[0] : undefined;
}

/** Where a rejection is counted at another one, that one looks for it: what was decided is recorded already. */
const AT_OTHERS = new Set(['recurred', 'duplicate']);

/** Later than the time that is told by so much, for clocks that differ. */
const LATER_MS = 60_000;

/** Has the rejection looked at again when nobody has answered until then, ISO time. */
async function awaitAnswer({ queue, ref, clock }: Ports, until: string | undefined): Promise<void> {
  if (until === undefined) return;
  await queue.wakeAfter(ref, Math.max(0, Date.parse(until) - Date.parse(clock.now())) + LATER_MS);
}

/** Says what was decided, once; a draft only where no other one of the same fault was quicker. */
export async function carryOut(ports: Ports, { marker, body, receipt }: Answer): Promise<readonly Fact[]> {
  if (receipt.kind === 'draft-posted') {
    const { fingerprint } = receipt;
    const rival = await rivalFault(ports, fingerprint);
    if (rival === 'wait') {
      await ports.queue.wakeAfter(ports.ref, RIVAL_MS);
      return [];
    }
    if (rival !== null) return decline(ports, rival, { fingerprint, case: caseIn(body) });
  }
  if (receipt.kind === 'question-asked') await awaitAnswer(ports, receipt.until);
  if (receipt.kind === 'declined' && AT_OTHERS.has(receipt.reason.code)) await wakeOther(ports, receipt.reason);
  const comment = await commentOnce(ports, marker, body);
  if (receipt.kind === 'declined' && receipt.reason.code === 'already-fixed')
    await write(ports, 'close', (permit) => ports.forge.closeIssue(permit, ports.ref.issue, 'completed'));
  return [{ ...receipt, comment }];
}

/** Records what was decided before it is said: after a crash the same is said, whatever a model would say now. */
export async function answer(ports: Ports, chosen: Answer): Promise<readonly Fact[]> {
  await recordAfterwards(ports, [{ kind: 'answer-chosen', ...chosen }]);
  return carryOut(ports, chosen);
}

/** What a decline tells whoever it is counted at. */
interface Counted {
  readonly fingerprint?: string | undefined;
  readonly case?: Case | undefined;
}

export async function decline(ports: Ports, reason: Reason, counted: Counted = {}): Promise<readonly Fact[]> {
  const marker = `declined-${reason.code}-${await lastSeq(ports)}`;
  return answer(ports, {
    marker,
    body: say.declined(reason),
    receipt: {
      kind: 'declined',
      reason,
      ...(counted.fingerprint !== undefined && { fingerprint: counted.fingerprint }),
      ...(counted.case !== undefined && { case: counted.case }),
    },
  });
}

/** Where the rejection was last taken up: what is said from then on is said once. */
export const lastSeq = async (ports: Ports): Promise<number> =>
  (await ports.ledger.read(keyOf(ports.ref))).findLast(({ fact }) => fact.kind === 'rejection-accepted')?.seq ?? 0;
