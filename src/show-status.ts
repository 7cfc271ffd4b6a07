import type { Fact } from './domain/fact.ts';
import { hashText } from './domain/hash.ts';
import { keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import { tellStatus } from './domain/tell-status.ts';
import type { Ports } from './ports.ts';
import { keepComment, recordAfterwards } from './write-once.ts';

/**
 * Brings the status comment up to what the facts say. Written only when its text changes; people's edits of it have no
 * effect. A declined or asked rejection keeps its status too: the product is never silent (invariant 9).
 */
export async function showStatus(ports: Ports): Promise<void> {
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (standing.accepted === null) return;
  const see = (attempt: number) => ports.pages.transcriptAddress(keyOf(ports.ref), attempt)?.address ?? null;
  const text = tellStatus(standing, see);
  const hash = hashText(text);
  if (standing.statusShown === hash) return;
  const receipt = (comment: number): Fact => ({ kind: 'status-posted', comment });
  await keepComment(ports, { marker: 'status', comment: standing.statusComment, text, receipt });
  await recordAfterwards(ports, [{ kind: 'status-shown', hash }]);
}
