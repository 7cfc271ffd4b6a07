import { bounded } from './bounded.ts';

/** The kinds of personal and secret text, as they stand in placeholders. */
export const KINDS = ['secret', 'email', 'iban', 'card', 'account', 'birth-date', 'address', 'phone', 'name'] as const;
export type KindName = (typeof KINDS)[number];

/** Where a value stands in a text: from `from` up to and without `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How values of a kind are found in plain text. Takes time linear in it, whatever it holds. */
export interface Finder {
  readonly kind: KindName;
  /** From left to right, none overlapping another. */
  readonly find: (text: string) => readonly Span[];
  /** Reads the text as it is written as well: its pattern is somebody's own, and may mean a certain writing. */
  readonly asWritten?: true;
  /** Reads only what stands before a value of this kind, which is replaced already. */
  readonly before?: KindName;
}

/** The longest run of whole groups of `found` that holds; null when there is none. */
function holdingPart(found: string, holds: (part: string) => boolean): Span | null {
  const groups = [...found.matchAll(/[^ .-]+/g)].map(({ 0: text, index }) => ({
    from: index,
    to: index + text.length,
  }));
  const parts = groups.flatMap(({ from }, i) => groups.slice(i).map(({ to }) => ({ from, to })));
  parts.sort((a, b) => b.to - b.from - (a.to - a.from));
  return parts.find(({ from, to }) => holds(found.slice(from, to))) ?? null;
}

/**
 * What a pattern matches: its group `value` where it has one, and behind it `also`, else all of it. `holds` refuses
 * look-alikes; with `groups` the longest run of groups that it accepts is taken: what stands beside a number is often one,
 * too. Throws for a pattern that is not `bounded`.
 */
export function matching(
  kind: KindName,
  pattern: RegExp,
  holds: (value: string) => boolean = () => true,
  groups = false,
): Finder {
  const global = new RegExp(bounded(pattern).source, `${pattern.flags.replace(/[gd]/g, '')}gd`);
  const find = (text: string): readonly Span[] => {
    const spans: Span[] = [];
    for (const match of text.matchAll(global)) {
      const { value, also } = match.indices?.groups ?? {};
      for (const place of [value ?? match.indices?.[0], also]) {
        if (place === undefined) continue;
        const found = text.slice(...place).trimEnd();
        const part = !groups ? (holds(found) ? { from: 0, to: found.length } : null) : holdingPart(found, holds);
        if (part !== null && part.to > part.from) spans.push({ from: place[0] + part.from, to: place[0] + part.to });
      }
    }
    return spans;
  };
  return { kind, find };
}
