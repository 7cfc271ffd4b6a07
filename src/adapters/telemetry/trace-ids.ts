import { hashText } from '../../domain/hash.ts';

/** A place in a trace, as every process finds it by itself. 32 and 16 hex digits. */
export interface Place {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * The trace of one acceptance of a rejection, and the span at its root: both follow from the rejection's key and from the
 * `seq` of the fact by which it was accepted (0 before), so that no process has to tell another.
 */
export function placeOf(rejection: string, acceptance: number): Place {
  const hash = hashText(`trace of ${rejection} accepted at ${acceptance}`);
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}
