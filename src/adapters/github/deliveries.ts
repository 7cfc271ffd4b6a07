import type { HookDelivery } from './hook-deliveries.ts';

/** What of the app this needs. */
export interface Redeliverer {
  hookDeliveries(): AsyncIterable<HookDelivery>;
  redeliver(id: string): Promise<void>;
}

export interface RedeliveryLimits {
  /** How many tries to look at, newest first; twice as many after each sweep that this cut short. */
  readonly look: number;
  /** How many to ask for in one sweep. */
  readonly ask: number;
  /** GUIDs that failed this often are left alone. */
  readonly tries: number;
}

/** A webhook of which no try has arrived yet. */
interface Failing {
  readonly tries: number;
  /** The id of its newest try, and when that was. */
  readonly last: string;
  readonly at: string;
  readonly asked: boolean;
}

/** What one sweep leaves for the next. An empty object before the first. */
export interface RedeliveryNote {
  /** Everything up to this time was looked at. */
  readonly until?: string;
  /** How many sweeps in a row did not get that far back. */
  readonly cuts?: number;
  /** By GUID. */
  readonly failing?: Readonly<Record<string, Failing>>;
}

const LIMITS: RedeliveryLimits = { look: 20_000, ask: 50, tries: 8 };
/** A try is listed once it has ended, with the time of its beginning: GitHub waits ten seconds for an answer. */
const OVERLAP_MS = 2 * 60_000;
/** GitHub repeats nothing older. */
const KEPT_MS = 3 * 24 * 3_600_000;

/**
 * Asks GitHub for every webhook of which no try was answered with 2xx: GitHub does not repeat one by itself. Looks only
 * at what came after the last sweep, of which `before` tells. Returns the GUIDs asked for, oldest first, and the note for
 * the next. Throws `Weather`, having asked for some: asking twice does no harm.
 */
export async function redeliverFailed(
  app: Redeliverer,
  before: RedeliveryNote = {},
  limits: Partial<RedeliveryLimits> = {},
): Promise<{ readonly asked: readonly string[]; readonly note: RedeliveryNote }> {
  const { look, ask, tries } = { ...LIMITS, ...limits };
  const { cuts = 0 } = before;
  const { seen, cut } = await triesSince(app, before.until, look * 2 ** cuts);
  const failing = failingAfter(before.failing ?? {}, seen, tries);
  const asked: string[] = [];
  for (const [guid, one] of [...failing].sort(byId)) {
    if (one.asked || asked.length >= ask) continue;
    await app.redeliver(one.last);
    asked.push(guid);
    failing.set(guid, { ...one, asked: true });
  }
  // What lies between the last end and where this sweep was cut was not looked at yet.
  const until = cut ? before.until : (seen[0]?.at ?? before.until);
  const far = { ...(until !== undefined && { until }), ...(cut && { cuts: cuts + 1 }) };
  return { asked, note: { ...far, failing: Object.fromEntries(failing) } };
}

const byId = ([, a]: [string, Failing], [, b]: [string, Failing]): number => (isLater(a.last, b.last) ? 1 : -1);

/** Ids are larger than a number holds exactly. */
const isLater = (a: string, b: string): boolean => BigInt(a) > BigInt(b);

/** Newest first. */
async function triesSince(
  app: Redeliverer,
  until: string | undefined,
  look: number,
): Promise<{ readonly seen: readonly HookDelivery[]; readonly cut: boolean }> {
  const seen: HookDelivery[] = [];
  const from = until === undefined ? Number.NEGATIVE_INFINITY : Date.parse(until) - OVERLAP_MS;
  for await (const delivery of app.hookDeliveries()) {
    if (Date.parse(delivery.at) < from) break;
    seen.push(delivery);
    if (seen.length >= look) return { seen, cut: true };
  }
  return { seen, cut: false };
}

/** What still has to arrive. A try that was counted at an earlier sweep is not counted again. */
function failingAfter(
  before: Readonly<Record<string, Failing>>,
  seen: readonly HookDelivery[],
  tries: number,
): Map<string, Failing> {
  const arrived = new Set(seen.filter(({ ok }) => ok).map(({ guid }) => guid));
  const failing = new Map(Object.entries(before));
  for (const { id, guid, at } of seen.toReversed()) {
    const known = failing.get(guid);
    if (known !== undefined && !isLater(id, known.last)) continue;
    failing.set(guid, { tries: (known?.tries ?? 0) + 1, last: id, at, asked: false });
  }
  const newest = Date.parse(seen[0]?.at ?? '');
  for (const [guid, one] of failing) {
    const old = Date.parse(one.at) < newest - KEPT_MS;
    if (arrived.has(guid) || old) failing.delete(guid);
    // It stays noted until it is old: its tries would be counted from one again.
    else if (one.tries >= tries) failing.set(guid, { ...one, asked: true });
  }
  return failing;
}
