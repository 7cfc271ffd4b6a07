/** The kinds of personal and secret text, as they stand in placeholders. */
export const KINDS = ['secret', 'email', 'iban', 'card', 'account', 'birth-date', 'address', 'phone', 'name'] as const;
export type KindName = (typeof KINDS)[number];

/** Where a value stands in a text: from `from` up to and without `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How values of a kind are found. Takes time linear in the text, whatever it holds. */
export interface Finder {
  readonly kind: KindName;
  /** From left to right, none overlapping another. */
  readonly find: (text: string) => readonly Span[];
}

/** The longest run of whole groups of `found` that holds; null when there is none. */
function holdingPart(found: string, holds: (part: string) => boolean): Span | null {
  const groups = [...found.matchAll(/[^ -]+/g)].map(({ 0: text, index }) => ({ from: index, to: index + text.length }));
  const parts = groups.flatMap(({ from }, i) => groups.slice(i).map(({ to }) => ({ from, to })));
  parts.sort((a, b) => b.to - b.from - (a.to - a.from));
  return parts.find(({ from, to }) => holds(found.slice(from, to))) ?? null;
}

/**
 * What a pattern matches: its group `value` where it has one, else all of it. `holds` refuses look-alikes; with `groups`
 * the longest run of groups that it accepts is taken: what stands beside a number is often one, too. All that can fail
 * after a repetition has to bound it.
 */
export function matching(
  kind: KindName,
  pattern: RegExp,
  holds: (value: string) => boolean = () => true,
  groups = false,
): Finder {
  const global = new RegExp(pattern.source, `${pattern.flags.replace(/[gd]/g, '')}gd`);
  const find = (text: string): readonly Span[] => {
    const spans: Span[] = [];
    for (const match of text.matchAll(global)) {
      const [from, end] = match.indices?.groups?.['value'] ?? match.indices?.[0] ?? [0, 0];
      const value = text.slice(from, end).trimEnd();
      const part = !groups ? (holds(value) ? { from: 0, to: value.length } : null) : holdingPart(value, holds);
      if (part !== null && part.to > part.from) spans.push({ from: from + part.from, to: from + part.to });
    }
    return spans;
  };
  return { kind, find };
}
