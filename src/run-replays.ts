import type { Configuration } from './domain/configuration.ts';
import * as say from './domain/messages/suites.ts';
import type { Trace } from './domain/rejection.ts';
import { TraceShape } from './domain/trace-shape.ts';
import { lettingOthers } from './let-others.ts';
import type { CaseResult, Checkout, Ports } from './ports.ts';

/** How the repository replays a stored ticket. */
export type Replay = NonNullable<Configuration['replay']>;

/** What a ticket went through, or why that is not known. */
export type Replayed = Trace | { readonly error: string };

function traceOf(result: CaseResult | undefined): Replayed {
  if (result === undefined) return { error: say.noAnswer };
  if (result.status === 'error') return { error: result.because };
  const trace = TraceShape.safeParse(result.output);
  return trace.success ? trace.data : { error: say.notATrace };
}

/**
 * The trace of each ticket on a laid-out tree, in order. `again`: run whatever is remembered of this tree, and not
 * remembered either.
 */
export async function runReplays(
  ports: Pick<Ports, 'suites'>,
  checkout: Checkout,
  { run, lines, timeout }: Replay,
  tickets: readonly string[],
  { again = false, signal }: { readonly again?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly Replayed[]> {
  const asked = tickets.map((ticket) => ({ ticket }));
  const step = { run, lines, timeout, deterministic: !again, personal: true };
  const results = await ports.suites.outputs(checkout, step, asked, signal);
  const letOthers = lettingOthers();
  const replayed: Replayed[] = [];
  for (const i of tickets.keys()) {
    await letOthers();
    replayed.push(traceOf(results[i]));
  }
  return replayed;
}
