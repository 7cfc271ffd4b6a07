import type { HookDelivery } from './hook-deliveries.ts';
import { GithubRefused } from './refused.ts';
import { PER_PAGE } from './repository.ts';

/** What of the app this needs. */
export interface Redeliverer {
  hookDeliveries(): AsyncIterable<HookDelivery>;
  redeliver(id: string): Promise<void>;
}

export interface RedeliveryLimits {
  /** How many tries to look at, newest first; twice as many after each sweep that this cut short, up to eight times. */
  readonly look: number;
  /** How many to ask for in one sweep. */
  readonly ask: number;
  /** GUIDs that failed this often in a row are asked for ever more rarely. */
  readonly tries: number;
  /** How many that fail are remembered, the newest. */
  readonly noted: number;
  /** This machine's time in milliseconds. */
  readonly now: number;
  /** Ends the sweep: it throws the signal's reason while it reads, and asks for no more. */
  readonly signal: AbortSignal;
}

/** A webhook of which no try has arrived yet. */
interface Failing {
  readonly tries: number;
  /** The id of its newest try, and when that was. */
  readonly last: string;
  readonly at: string;
  /** When it was asked for, if no try has shown since. */
  readonly askedAt?: string;
  /** Its tries were forgiven once. */
  readonly forgiven?: true;
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

export interface Redelivered {
  /** GUIDs, oldest first. */
  readonly asked: readonly string[];
  readonly note: RedeliveryNote;
  /** Calls as the App itself. */
  readonly calls: number;
  /** Some that failed will not be asked for: there were more tries than can be looked at, or more that fail than are noted. */
  readonly passedOver: boolean;
  /** What ended the asking. The note tells what was asked for until then. */
  readonly trouble?: unknown;
}

const MINUTE_MS = 60_000;
const LIMITS = { look: 20_000, ask: 50, tries: 8, noted: 10_000 } as const;
const MOST_CUTS = 3;
/** A try is listed once it has ended, with the time of its beginning: GitHub waits ten seconds for an answer. */
const OVERLAP_MS = 2 * MINUTE_MS;
/** GitHub repeats nothing older. */
const KEPT_MS = 3 * 24 * 60 * MINUTE_MS;
/** How long to leave alone what has failed too often; the last holds from there on. */
const PAUSES_MS = [30 * MINUTE_MS, 120 * MINUTE_MS, 360 * MINUTE_MS] as const;
const LONGEST_PAUSE_MS = PAUSES_MS[2];

/**
 * Asks GitHub for every webhook of which no try was answered with 2xx: GitHub does not repeat one by itself. Looks only
 * at what came after the last sweep, of which `before` tells. One that fails again and again is asked for ever more
 * rarely, for as long as GitHub keeps it, and at once when another arrives after it. Throws what a list throws;
 * what ends the asking is told, beside the note.
 */
export async function redeliverFailed(
  app: Redeliverer,
  before: RedeliveryNote = {},
  limits: Partial<RedeliveryLimits> = {},
): Promise<Redelivered> {
  const { look, ask, tries, noted, now, signal } = { ...LIMITS, now: Date.now(), signal: null, ...limits };
  const { cuts = 0 } = before;
  const { seen, cut } = await triesSince(app, before.until, look * 2 ** Math.min(cuts, MOST_CUTS), signal);
  const found = failingAfter(before.failing ?? {}, seen, tries);
  const failing = new Map([...found].sort(byId).slice(-noted));
  const due = dueOf(failing, tries, now).slice(0, ask);
  const { asked, calls, trouble } = await askFor(app, due, failing, now, signal);
  // What lies between the last end and where this sweep was cut is looked at by the next, unless that is too much.
  const tooMuch = cut && cuts >= MOST_CUTS;
  const until = cut && !tooMuch ? before.until : (seen[0]?.at ?? before.until);
  const far = { ...(until !== undefined && { until }), ...(cut && !tooMuch && { cuts: cuts + 1 }) };
  return {
    asked,
    note: { ...far, failing: Object.fromEntries(failing) },
    calls: calls + Math.ceil(seen.length / PER_PAGE),
    passedOver: tooMuch || found.size > failing.size,
    ...(trouble !== undefined && { trouble }),
  };
}

const byId = ([, a]: [string, Failing], [, b]: [string, Failing]): number => (isLater(a.last, b.last) ? 1 : -1);

/** Ids are larger than a number holds exactly. */
const isLater = (a: string, b: string): boolean => BigInt(a) > BigInt(b);

/** Newest first. */
async function triesSince(
  app: Redeliverer,
  until: string | undefined,
  look: number,
  signal: AbortSignal | null,
): Promise<{ readonly seen: readonly HookDelivery[]; readonly cut: boolean }> {
  const seen: HookDelivery[] = [];
  const from = until === undefined ? Number.NEGATIVE_INFINITY : Date.parse(until) - OVERLAP_MS;
  for await (const delivery of app.hookDeliveries()) {
    signal?.throwIfAborted();
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
  patience: number,
): Map<string, Failing> {
  const arrived = seen.filter(({ ok }) => ok);
  const failing = new Map(Object.entries(before));
  for (const { id, guid, at } of seen.toReversed()) {
    const { askedAt: _, ...known } = failing.get(guid) ?? { tries: 0, last: '0', at };
    if (isLater(id, known.last)) failing.set(guid, { ...known, tries: known.tries + 1, last: id, at });
  }
  for (const { guid } of arrived) failing.delete(guid);
  const newest = Date.parse(seen[0]?.at ?? '');
  for (const [guid, one] of failing) {
    const { tries, last, at, forgiven } = one;
    if (Date.parse(at) < newest - KEPT_MS) failing.delete(guid);
    // Perhaps not it has failed, but whoever should have taken it in. Once: some never arrive, however well others do.
    else if (tries >= patience && !forgiven && isLater(arrived[0]?.id ?? '0', last))
      failing.set(guid, { tries: 0, last, at, forgiven: true });
  }
  return failing;
}

/** When it is to be asked for (again): at once until it has failed too often. */
function dueAt({ tries, at, askedAt }: Failing, patience: number): number {
  // GitHub refused, or has not tried yet; either may be over some time.
  if (askedAt !== undefined) return Date.parse(askedAt) + LONGEST_PAUSE_MS;
  if (tries < patience) return Number.NEGATIVE_INFINITY;
  return Date.parse(at) + (PAUSES_MS[tries - patience] ?? LONGEST_PAUSE_MS);
}

/** Oldest first, and those that failed too often last: they must not keep the others from their turn. */
function dueOf(
  failing: ReadonlyMap<string, Failing>,
  patience: number,
  now: number,
): readonly (readonly [string, Failing])[] {
  const due = [...failing].filter(([, one]) => dueAt(one, patience) <= now).sort(byId);
  const often = ([, { tries }]: [string, Failing]) => tries >= patience;
  return [...due.filter((one) => !often(one)), ...due.filter(often)];
}

/** Notes in `failing` what it asked for. What GitHub refuses counts as asked for: it must not stand in the others' way. */
async function askFor(
  app: Redeliverer,
  due: readonly (readonly [string, Failing])[],
  failing: Map<string, Failing>,
  now: number,
  signal: AbortSignal | null,
): Promise<{ readonly asked: readonly string[]; readonly calls: number; readonly trouble?: unknown }> {
  const asked: string[] = [];
  let calls = 0;
  for (const [guid, one] of due) {
    if (signal?.aborted === true) break;
    calls++;
    try {
      await app.redeliver(one.last);
      asked.push(guid);
    } catch (error) {
      if (!(error instanceof GithubRefused)) return { asked, calls, trouble: error };
    }
    failing.set(guid, { ...one, askedAt: new Date(now).toISOString() });
  }
  return { asked, calls };
}
