import { hashOf } from './domain/hash.ts';
import { learnNames } from './domain/learn-names.ts';
import { noAnswer } from './domain/messages/suites.ts';
import { parseRejection } from './domain/parse-rejection.ts';
import { type Redactor, redactor } from './domain/redact.ts';
import type { Rejection, Trace } from './domain/rejection.ts';
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
  /** For cases: surrogates of the same shape. */
  readonly frozen: Trace;
  readonly redacted: number;
}

export type Replay =
  | Replayed
  | { readonly is: 'no-ticket' }
  | { readonly is: 'unknown-ticket'; readonly ticket: string; readonly because: string }
  | { readonly is: 'no-replay' }
  | { readonly is: 'differs'; readonly ticket: string };

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

function redacted(ports: Ports, issue: Issue, trace: Trace): Replayed {
  const placeholders: Redactor = redactor();
  const surrogates = redactor('surrogate');
  learnNames(trace, placeholders);
  learnNames(trace, surrogates);
  const rejection = parseRejection(ports.ref, issue, placeholders);
  const shown = placeholders.redactJson(trace);
  const frozen = surrogates.redactJson(trace);
  return { is: 'replayed', rejection, shown, frozen, redacted: placeholders.count() };
}

/**
 * Reproduces the rejected output on base before anything is spent. The trace comes from the repository's own replay
 * command; one that the reporter pasted must agree with it on every output.
 */
export async function replayTicket(ports: Ports, base: Base, issue: Issue): Promise<Replay> {
  const first = parseRejection(ports.ref, issue, redactor());
  const { replay } = base.configuration;
  if (replay === undefined)
    return first.pastedTrace === null ? { is: 'no-replay' } : redacted(ports, issue, first.pastedTrace);
  const { ticket } = first;
  if (ticket === null) return { is: 'no-ticket' };
  const trace = await traceOf(ports, base, replay, ticket);
  if ('error' in trace) return { is: 'unknown-ticket', ticket, because: trace.error };
  const outputs = (of: Trace) => hashOf(redactor().redactJson(of.steps.map(({ step, output }) => ({ step, output }))));
  if (first.pastedTrace !== null && outputs(first.pastedTrace) !== outputs(trace)) return { is: 'differs', ticket };
  return redacted(ports, issue, trace);
}
