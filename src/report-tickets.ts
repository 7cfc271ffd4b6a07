import type { Fact, FactOf, ReportTrouble } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { tooLong } from './domain/messages/report.ts';
import { accountsOf } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import { chooseTickets, ticketsIn } from './domain/report/choose-tickets.ts';
import { isChanged, makeReport, type Replayed, type TicketRun } from './domain/report/make-report.ts';
import type { Report } from './domain/report/report.ts';
import type { About, KeptReport } from './domain/report/report-page.ts';
import { standingOf } from './domain/standing.ts';
import { layOut, preparedFor } from './lay-out.ts';
import { Fenced, type Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { type Replay, runReplays } from './run-replays.ts';

/** Longest time for the tickets on base, and again for all that follows. */
const LONGEST_MS = 5 * 60_000;
/** Rejections whose tickets are looked for. */
const REJECTIONS = 300;
/** For how long the page of a report is shown. */
const SHOWN_DAYS = 30;

/** Thrown where the tickets take too long. */
class TooLong extends Error {
  constructor() {
    super(tooLong);
  }
}

interface Tickets {
  readonly replay: Replay;
  readonly stored: readonly string[];
  readonly asked: readonly string[];
  readonly complained: ReadonlySet<string>;
}

/** Tickets of this rejection and of those that are open. */
async function complainedTickets(ports: Ports): Promise<ReadonlySet<string>> {
  const open = (await ports.ledger.ofRepository(ports.ref.repo)).slice(0, REJECTIONS);
  const all = await ports.ledger.readAll([...new Set([keyOf(ports.ref), ...open])]);
  const tickets = [...all.values()].map((recorded) => standingOf(recorded).accepted?.ticket ?? null);
  return new Set(tickets.filter((ticket) => ticket !== null));
}

/** Which tickets are run; null where none are stored, or nothing says how they are run. */
async function ticketsOf(ports: Ports, { commit, configuration }: Base): Promise<Tickets | null> {
  const { replay, tickets } = configuration;
  if (replay === undefined || tickets === undefined) return null;
  const stored = ticketsIn(await ports.repository.list(commit, tickets));
  if (stored.length === 0) return null;
  const complained = await complainedTickets(ports);
  return { replay, stored, asked: chooseTickets(stored, complained, replay.most), complained };
}

/** A head's tree with the stored tickets as they are on base: they are what both sides are asked. */
async function withBasesTickets(ports: Ports, { commit, configuration }: Base, tree: string): Promise<string> {
  const folder = `${configuration.tickets ?? ''}/`;
  const changes = await ports.repository.changes(await ports.repository.treeOf(commit), tree);
  const paths = changes.map(({ path }) => path).filter((path) => path.startsWith(folder));
  if (paths.length === 0) return tree;
  const ids = await Promise.all(paths.map((path) => ports.repository.idOf(commit, path)));
  const files = paths.map((path, i) => [path, ids[i] == null ? null : { id: ids[i] }] as const);
  return ports.repository.withFiles(tree, Object.fromEntries(files));
}

/** Replays tickets on a tree. Throws `TooLong`, and what the world throws. */
async function replayOn(
  ports: Ports,
  base: Base,
  tree: string,
  { replay, asked }: Pick<Tickets, 'replay' | 'asked'>,
  how: { readonly again?: boolean; readonly limit: AbortSignal; readonly stop: AbortSignal },
): Promise<readonly Replayed[]> {
  const checkout = await layOut(ports, base, tree, how.stop);
  try {
    const signal = AbortSignal.any([how.limit, how.stop]);
    const replayed = await runReplays(ports, checkout, replay, asked, { again: how.again ?? false, signal });
    how.stop.throwIfAborted();
    if (how.limit.aborted) throw new TooLong();
    return replayed;
  } finally {
    await checkout.dispose();
  }
}

interface OnBase {
  readonly tickets: Tickets;
  readonly tree: string;
  readonly before: readonly Replayed[];
}

async function onBase(ports: Ports, base: Base, stop: AbortSignal): Promise<OnBase | null> {
  const tickets = await ticketsOf(ports, base);
  if (tickets === null) return null;
  const tree = await ports.repository.treeOf(base.commit);
  // Dependencies are made once, and take what they take.
  await preparedFor(ports, base, stop);
  const limit = AbortSignal.timeout(LONGEST_MS);
  return { tickets, tree, before: await replayOn(ports, base, tree, tickets, { limit, stop }) };
}

/**
 * Each ticket on both sides, twice on the head: what differs from run to run is no change. Where most come out
 * differently, something that each process has anew is likelier than a change, and both sides are asked once more.
 */
async function compare(ports: Ports, base: Base, found: OnBase, head: string, stop: AbortSignal): Promise<Report> {
  const { tickets, tree, before } = found;
  const { replay, asked } = tickets;
  const how = { again: true, limit: AbortSignal.timeout(LONGEST_MS), stop };
  const other = await withBasesTickets(ports, base, head);
  const twice = await replayOn(ports, base, other, { replay, asked: [...asked, ...asked] }, how);
  let runs = asked.map((ticket, i): TicketRun => {
    const [was, is, again] = [before[i], twice[i], twice[asked.length + i]];
    if (was === undefined || is === undefined || again === undefined) throw new Error('fewer traces than tickets');
    return { ticket, complained: tickets.complained.has(ticket), before: was, after: is, again: { after: again } };
  });
  if (runs.filter(isChanged).length > asked.length / 2) {
    const [a, b] = await Promise.all([tree, other].map((side) => replayOn(ports, base, side, tickets, how)));
    runs = runs.map((run, i) => {
      const [again, more] = [a?.[i], b?.[i]];
      return again === undefined || more === undefined ? run : { ...run, again: { before: again, after: more } };
    });
  }
  return makeReport(runs, tickets.stored.length, accountsOf(base.configuration));
}

function dayAfter(now: string, days: number): string {
  return new Date(Date.parse(now) + days * 86_400_000).toISOString().slice(0, 10);
}

async function keep(
  ports: Ports,
  base: Base,
  { tree, head }: FactOf<'judged'>,
  report: Report,
): Promise<FactOf<'reported'>> {
  const now = ports.clock.now();
  const { repo } = ports.forge;
  const about: About = { repo, issue: ports.ref.issue, base: base.commit, head: head ?? tree, made: now.slice(0, 10) };
  const kept: KeptReport = { about, report };
  const blob = await ports.blobs.put(keyOf(ports.ref), new TextEncoder().encode(JSON.stringify(kept)));
  const { counts } = report;
  const until = dayAfter(now, SHOWN_DAYS);
  return { kind: 'reported', base: base.commit, tree, blob, hash: hashOf(report), counts, trouble: null, until };
}

/** What kept the report from being made, as a fact: it never keeps anything else from going on. */
function troubled(ports: Ports, base: Base, tree: string, error: unknown): FactOf<'reported'> {
  if (error instanceof Fenced) throw error;
  const trouble: ReportTrouble = error instanceof TooLong ? 'too-long' : 'failed';
  ports.log.warn('the stored tickets could not be compared', { rejection: keyOf(ports.ref), trouble, error });
  const until = ports.clock.now().slice(0, 10);
  return { kind: 'reported', base: base.commit, tree, blob: null, hash: trouble, counts: null, trouble, until };
}

const isWorthIt = ({ verdict }: FactOf<'judged'>): boolean => verdict.passed || verdict.held === 'waits';

/** Looked at later, whatever became of it. */
type Settled<T> = Promise<{ readonly value: T } | { readonly error: unknown }>;
const settled = <T>(work: Promise<T>): Settled<T> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/** Told the tree that is judged, once nothing speaks against running what is in it. */
export type Sound = (tree: string) => void;

/** Runs stored tickets beside other work, for one run. */
export interface Reporting {
  /** Begins with the tickets on this base, where that is not under way. */
  begin(base: Base): void;
  /**
   * Judges, and runs the tickets on the judged tree beside that, as soon as `sound` says that its code may be run. Returns
   * the judgement; where it is green, or waits for a person, with what was found out of the tickets first.
   */
  beside(base: Base, judge: (sound: Sound) => Promise<FactOf<'judged'>>): Promise<readonly Fact[]>;
  /** What a tree whose code may be run does to the tickets; null where none are stored, or that could not be told. */
  of(base: Base, tree: string): Promise<Report | null>;
  /** Ends what is under way. */
  end(): Promise<void>;
}

/** `signal` ends all of it. */
export function reporting(ports: Ports, signal: AbortSignal): Reporting {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const bases = new Map<string, Settled<OnBase | null>>();
  const of = (base: Base) => {
    const known = bases.get(base.commit) ?? settled(onBase(ports, base, stop));
    bases.set(base.commit, known);
    return known;
  };
  const reportOn = async (base: Base, tree: string, red: AbortSignal): Promise<Report | null> => {
    const on = await of(base);
    if ('error' in on) throw on.error;
    return on.value === null ? null : compare(ports, base, on.value, tree, AbortSignal.any([stop, red]));
  };
  const made = new Map<string, Settled<Report | null>>();
  /** Made once for each tree; what was cut off is made again. */
  const known = async (base: Base, tree: string, red: AbortSignal): ReturnType<typeof settled<Report | null>> => {
    const key = `${base.commit} ${tree}`;
    const report = made.get(key) ?? settled(reportOn(base, tree, red));
    made.set(key, report);
    const told = await report;
    if ('error' in told) made.delete(key);
    return told;
  };
  return {
    begin: (base) => void of(base),
    async beside(base, judge) {
      const red = new AbortController();
      let report: Settled<Report | null> | undefined;
      const sound: Sound = (tree) => {
        report ??= known(base, tree, red.signal);
      };
      try {
        of(base);
        const judged = await judge(sound);
        if (!isWorthIt(judged)) return [judged];
        sound(judged.tree);
        const told = await (report as Settled<Report | null> | undefined);
        stop.throwIfAborted();
        if (told === undefined) return [judged];
        if ('error' in told) return [troubled(ports, base, judged.tree, told.error), judged];
        return told.value === null ? [judged] : [await keep(ports, base, judged, told.value), judged];
      } finally {
        red.abort();
        await report;
      }
    },
    async of(base, tree) {
      const told = await known(base, tree, stop);
      stop.throwIfAborted();
      if ('value' in told) return told.value;
      troubled(ports, base, tree, told.error);
      return null;
    },
    async end() {
      ended.abort();
      await Promise.all(bases.values());
    },
  };
}

/** What a tree does to the stored tickets, for who looks at it at once. Null where none are stored. */
export async function reportOf(ports: Ports, base: Base, tree: string, stop: AbortSignal): Promise<Report | null> {
  const found = await onBase(ports, base, stop);
  return found === null ? null : compare(ports, base, found, tree, stop);
}
