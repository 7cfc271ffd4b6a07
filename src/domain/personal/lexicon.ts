import type { KindName, Span } from './kind.ts';
import { COMMON_WORDS, fold } from './names.ts';
import { plain } from './plain.ts';

interface Learnt {
  readonly kind: KindName;
  readonly value: string;
  readonly folded: string;
  /** Where its first word begins in it. */
  readonly offset: number;
  /** Only as it was written: what a pattern took for a name. */
  readonly exact: boolean;
}

const LETTER = /[\p{L}\p{N}]/u;
const WORDS = /[\p{L}\p{N}]+/gu;
const SHORTEST = 3;

/** Whether a learnt value stands at this place of a text, as whole words: a customer called Ann must not change Annual. */
function standsAt(one: Learnt, text: string, folded: string, from: number): boolean {
  if (from < 0 || !folded.startsWith(one.folded, from)) return false;
  const to = from + one.folded.length;
  if (LETTER.test(text[from - 1] ?? ' ') || LETTER.test(text[to] ?? ' ')) return false;
  const written = text.slice(from, to);
  if (one.exact) return written === one.value;
  return one.kind !== 'name' || !COMMON_WORDS.has(one.folded) || written !== written.toLowerCase();
}

/** Values that were taught, and where they stand in texts: in any case and with any accents, unless taught as exact. */
export interface Lexicon {
  /** How many were taught. */
  readonly size: number;
  teach(kind: KindName, value: string, exact: boolean): void;
  /** The longest value at each place of a plain text, from left to right. Time linear in it. */
  find(text: string): readonly (Span & { readonly kind: KindName })[];
}

export function lexicon(): Lexicon {
  const byFirstWord = new Map<string, readonly Learnt[]>();
  const known = new Set<string>();
  return {
    get size() {
      return known.size;
    },
    teach: (kind, given, exact) => {
      const value = plain(given).text.trim();
      const folded = fold(value);
      const first = folded.match(WORDS)?.[0];
      if (value.length < SHORTEST || first === undefined || known.has(`${exact} ${value}`)) return;
      known.add(`${exact} ${value}`);
      const one = { kind, value, folded, offset: folded.indexOf(first), exact };
      const all = [...(byFirstWord.get(first) ?? []), one];
      byFirstWord.set(
        first,
        all.sort((a, b) => b.value.length - a.value.length),
      );
    },
    find: (text) => {
      if (byFirstWord.size === 0) return [];
      const folded = fold(text);
      const spans: (Span & { kind: KindName })[] = [];
      let end = 0;
      for (const { 0: word, index } of folded.matchAll(WORDS)) {
        if (index < end) continue;
        const here = byFirstWord
          .get(word)
          ?.find((one) => index - one.offset >= end && standsAt(one, text, folded, index - one.offset));
        if (here === undefined) continue;
        end = index - here.offset + here.value.length;
        spans.push({ kind: here.kind, from: index - here.offset, to: end });
      }
      return spans;
    },
  };
}
