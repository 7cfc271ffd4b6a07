import { firstEnd, type Quarantined } from './domain/noise/quarantine.ts';
import type { Ports } from './ports.ts';

const DAY_MS = 24 * 3600 * 1000;

interface Until {
  readonly until?: string | undefined;
}

const today = ({ clock }: Pick<Ports, 'clock'>): string => clock.now().slice(0, 10);

/** How long a judgement by these lists of quarantined cases holds; to be asked before it is begun, for it may take past midnight. */
export function untilEndOf(
  ports: Pick<Ports, 'clock'>,
  lists: readonly (readonly Quarantined[])[],
): { until?: string } {
  const until = firstEnd(lists.flat(), today(ports));
  return until === undefined ? {} : { until };
}

/** Whether nothing that it left out, because it was in quarantine, counts by now. */
export const stillHolds = (ports: Pick<Ports, 'clock'>, { until }: Until): boolean =>
  until === undefined || today(ports) <= until;

/** Has the rejection looked at once it holds no more: its checks stay green until then. */
export async function lookAtEnd(ports: Ports, { until }: Until): Promise<void> {
  if (until === undefined) return;
  const over = Date.parse(until) + DAY_MS;
  await ports.queue.wakeAfter(ports.ref, Math.max(0, over - Date.parse(ports.clock.now())) + 50);
}
