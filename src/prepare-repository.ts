import { LABELS } from './domain/labels.ts';
import * as say from './domain/messages/people.ts';
import { keyOf } from './domain/rejection.ts';
import type { Ports } from './ports.ts';
import { write } from './write-once.ts';

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * On installation: makes the labels where they are missing. What it may not make is logged by name, and tried again
 * ever more rarely: a person may have put it right meanwhile.
 */
export async function prepareRepository(ports: Ports): Promise<void> {
  const labels = [
    { name: LABELS.rejection, color: 'd93f0b', description: say.labelWords.rejection },
    { name: LABELS.clear, color: '0e8a16', description: say.labelWords.clear },
    { name: LABELS.hold, color: 'fbca04', description: say.labelWords.hold },
  ];
  const missing = await write(ports, 'labels', (permit) => ports.forge.ensureLabels(permit, labels), labels.length);
  if (missing.length === 0) return;
  ports.log.warn(say.labelsMissing(ports.ref.repo, missing));
  const tries = (await ports.ledger.read(keyOf(ports.ref))).filter(({ fact }) => fact.kind === 'intent').length;
  await ports.queue.wakeAfter(ports.ref, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 4 ** (tries - 1)));
}
