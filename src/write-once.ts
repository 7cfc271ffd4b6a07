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

/** Something that is to be there once, and how to find and to take away what stands beside it. */
interface Single {
  /** Its name, and that of the intent. */
  readonly name: string;
  /** Those that stand, oldest first. */
  find(): Promise<readonly number[]>;
  make(permit: Permit): Promise<number>;
  remove(permit: Permit, id: number): Promise<void>;
  /** Of the intent to take one away. */
  readonly verb: 'remove' | 'close';
}

/** Of several that stand the oldest stays. Returns it. What is removed has its intent and its receipt. */
async function withoutTwins(ports: Ports, { find, remove, verb }: Single): Promise<number | undefined> {
  const [kept, ...newer] = await find();
  if (kept === undefined) return undefined;
  for (const twin of newer) {
    await write(ports, `${verb} ${twin}, twin of ${kept}`, (permit) => remove(permit, twin));
    ports.log.warn('something stood twice, the newer was taken away', { rejection: keyOf(ports.ref), verb, twin });
  }
  // Also what a process removed that died before it could say so.
  const removed = await removedBeside(ports, verb, kept);
  if (removed.length > 0) await recordAfterwards(ports, removed);
  return kept;
}

/** What was removed and has no receipt yet. */
async function removedBeside(ports: Ports, verb: Single['verb'], kept: number): Promise<readonly Fact[]> {
  const facts = (await ports.ledger.read(keyOf(ports.ref))).map(({ fact }) => fact);
  const told = new Set(facts.map((fact) => (fact.kind === 'duplicate-removed' ? fact.comment : 0)));
  const meant = facts.flatMap((fact) =>
    fact.kind === 'intent' ? [/^(remove|close) (\d+), twin of (\d+)$/.exec(fact.what)] : [],
  );
  const gone = meant.flatMap((found) => (found?.[1] === verb && Number(found[3]) === kept ? [Number(found[2])] : []));
  return [...new Set(gone)]
    .filter((comment) => !told.has(comment))
    .map((comment) => ({
      kind: 'duplicate-removed',
      comment,
      kept,
      ...(verb === 'close' && { what: 'issue' as const }),
    }));
}

/** A call outlived its leave, and another worker may have made the same: of both the older stays. Writes no facts. */
async function readBack({ name, find, remove }: Single): Promise<void> {
  const [, ...newer] = await find();
  for (const twin of newer) await remove(permitOf(name, TIDY_MS), twin);
}

/** What stands. `found`: it was there already, perhaps with an older text. */
interface Made {
  readonly id: number;
  readonly found: boolean;
}

/**
 * Makes it at most once. After a crash between intent and receipt it is looked for before it is made again. A call that
 * outlived its leave is read back, whoever has taken over meanwhile.
 */
function findOrMake(ports: Ports, single: Single): Promise<Made> {
  const make = async (permit: Permit, look: boolean): Promise<Made> => {
    const kept = look ? await withoutTwins(ports, single) : undefined;
    if (kept !== undefined) return { id: kept, found: true };
    try {
      return { id: await single.make(permit), found: false };
    } finally {
      if (permit.left() <= 0) await readBack(single).catch(() => {});
    }
  };
  return write(ports, single.name, make, 1);
}

/** Posts a comment at most once under its name, which is its marker as well. */
const findOrPost = (ports: Ports, name: string, body: string, on = ports.ref.issue): Promise<Made> =>
  findOrMake(ports, {
    name,
    verb: 'remove',
    find: () => ports.forge.findComments(on, name),
    make: (permit) => ports.forge.postComment(permit, on, name, body),
    remove: (permit, comment) => ports.forge.deleteComment(permit, comment),
  });

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
  await recordAfterwards(ports, [receipt(made.id)]);
  // One that a crash left behind says what held then.
  if (made.found) await edit(made.id);
}

/** The same, for comments whose text says the same whenever it is written. Returns the comment's id. */
export const commentOnce = async (ports: Ports, name: string, body: string, on = ports.ref.issue): Promise<number> =>
  (await findOrPost(ports, name, body, on)).id;

/** An issue of the app's own, which `line` in its body tells from all others that were opened since then. */
interface OwnIssue {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly line: string;
  /** ISO time, by GitHub's clock. */
  readonly since: string;
}

/** Opens an issue at most once under its name. Returns its number. */
export async function issueOnce(ports: Ports, name: string, { line, since, ...issue }: OwnIssue): Promise<number> {
  const { forge } = ports;
  const made = await findOrMake(ports, {
    name,
    verb: 'close',
    find: async () => {
      const [kept, ...newer] = await forge.findIssues(line, since);
      return kept === undefined ? [] : [kept, ...newer.filter(({ open }) => open)].map(({ number }) => number);
    },
    make: (permit) => forge.openIssue(permit, issue),
    remove: (permit, twin) => forge.closeIssue(permit, twin, 'not_planned'),
  });
  return made.id;
}
