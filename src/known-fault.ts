import type { Reason, Recorded } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { keyOf, type RejectionKey } from './domain/rejection.ts';
import type { Spec } from './domain/spec.ts';
import type { StageName } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { WATCH_MS } from './domain/watch.ts';
import type { Ports } from './ports.ts';

const OPEN: ReadonlySet<StageName> = new Set(['drafted', 'cleared', 'proven', 'proposed']);
/** The newest that are looked at: while one of them is open, no other of its kind is drafted. */
const ALIKE = 200;

/** Equal for two specs that want the same: same step, same kind of change, same expectation. */
export const fingerprintOf = ({ step, change, slots, acceptance }: Spec): string =>
  hashOf({ step, change, slots: slots ?? null, expect: acceptance.map((c) => c.expect) });

type Known = readonly [RejectionKey, readonly Recorded[]];

/** Other rejections of the same repository with the same fault: same step, same kind of change, same expectation. */
async function alike({ ledger, ref }: Ports, fingerprint: string): Promise<readonly Known[]> {
  const keys = (await ledger.ofFingerprint(ref.repo, fingerprint)).filter((key) => key !== keyOf(ref));
  return [...(await ledger.readAll(keys.slice(0, ALIKE)))];
}

/** `#7`, as people write it. */
const numberOf = (key: RejectionKey): string => key.slice(key.lastIndexOf('#'));

/** Whether a fix of this fault was merged so lately that it is still watched, or came back after its merge. */
function recurs(recorded: readonly Recorded[], now: string): boolean {
  const { stage } = standingOf(recorded);
  if (stage.name === 'returned') return true;
  const mergedAt = recorded.findLast(({ fact }) => fact.kind === 'merged')?.at ?? '';
  return stage.name === 'merged' && stage.outcome === null && Date.parse(now) - Date.parse(mergedAt) < WATCH_MS;
}

/** Somebody said already, by `/retry`, that this one is to be worked on by itself. */
const insists = async ({ ledger, ref }: Ports): Promise<boolean> =>
  (await ledger.read(keyOf(ref))).some(({ fact }) => fact.kind === 'declined' && fact.reason.code === 'recurred');

/** Why a fault is not drafted: another rejection of it is open, or its fix was merged lately. Null when it is. */
export async function knownFault(ports: Ports, fingerprint: string): Promise<Reason | null> {
  const known = await alike(ports, fingerprint);
  const open = known.find(([, recorded]) => OPEN.has(standingOf(recorded).stage.name));
  if (open !== undefined) return { code: 'duplicate', detail: numberOf(open[0]) };
  const merged = known.find(([, recorded]) => recurs(recorded, ports.clock.now()));
  if (merged === undefined || (await insists(ports))) return null;
  return { code: 'recurred', detail: numberOf(merged[0]) };
}

/** The rejection that was counted at this one, after its merge, instead of being drafted; null for none. */
export async function countedHere(ports: Ports, fingerprint: string, mergedAt: string): Promise<string | null> {
  const isCounted = ({ at, fact }: Recorded): boolean => {
    const declined = fact.kind === 'answer-chosen' && fact.receipt.kind === 'declined' ? fact.receipt.reason : null;
    return declined?.code === 'recurred' && declined.detail === numberOf(keyOf(ports.ref)) && at >= mergedAt;
  };
  const found = (await alike(ports, fingerprint)).find(([, recorded]) => recorded.some(isCounted));
  return found === undefined ? null : numberOf(found[0]);
}
