/** A place in a file that can be changed so that the file means something else and still reads as what it is. */
export interface Place {
  /** What kind of change it is: a file's kinds are drawn from in turn. */
  readonly kind: string;
  /** The whole file with this place changed, or null where that cannot be done safely. */
  change(random: () => number): string | null;
}

/** One small change of one file, as it is made and as it is told. */
export interface Mutation {
  readonly file: string;
  /** The whole file with the change. */
  readonly text: string;
  /** Where the change begins in the file as it was. */
  readonly line: number;
  readonly before: string;
  /** Null where something was only taken out. */
  readonly after: string | null;
}

/** Longest piece of a line that is shown. */
const SHOWN = 90;
/** What is shown of the line before the place that differs. */
const AHEAD = 30;

/** One of the items, each as likely as the others. Undefined when there is none. */
export const drawn = <T>(items: readonly T[], random: () => number): T | undefined =>
  items[Math.floor(random() * items.length)];

/** How many items at the start are the same. */
function sameAhead<T>(a: ArrayLike<T>, b: ArrayLike<T>, most: number): number {
  let count = 0;
  while (count < most && a[count] === b[count]) count++;
  return count;
}

/** The part of a line around the place that differs. */
function shown(line: string, differs: number): string {
  const from = line.length <= SHOWN ? 0 : Math.max(0, differs - AHEAD);
  const piece = line.slice(from, from + SHOWN).trim();
  return `${from > 0 ? '…' : ''}${piece}${from + SHOWN < line.length ? '…' : ''}`;
}

/** The change between two texts of a file, with its line and the words on both sides. */
export function mutationOf(file: string, old: string, text: string): Mutation {
  const [before, after] = [old.split('\n'), text.split('\n')];
  const shorter = Math.min(before.length, after.length);
  const ahead = sameAhead(before, after, shorter);
  const behind = sameAhead(before.toReversed(), after.toReversed(), shorter - ahead);
  const gone = before.slice(ahead, before.length - behind);
  const come = after.slice(ahead, after.length - behind);
  const [first = '', now] = [gone[0], come[0]];
  const differs = sameAhead(first, now ?? '', Math.min(first.length, (now ?? '').length));
  return {
    file,
    text,
    line: ahead + 1,
    before: shown(first, differs),
    after: now === undefined ? null : shown(now, differs),
  };
}
