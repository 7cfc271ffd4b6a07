/** Two texts as what they begin with alike, what differs, and what they end with alike. */
export interface Parted {
  readonly start: string;
  readonly before: string;
  readonly after: string;
  readonly end: string;
}

const WORD = /[\p{L}\p{N}_-]/u;
const isWithinWord = (text: string, at: number): boolean =>
  at > 0 && at < text.length && WORD.test(text[at - 1] ?? '') && WORD.test(text[at] ?? '');
const splitsPair = (text: string, at: number): boolean => /[\uDC00-\uDFFF]/.test(text[at] ?? '');

const spread = (text: string, from: number, to: number): boolean => text.slice(from, to).includes('\n');

/** Parts two texts at the words in which they differ, at whole lines where that goes over several. */
export function part(before: string, after: string): Parted {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  while (from > 0 && (isWithinWord(before, from) || isWithinWord(after, from) || splitsPair(before, from))) from--;
  let tail = 0;
  while (tail < most - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const endOf = (text: string) => text.length - tail;
  while (
    tail > 0 &&
    (isWithinWord(before, endOf(before)) || isWithinWord(after, endOf(after)) || splitsPair(before, endOf(before)))
  )
    tail--;
  if (spread(before, from, endOf(before)) || spread(after, from, endOf(after))) {
    from = from === 0 ? 0 : before.lastIndexOf('\n', from - 1) + 1;
    const newline = before.indexOf('\n', endOf(before));
    tail = newline === -1 ? 0 : before.length - newline;
  }
  return {
    start: before.slice(0, from),
    before: before.slice(from, endOf(before)),
    after: after.slice(from, endOf(after)),
    end: before.slice(endOf(before)),
  };
}

const whole = (text: string): string => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
const first = (text: string, most: number): string =>
  text.length <= most ? text : `${whole(text.slice(0, Math.max(0, most - 1)))}…`;
const last = (text: string, most: number): string =>
  text.length <= most ? text : `…${whole(text.slice(text.length - Math.max(0, most - 1)))}`;

/** Cuts two texts so that each has about `most` characters at most, and what differs stays in sight. */
export function cutParted({ start, before, after, end }: Parted, most: number): Parted {
  const fits = start.length + Math.max(before.length, after.length) + end.length <= most;
  if (fits) return { start, before, after, end };
  const beside = Math.floor(most / 4);
  return {
    start: last(start, beside),
    before: first(before, most - 2 * beside),
    after: first(after, most - 2 * beside),
    end: first(end, beside),
  };
}
