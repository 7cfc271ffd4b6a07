import type { HookDelivery } from './hook-deliveries.ts';

/** What of the app this needs. */
export interface Redeliverer {
  hookDeliveries(): AsyncIterable<HookDelivery>;
  redeliver(id: string): Promise<void>;
}

export interface RedeliveryLimits {
  /** How many tries to look at, newest first. */
  readonly look: number;
  /** How many to ask for in one sweep. */
  readonly ask: number;
  /** GUIDs that failed this often are left alone. */
  readonly tries: number;
}

const LIMITS: RedeliveryLimits = { look: 1000, ask: 50, tries: 8 };

/**
 * Asks GitHub for every webhook of which no try was answered with 2xx: GitHub does not repeat one by itself. Returns
 * the GUIDs asked for, oldest first. Throws `Weather`, having asked for some.
 */
export async function redeliverFailed(
  app: Redeliverer,
  limits: Partial<RedeliveryLimits> = {},
): Promise<readonly string[]> {
  const { look, ask, tries } = { ...LIMITS, ...limits };
  const failed = [...(await triesByGuid(app, look)).values()].filter(
    (all) => all.length < tries && !all.some(({ ok }) => ok),
  );
  const asked: string[] = [];
  for (const [newest] of failed.reverse().slice(0, ask)) {
    if (newest === undefined) continue;
    await app.redeliver(newest.id);
    asked.push(newest.guid);
  }
  return asked;
}

async function triesByGuid(app: Redeliverer, look: number): Promise<Map<string, HookDelivery[]>> {
  const byGuid = new Map<string, HookDelivery[]>();
  let seen = 0;
  for await (const delivery of app.hookDeliveries()) {
    byGuid.set(delivery.guid, [...(byGuid.get(delivery.guid) ?? []), delivery]);
    seen += 1;
    if (seen >= look) break;
  }
  return byGuid;
}
