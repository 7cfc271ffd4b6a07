import { learnNames } from '../learn-names.ts';
import { redactor } from '../redact.ts';
import type { Trace } from '../rejection.ts';
import { part } from './cut-around.ts';

/** More of a text is not looked at. */
const LONGEST = 20_000;
/** What was cut through at an edge may be half of something personal that nothing recognises any more. */
const EDGE = 400;
/** More names than this nobody hides in reasonable time. */
const MOST_NAMES = 500;
/** Work for one report, in characters times what they are searched for: about a second. */
const WORK = 40_000_000;

/** Hides what is personal in the texts of one ticket. Null: too much to hide, so nothing may be shown. */
export type Hide = (before: string, after: string) => { readonly before: string; readonly after: string } | null;

/** A piece of a text, whole up to `LONGEST` characters, else from about where it differs. */
function piece(text: string, from: number): { readonly text: string; readonly cutAt: readonly [boolean, boolean] } {
  if (text.length <= LONGEST) return { text, cutAt: [false, false] };
  const start = Math.max(0, Math.min(from - LONGEST / 4, text.length - LONGEST));
  return { text: text.slice(start, start + LONGEST), cutAt: [start > 0, start + LONGEST < text.length] };
}

/** Makes one `Hide` per ticket, which knows the names that stand in its traces. All of them share one amount of work. */
export function hiding(): (traces: readonly Trace[]) => Hide {
  let work = WORK;
  return (traces) => {
    const by = redactor();
    let names = 0;
    const learn: typeof by.learn = (kind, value) => {
      names += 1;
      if (names <= MOST_NAMES) by.learn(kind, value);
    };
    for (const trace of traces) learnNames(trace, { ...by, learn });
    const hide = (text: string, from: number): string | null => {
      const taken = piece(text, from);
      work -= (taken.text.length + 50) * (20 + names);
      if (names > MOST_NAMES || work < 0) return null;
      const redacted = by.redact(taken.text);
      const [atStart, atEnd] = taken.cutAt;
      return redacted.slice(atStart ? EDGE : 0, atEnd ? -EDGE : undefined);
    };
    return (before, after) => {
      const from = before.length > LONGEST || after.length > LONGEST ? part(before, after).start.length : 0;
      const [was, is] = [hide(before, from), hide(after, from)];
      return was === null || is === null ? null : { before: was, after: is };
    };
  };
}
