import { compareTraces, type TraceDifference } from './domain/compare-traces.ts';
import { stripHiddenJson } from './domain/hidden-text.ts';
import { learnPersonal } from './domain/learn-personal.ts';
import { noAnswer } from './domain/messages/suites.ts';
import { parseRejection, type Said } from './domain/parse-rejection.ts';
import { drawBy } from './domain/personal/draw-by.ts';
import { puttingBack } from './domain/put-back.ts';
import { accountsOf, type Redactor, redactor } from './domain/redact.ts';
import { type Json, keyOf, type Rejection, type Trace } from './domain/rejection.ts';
import { ticketsIn } from './domain/report/choose-tickets.ts';
import { knowingTicket } from './know-people.ts';
import { layOut } from './lay-out.ts';
import type { Issue, Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { type Replay as Replaying, runReplays } from './run-replays.ts';

/** A rejection whose fault was seen again on base. */
export interface Replayed {
  readonly is: 'replayed';
  /** Personal data replaced by placeholders, the names that stand in the trace too. */
  readonly rejection: Rejection;
  /** For people and models: placeholders. */
  readonly shown: Trace;
  /** For cases: surrogates of the same shape, and nothing that no page shows: coding agents read cases. */
  readonly frozen: Trace;
  readonly redacted: number;
  /** Knows what stands for what, and what is hidden where, in memory only. */
  readonly by: Redactor;
}

export type Replay =
  | Replayed
  /** What the rejection holds for programs cannot be read. */
  | { readonly is: 'unreadable'; readonly problems: Rejection['problems'] }
  | { readonly is: 'no-ticket' }
  | { readonly is: 'unknown-ticket'; readonly ticket: string; readonly because: string }
  /** The replay command itself fails. */
  | { readonly is: 'broken'; readonly ticket: string; readonly because: string }
  | { readonly is: 'no-replay' }
  /** `pasted`: the rejection with the trace that stands in it. */
  | {
      readonly is: 'differs';
      readonly ticket: string;
      readonly where: readonly TraceDifference[];
      readonly pasted: Replayed;
    };

async function traceOf(
  ports: Ports,
  base: Base,
  replay: Replaying,
  ticket: string,
): Promise<Trace | { error: string }> {
  const tree = await ports.repository.treeOf(base.commit);
  // As where fixes are judged: a replay that gives something else beside the cases would differ there.
  const checkout = await layOut(ports, base, tree);
  try {
    const [trace] = await runReplays(ports, checkout, replay, [ticket]);
    return trace ?? { error: noAnswer };
  } finally {
    await checkout.dispose();
  }
}

const steps = ({ steps: all }: Trace): Json => all.map(({ input, output }) => [input, output]);

function redacted(ports: Ports, base: Base, issue: Issue, said: Said, trace: Trace): Replayed {
  const by = redactor({ accounts: accountsOf(base.configuration), draw: drawBy(keyOf(ports.ref)) });
  const { visible, hidden } = stripHiddenJson(trace);
  for (const one of [trace, visible]) learnPersonal(one, by);
  const parsed = parseRejection(ports.ref, issue, by, base.forms, said);
  const more = hidden.map(({ what, text }) => ({ what, text: by.redact(text) }));
  const rejection = { ...parsed, hidden: [...parsed.hidden, ...more] };
  const shown = by.redactJson(visible);
  const frozen = by.disguiseJson(visible);
  const whole = puttingBack(steps(trace), steps(visible));
  const own: Redactor = { ...by, restoreJson: (value) => whole(by.restoreJson(value)) };
  return { is: 'replayed', rejection, shown, frozen, redacted: by.count(), by: own };
}

/** What a program says of a ticket that it fails on may be the ticket's own words: who is named in it is hidden. */
async function withoutPeople(ports: Ports, base: Base, ticket: string, words: string): Promise<string> {
  const by = await knowingTicket(ports, base, ticket);
  return by.redact(words);
}

/** Whether it is the command that fails, and not this ticket that it does not know: of a stored one it has to know. */
async function isBroken(ports: Ports, base: Base, replay: Replaying, ticket: string): Promise<boolean> {
  const { tickets } = base.configuration;
  if (tickets === undefined) return false;
  const stored = ticketsIn(await ports.repository.list(base.commit, tickets));
  const [other] = stored;
  if (other === undefined) return false;
  return stored.includes(ticket) || 'error' in (await traceOf(ports, base, replay, other));
}

/**
 * Reproduces the rejected output on base before anything is spent. The trace comes from the repository's own replay
 * command; one that the reporter pasted must agree with it on every output.
 */
export async function replayTicket(
  ports: Ports,
  base: Base,
  issue: Issue,
  said: Said = { hints: [], answers: [] },
): Promise<Replay> {
  const first = parseRejection(ports.ref, issue, redactor(), base.forms, said);
  const { replay } = base.configuration;
  const { ticket, problems } = first;
  if (problems.length > 0) return { is: 'unreadable', problems };
  if (replay === undefined)
    return first.pastedTrace === null ? { is: 'no-replay' } : redacted(ports, base, issue, said, first.pastedTrace);
  if (ticket === null) return { is: 'no-ticket' };
  const trace = await traceOf(ports, base, replay, ticket);
  if ('error' in trace) {
    const is = (await isBroken(ports, base, replay, ticket)) ? 'broken' : 'unknown-ticket';
    return { is, ticket, because: await withoutPeople(ports, base, ticket, trace.error) };
  }
  if (first.pastedTrace === null) return redacted(ports, base, issue, said, trace);
  const [today, pasted] = [
    redacted(ports, base, issue, said, trace),
    redacted(ports, base, issue, said, first.pastedTrace),
  ];
  const where = compareTraces(pasted.shown, today.shown);
  return where.length === 0 ? today : { is: 'differs', ticket, where, pasted };
}
