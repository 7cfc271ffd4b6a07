import { hashText } from './domain/hash.ts';
import { keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import { tellStatus } from './domain/tell-status.ts';
import type { Ports } from './ports.ts';
import { findOrPost, recordAfterwards, write } from './write-once.ts';

/**
 * Brings the status comment up to what the facts say. Written only when its text changes; people's edits of it have no
 * effect. A declined or asked rejection keeps its status too: the product is never silent (invariant 9).
 */
export async function showStatus(ports: Ports): Promise<void> {
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (standing.accepted === null) return;
  const text = tellStatus(standing);
  const hash = hashText(text);
  if (standing.statusShown === hash) return;
  const posted = standing.statusComment;
  const edit = (comment: number) =>
    write(ports, 'status-edit', (permit) => ports.forge.editComment(permit, comment, 'status', text));
  if (posted !== null && (await edit(posted))) return recordAfterwards(ports, [{ kind: 'status-shown', hash }]);
  // Somebody may have deleted it: then there is a new one, under a name of its own.
  const name = posted === null ? 'status' : `status-after-${posted}`;
  const { comment, found } = await findOrPost(ports, name, text);
  await recordAfterwards(ports, [{ kind: 'status-posted', comment }]);
  // One that a crash left behind says what held then.
  if (found) await edit(comment);
  await recordAfterwards(ports, [{ kind: 'status-shown', hash }]);
}
