import type { FactOf, RoutedRemark } from './domain/fact.ts';
import { LABELS } from './domain/labels.ts';
import * as say from './domain/messages/review.ts';
import type { At, Revision } from './domain/stage.ts';
import type { Permit, Ports } from './ports.ts';
import { commentOnce, write } from './write-once.ts';

/** Taken back by whoever gave it: there is nobody to tell. */
const SILENT = new Set(['revision-withdrawn']);

/** Answers one remark where it was made, and resolves its thread. */
async function answerRemark(
  ports: Ports,
  pullRequest: number,
  revision: Revision,
  remark: RoutedRemark,
): Promise<void> {
  const { review, head, routed } = revision;
  const text = remark.answer ?? say.carriedOut(head ?? '', routed?.remarks.length ?? 1);
  const { thread, comment } = remark;
  if (thread === null || comment === null) {
    await commentOnce(ports, `revision-${review}`, text, pullRequest);
    return;
  }
  const name = `reply-${review}-${comment}`;
  const reply = async (permit: Permit, look: boolean): Promise<boolean> =>
    (look && (await ports.forge.hasReplied(pullRequest, name))) ||
    ports.forge.replyToThread(permit, pullRequest, comment, name, text);
  const stands = await write(ports, name, reply, 1);
  if (stands) await write(ports, `resolve ${thread}`, (permit) => ports.forge.resolveThread(permit, thread));
}

/**
 * Says everything that is to be said about a review: each remark is answered in its thread, which is resolved, and the
 * reviewer is asked to look again; or one comment says why nothing came of it, and the threads stay open.
 */
export async function answerReview(
  ports: Ports,
  { proposal }: At<'proposed'>,
  revision: Revision,
): Promise<FactOf<'revision-ended'>> {
  const { review, by, head, stopped, routed } = revision;
  const { pullRequest } = proposal;
  if (stopped === null)
    for (const remark of routed?.remarks ?? []) await answerRemark(ports, pullRequest, revision, remark);
  else if (!SILENT.has(stopped.code)) {
    const words = say.revisionStopped(by, stopped, ports.ref.issue, LABELS.clear);
    await commentOnce(ports, `revision-${review}`, words, pullRequest);
  }
  const asked = { people: [by], teams: [] };
  if (head !== null)
    await write(ports, `ask ${review}`, (permit) => ports.forge.requestReview(permit, pullRequest, asked));
  return { kind: 'revision-ended', review, head };
}
