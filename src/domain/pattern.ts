import { RE2JS } from 're2js';

/** Longest pattern that is taken. RE2 bounds repetitions itself; this bounds the rest. */
const LONGEST = 1000;

/** A pattern that runs in time linear in the text, whatever either holds. */
export interface Pattern {
  readonly groups: number;
  /** How many steps it may take for each character of a text. */
  readonly size: number;
  /** Whether it matches somewhere in the text. */
  found(text: string): boolean;
  /** Whether it matches the whole text. */
  whole(text: string): boolean;
  /** Every match, left to right: the whole of it, and its first group. */
  all(text: string): readonly { readonly match: string; readonly group: string | null }[];
  /** Where every match stands, left to right. */
  spans(text: string): readonly { readonly from: number; readonly to: number }[];
}

/** Compiles an RE2 pattern, or says in a few words why it is none. */
export function compilePattern(source: string, ignoreCase = false): Pattern | { readonly because: string } {
  if (source.length > LONGEST) return { because: `it is over ${LONGEST} characters` };
  try {
    const compiled = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    return {
      groups: compiled.groupCount(),
      size: compiled.programSize(),
      found: (text) => compiled.matcher(text).find(),
      whole: (text) => compiled.matches(text),
      all: (text) => {
        const matcher = compiled.matcher(text);
        const matches = [];
        while (matcher.find())
          matches.push({ match: matcher.group(0) ?? '', group: compiled.groupCount() > 0 ? matcher.group(1) : null });
        return matches;
      },
      spans: (text) => {
        const matcher = compiled.matcher(text);
        const spans = [];
        while (matcher.find()) spans.push({ from: matcher.start(), to: matcher.end() });
        return spans.filter(({ from, to }) => to > from);
      },
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { because: message.replace(/^error parsing regexp: /, '') };
  }
}

/** The text as a pattern that matches exactly it. */
export const literalPattern = (text: string): string => RE2JS.quote(text);
