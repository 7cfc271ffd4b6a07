import { LABELS } from './domain/labels.ts';
import * as say from './domain/messages/people.ts';
import type { Ports } from './ports.ts';
import { write } from './write-once.ts';

/** On installation: makes the two labels where they are missing; what it may not make is logged by name. */
export async function prepareRepository(ports: Ports): Promise<void> {
  const labels = [
    { name: LABELS.rejection, color: 'd93f0b', description: say.labelWords.rejection },
    { name: LABELS.clear, color: '0e8a16', description: say.labelWords.clear },
  ];
  const missing = await write(ports, 'labels', (permit) => ports.forge.ensureLabels(permit, labels), labels.length);
  if (missing.length > 0) ports.log.warn(say.labelsMissing(ports.ref.repo, missing));
}
