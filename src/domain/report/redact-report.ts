import { learnPersonal } from '../learn-personal.ts';
import { type AccountPattern, redactor } from '../redact.ts';
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

/** A piece of a text from `start` on, and whether it was cut there, and at its end. */
function piece(text: string, start: number): { readonly text: string; readonly cutAt: readonly [boolean, boolean] } {
  return { text: text.slice(start, start + LONGEST), cutAt: [start > 0, start + LONGEST < text.length] };
}

/** Where both texts are taken from: the beginning, or a little before they differ where one of them is long. */
function startOf(before: string, after: string): number {
  if (before.length <= LONGEST && after.length <= LONGEST) return 0;
  return Math.max(0, part(before, after).start.length - LONGEST / 4);
}

/** Makes one `Hide` per ticket, which knows the names that stand in its traces. All of them share one amount of work. */
export function hiding(accounts: readonly AccountPattern[] = []): (traces: readonly Trace[]) => Hide {
  let work = WORK;
  return (traces) => {
    const by = redactor({ accounts });
    let names = 0;
    const learn: typeof by.learn = (kind, value) => {
      names += 1;
      if (names <= MOST_NAMES) by.learn(kind, value);
    };
    for (const trace of traces) learnPersonal(trace, { ...by, learn });
    const hide = (text: string, start: number): string | null => {
      const taken = piece(text, start);
      work -= (taken.text.length + 50) * (20 + names);
      if (names > MOST_NAMES || work < 0) return null;
      const redacted = by.redact(taken.text);
      const [atStart, atEnd] = taken.cutAt;
      return redacted.slice(atStart ? EDGE : 0, atEnd ? -EDGE : undefined);
    };
    return (before, after) => {
      const start = startOf(before, after);
      const [was, is] = [hide(before, start), hide(after, start)];
      return was === null || is === null ? null : { before: was, after: is };
    };
  };
}
