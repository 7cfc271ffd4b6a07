import type { Case } from './domain/case.ts';
import type { Answer, Fact, Reason, Recorded } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { keyOf, type RejectionKey, refOf } from './domain/rejection.ts';
import type { Spec } from './domain/spec.ts';
import type { StageName, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { WATCH_MS } from './domain/watch.ts';
import type { Ports } from './ports.ts';

const OPEN: ReadonlySet<StageName> = new Set(['drafted', 'cleared', 'halted', 'proven', 'proposed']);
/** The newest that are looked at: while one of them is open, no other of its kind is drafted. */
const ALIKE = 200;

/** How many of those that are under way are looked at for the same wish: people are told, nothing hangs on it. */
const WISHES = 60;

/** Equal for two specs that ask the same of the output: same step, same kind of change, same expectation. */
export const likenessOf = ({ step, change, acceptance }: Spec): string =>
  hashOf({ step, change, expect: acceptance.map(({ expect }) => expect) });

/**
 * Equal for two specs of the same fault: they ask the same of the output, about the same thing. What it is about, a
 * recipe's blanks tell; where there are none, only the input itself does: one lamp and one vase may both cost 9.
 */
export const fingerprintOf = (spec: Spec): string => {
  const { slots = {}, acceptance } = spec;
  const about = Object.keys(slots).length > 0 ? { slots } : { inputs: acceptance.map(({ input }) => input) };
  return hashOf({ likeness: likenessOf(spec), ...about });
};

type Known = readonly [RejectionKey, readonly Recorded[]];

/** Other rejections of the same repository with the same fault. */
async function alike({ ledger, ref }: Ports, fingerprint: string): Promise<readonly Known[]> {
  const keys = (await ledger.ofFingerprint(ref.repo, fingerprint)).filter((key) => key !== keyOf(ref));
  return [...(await ledger.readAll(keys.slice(0, ALIKE)))];
}

const issueOf = ({ ref }: Ports, key: RejectionKey): number => refOf(ref.installation, key).issue;

/** `#7`, as people write it. */
const numberOf = (key: RejectionKey): string => key.slice(key.lastIndexOf('#'));

/** Whether a fix of this fault was merged so lately that it is still watched, or came back after its merge. */
function recurs(recorded: readonly Recorded[], now: string): boolean {
  const { stage } = standingOf(recorded);
  if (stage.name === 'returned') return true;
  const mergedAt = recorded.findLast(({ fact }) => fact.kind === 'merged')?.at ?? '';
  return stage.name === 'merged' && stage.outcome === null && Date.parse(now) - Date.parse(mergedAt) < WATCH_MS;
}

/** Somebody said already, by `/detach` or `/retry`, that this one is to be worked on by itself. */
async function insists({ ledger, ref }: Ports): Promise<'on-all' | 'after-merge' | null> {
  const recorded = await ledger.read(keyOf(ref));
  if (standingOf(recorded).accepted?.alone) return 'on-all';
  const recurred = recorded.some(({ fact }) => fact.kind === 'declined' && fact.reason.code === 'recurred');
  return recurred ? 'after-merge' : null;
}

/** Why a fault is not drafted: another rejection of it is open, or its fix was merged lately. Null when it is. */
export async function knownFault(ports: Ports, fingerprint: string): Promise<Reason | null> {
  const known = await alike(ports, fingerprint);
  if (known.length === 0) return null;
  const by = await insists(ports);
  if (by === 'on-all') return null;
  const open = known.find(([, recorded]) => OPEN.has(standingOf(recorded).stage.name));
  if (open !== undefined) return { code: 'duplicate', detail: numberOf(open[0]) };
  const merged = known.find(([, recorded]) => recurs(recorded, ports.clock.now()));
  if (merged === undefined || by !== null) return null;
  return { code: 'recurred', detail: numberOf(merged[0]) };
}

/** Rejections under way, or merged lately, that ask the same of the output about something else, newest first: `#7`. */
export async function perhapsSame({ ledger, ref, clock }: Ports, likeness: string): Promise<readonly string[]> {
  const keys = (await ledger.ofRepository(ref.repo)).filter((key) => key !== keyOf(ref)).slice(0, WISHES);
  const all = await ledger.readAll(keys);
  return keys
    .filter((key) => {
      const recorded = all.get(key) ?? [];
      const draft = recorded.findLast(({ fact }) => fact.kind === 'draft-posted')?.fact;
      if (draft?.kind !== 'draft-posted' || draft.likeness !== likeness) return false;
      return OPEN.has(standingOf(recorded).stage.name) || recurs(recorded, clock.now());
    })
    .map(numberOf);
}

/** Decided to draft the same fault, and not known to have posted it. */
function isPending(recorded: readonly Recorded[], fingerprint: string): boolean {
  const { stage } = standingOf(recorded);
  const receipt = stage.name === 'accepted' ? stage.chosen?.receipt : undefined;
  return receipt?.kind === 'draft-posted' && receipt.fingerprint === fingerprint;
}

/**
 * The same, once it is recorded that this one is to be drafted, for two that are drafted at once: each records first and
 * looks then, so one of them at least sees the other. Of two that have not posted yet the older one goes on, and waits until
 * the other has given way, or has posted because it looked too early.
 */
export async function rivalFault(ports: Ports, fingerprint: string): Promise<Reason | 'wait' | null> {
  if ((await insists(ports)) === 'on-all') {
    // It was counted at one of them.
    for (const [key] of await alike(ports, fingerprint))
      await ports.queue.wakeAfter({ ...ports.ref, issue: issueOf(ports, key) }, 0);
    return null;
  }
  const known = await knownFault(ports, fingerprint);
  if (known !== null) return known;
  const pending = (await alike(ports, fingerprint)).filter(([, recorded]) => isPending(recorded, fingerprint));
  const older = pending.find(([key]) => issueOf(ports, key) < ports.ref.issue);
  if (older !== undefined) return { code: 'duplicate', detail: numberOf(older[0]) };
  return pending.length > 0 ? 'wait' : null;
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

/** The rejection at which a decline, or the decision to decline, counts; null for none. */
function countedBy(fact: Fact | Answer['receipt']): number | null {
  if (fact.kind === 'answer-chosen') return countedBy(fact.receipt);
  if (fact.kind !== 'declined' || fact.reason.code !== 'duplicate') return null;
  return Number(fact.reason.detail?.slice(1));
}

/** The rejection that this one is counted at, from when that was decided; null for none. */
function countedAt(recorded: readonly Recorded[]): { of: number; case: Case | null } | null {
  const { stage } = standingOf(recorded);
  const chosen = stage.name === 'accepted' ? stage.chosen?.receipt : undefined;
  const declined = stage.name === 'declined' ? stage.declined : chosen?.kind === 'declined' ? chosen : null;
  const of = declined === null ? null : countedBy(declined);
  return of === null ? null : { of, case: declined?.case ?? null };
}

const OVER: ReadonlySet<StageName> = new Set(['new', 'declined', 'merged', 'returned', 'closed', 'forgotten']);

/** What is counted at another one is taken up by itself when that one has ended, whatever became of it. */
export async function noticeEndOfOther(ports: Ports): Promise<readonly Fact[]> {
  const { ledger, ref } = ports;
  const recorded = await ledger.read(keyOf(ref));
  const { accepted } = standingOf(recorded);
  const waited = countedAt(recorded);
  if (waited === null || accepted === null) return [];
  const { stage } = standingOf(await ledger.read(keyOf({ ...ref, issue: waited.of })));
  return OVER.has(stage.name) ? [{ ...accepted, waited }] : [];
}

/** Wakes the rejection at which this one is counted, or was: it looks for itself. */
export const wakeOther = (ports: Ports, { detail }: Reason): Promise<void> =>
  ports.queue.wakeAfter({ ...ports.ref, issue: Number(detail?.slice(1)) }, 0);

/** Where this one was counted once and is no more, that is looked at, if it does not know yet. */
export async function leaveOthers(ports: Ports): Promise<void> {
  const { ledger, ref, queue } = ports;
  const recorded = await ledger.read(keyOf(ref));
  const now = countedAt(recorded)?.of;
  const before = new Set(recorded.flatMap(({ fact }) => countedBy(fact) ?? []));
  for (const issue of before) {
    if (issue === now) continue;
    const { attached } = standingOf(await ledger.read(keyOf({ ...ref, issue })));
    if (attached.some(({ rejection }) => rejection === ref.issue)) await queue.wakeAfter({ ...ref, issue }, 0);
  }
}

/**
 * Counts other rejections of the same fault here, as they say of themselves, and no more once they do not. When this one
 * has ended, those that are counted here are woken, to go on by themselves.
 */
export async function attachCases(ports: Ports, { stage, fault, attached }: Standing): Promise<readonly Fact[]> {
  const { ledger, ref } = ports;
  const [isOpen, isOver] = [OPEN.has(stage.name), OVER.has(stage.name)];
  if (fault === null || !(isOpen || isOver || attached.length > 0)) return [];
  const others = await ledger.readAll(attached.map(({ rejection }) => keyOf({ ...ref, issue: rejection })));
  const isHere = (recorded: readonly Recorded[]) => countedAt(recorded)?.of === ref.issue;
  const gone = attached.filter(({ rejection }) => !isHere(others.get(keyOf({ ...ref, issue: rejection })) ?? []));
  if (gone.length > 0) return gone.map(({ rejection }) => ({ kind: 'case-detached', rejection }));
  if (!isOpen && !isOver) return [];
  const here = (await alike(ports, fault)).filter(([, recorded]) => isHere(recorded));
  const facts: Fact[] = [];
  for (const [key, recorded] of here) {
    const rejection = issueOf(ports, key);
    if (isOver) await ports.queue.wakeAfter({ ...ref, issue: rejection }, 0);
    else if (!attached.some((one) => one.rejection === rejection))
      facts.push({ kind: 'case-attached', rejection, case: countedAt(recorded)?.case ?? null });
  }
  return facts;
}
