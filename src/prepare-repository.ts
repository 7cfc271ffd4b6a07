import { LABELS } from './domain/labels.ts';
import * as say from './domain/messages/people.ts';
import type { Ports } from './ports.ts';

/** On installation: makes the two labels where they are missing; what it may not make is logged by name. */
export async function prepareRepository(ports: Ports): Promise<void> {
  const missing = await ports.forge.ensureLabels([
    { name: LABELS.rejection, color: 'd93f0b', description: say.labelWords.rejection },
    { name: LABELS.clear, color: '0e8a16', description: say.labelWords.clear },
  ]);
  if (missing.length > 0) ports.log.warn(say.labelsMissing(ports.ref.repo, missing));
}
