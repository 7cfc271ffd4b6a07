import type { Fact } from './domain/fact.ts';
import { notOverYet } from './domain/messages/github.ts';
import { keyOf } from './domain/rejection.ts';
import { type Permit, type Ports, Weather } from './ports.ts';

/** Thrown when somebody else wrote facts meanwhile: the move is decided again from the start. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/**
 * Appends what has happened already, whatever was written meanwhile: a receipt must not be lost because a push or a
 * round was recorded in the same moment. Decisions are safe all the same: only one advance runs at a time.
 */
export async function recordAfterwards(ports: Pick<Ports, 'ledger' | 'ref'>, facts: readonly Fact[]): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const recorded = await ports.ledger.read(keyOf(ports.ref));
    if (await ports.ledger.append(keyOf(ports.ref), recorded.at(-1)?.seq ?? 0, facts)) return;
  }
  throw new Overtaken();
}

/** How long a removal of our own superfluous comment may take. */
const TIDY_MS = 5000;

const clocks = () => ({ wall: Date.now(), steady: performance.now() });

function permitOf(what: string, ms: number, began = clocks()): Permit {
  // The steady clock stands still while a machine sleeps, and the wall clock may be set: either may end it.
  const left = () => ms - Math.max(Date.now() - began.wall, performance.now() - began.steady);
  return { what, left, signal: AbortSignal.timeout(Math.max(0, Math.ceil(ms))) } as Permit;
}

/**
 * The one way to change anything on GitHub: leave first (this worker is alone with the rejection for some seconds, and
 * GitHub's limits allow it), then the intent, then the call. `look` is true where an earlier intent of this name may have
 * been carried out already: a creation then looks before it creates. `creates`: how many comments, checks, pull requests
 * and labels the call makes. The receipt is the fact that the caller records. Throws `Weather`, and `Fenced` where
 * another worker has taken over.
 */
export async function write<T>(
  ports: Ports,
  what: string,
  call: (permit: Permit, look: boolean) => Promise<T>,
  creates = 0,
): Promise<T> {
  // From before leave is asked for: whoever is frozen while it is given has none left.
  const began = clocks();
  const permit = permitOf(what, await ports.leave.toWrite(creates), began);
  const recorded = await ports.ledger.read(keyOf(ports.ref));
  const before = recorded.findLast(({ fact }) => fact.kind === 'intent' && fact.what === what);
  if (before !== undefined && creates > 0) await untilOver(ports, before.at, permit.left());
  await recordAfterwards(ports, [{ kind: 'intent', what }]);
  return call(permit, before !== undefined);
}

/**
 * A call whose process died may still be carried out: looking for what it makes tells something only when it is over.
 * Throws `Weather` until then.
 */
async function untilOver(ports: Ports, began: string, callMs: number): Promise<void> {
  const left = Date.parse(began) + callMs - Date.parse(ports.clock.now());
  // No longer than that, whatever clock wrote the time.
  if (left > 0) throw new Weather(notOverYet, Math.min(left, callMs), { scope: 'rejection' });
}

const removal = (comment: number, kept: number): string => `remove ${comment}, twin of ${kept}`;

/** Of several comments with one marker the oldest stays. Returns it. What is removed has its intent and its receipt. */
async function withoutTwins(ports: Ports, issue: number, marker: string): Promise<number | undefined> {
  const [kept, ...newer] = await ports.forge.findComments(issue, marker);
  if (kept === undefined) return undefined;
  for (const comment of newer) {
    await write(ports, removal(comment, kept), (permit) => ports.forge.deleteComment(permit, comment));
    ports.log.warn('a comment stood twice, the newer was removed', { rejection: keyOf(ports.ref), comment });
  }
  // Also what a process removed that died before it could say so.
  const removed = await removedBeside(ports, kept);
  if (removed.length > 0) await recordAfterwards(ports, removed);
  return kept;
}

/** What was removed and has no receipt yet. */
async function removedBeside(ports: Ports, kept: number): Promise<readonly Fact[]> {
  const facts = (await ports.ledger.read(keyOf(ports.ref))).map(({ fact }) => fact);
  const told = new Set(facts.map((fact) => (fact.kind === 'duplicate-removed' ? fact.comment : 0)));
  const meant = facts.flatMap((fact) =>
    fact.kind === 'intent' ? [/^remove (\d+), twin of (\d+)$/.exec(fact.what)] : [],
  );
  const gone = meant.flatMap((found) => (Number(found?.[2]) === kept ? [Number(found?.[1])] : []));
  return [...new Set(gone)]
    .filter((comment) => !told.has(comment))
    .map((comment) => ({ kind: 'duplicate-removed', comment, kept }));
}

/** A call outlived its leave, and another worker may have said the same: of both the older stays. Writes no facts. */
async function readBack(ports: Ports, issue: number, marker: string): Promise<void> {
  const [, ...newer] = await ports.forge.findComments(issue, marker);
  for (const comment of newer) await ports.forge.deleteComment(permitOf(marker, TIDY_MS), comment);
}

/** A comment that stands. `found`: it was there already, perhaps with an older text. */
interface Posted {
  readonly comment: number;
  readonly found: boolean;
}

/**
 * Posts a comment at most once under its name. After a crash between intent and receipt it is looked for by its marker
 * before it is posted again. A call that outlived its leave is read back, whoever has taken over meanwhile.
 */
function findOrPost(ports: Ports, name: string, body: string, on = ports.ref.issue): Promise<Posted> {
  const post = async (permit: Permit, look: boolean): Promise<Posted> => {
    if (look) {
      const kept = await withoutTwins(ports, on, name);
      if (kept !== undefined) return { comment: kept, found: true };
    }
    try {
      return { comment: await ports.forge.postComment(permit, on, name, body), found: false };
    } finally {
      if (permit.left() <= 0) await readBack(ports, on, name).catch(() => {});
    }
  };
  return write(ports, name, post, 1);
}

/** A comment of which only the app writes the text. */
export interface KeptComment {
  /** Its name and its marker. */
  readonly marker: string;
  /** Issue or pull request. Default the rejection. */
  readonly on?: number;
  /** Its id, where it was posted before. */
  readonly comment: number | null;
  readonly text: string;
  /** The fact that it was posted. */
  readonly receipt: (comment: number) => Fact;
}

/** Brings such a comment to its text. That it says so is for the caller to record; people's edits of it have no effect. */
export async function keepComment(ports: Ports, { marker, on, comment, text, receipt }: KeptComment): Promise<void> {
  const edit = (id: number) =>
    write(ports, `${marker}-edit`, (permit) => ports.forge.editComment(permit, id, marker, text));
  if (comment !== null && (await edit(comment))) return;
  // Somebody may have deleted it: then there is a new one, under a name of its own.
  const name = comment === null ? marker : `${marker}-after-${comment}`;
  const made = await findOrPost(ports, name, text, on);
  await recordAfterwards(ports, [receipt(made.comment)]);
  // One that a crash left behind says what held then.
  if (made.found) await edit(made.comment);
}

/** The same, for comments whose text says the same whenever it is written. Returns the comment's id. */
export const commentOnce = async (ports: Ports, name: string, body: string, on = ports.ref.issue): Promise<number> =>
  (await findOrPost(ports, name, body, on)).comment;
