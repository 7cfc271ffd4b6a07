import type { ReportFormat } from '../../../src/domain/reports/report.ts';
import type { Fixture } from './fixtures.ts';

/** Where one case begins and ends in a text. */
type Span = readonly [from: number, to: number];

const matches = (text: string, pattern: RegExp): readonly Span[] =>
  [...text.matchAll(pattern)].map((match) => [match.index, match.index + match[0].length]);

/** The members of the lists of this name in a JSON text, each with the comma that follows or precedes it. */
function members(text: string, list: RegExp): readonly Span[] {
  const spans: Span[] = [];
  for (const { index, 0: head } of text.matchAll(list)) {
    let depth = 0;
    let inString = false;
    let start = index + head.length;
    for (let i = start; i < text.length; i++) {
      const sign = text[i];
      if (sign === '\\') i++;
      else if (sign === '"') inString = !inString;
      else if (!inString && (sign === '{' || sign === '[')) {
        if (depth++ === 0) start = i;
      } else if (!inString && (sign === '}' || sign === ']')) {
        if (depth === 0) break;
        if (--depth === 0) spans.push([start, i + 1]);
      }
    }
  }
  return spans;
}

const CASE = /<testcase(?:\s+[\w:]+="[^"]*")*\s*(?:\/>|>[\s\S]*?<\/testcase>)\s*/g;

const spansOf: Readonly<Record<ReportFormat, (text: string) => readonly Span[]>> = {
  junit: (text) => matches(text, CASE),
  vitest: (text) => members(text, /"assertionResults":\[/g),
  jest: (text) => members(text, /"assertionResults":\[/g),
  tap: (text) => matches(text, /^ *(?:not )?ok \d+.*\n/gm),
  promptfoo: (text) => members(text, /"version": ?3[\s\S]*?"results": ?\[|"outputs": ?\[/g),
  inspect: (text) => members(text, /^ {2}"samples": \[/gm),
  'openai-evals': (text) => matches(text, /^\{"run_id".*\n/gm),
  jsonl: (text) => matches(text, /^\{"id".*\n/gm),
};

/** Where the cases of a report stand in its text. */
export const casesIn = ({ format, text }: Pick<Fixture, 'format' | 'text'>): readonly Span[] => spansOf[format](text);

/** The text without a case, and without the comma that would be left over. */
export function without(text: string, [from, to]: Span): string {
  const after = /^\s*,/.exec(text.slice(to));
  if (text[from] !== '{' || text.slice(to - 1, to) === '\n') return text.slice(0, from) + text.slice(to);
  if (after !== null) return text.slice(0, from) + text.slice(to + after[0].length);
  return text.slice(0, from).replace(/,\s*$/, '') + text.slice(to);
}

/** The text with a case in it twice. */
export function doubled(text: string, [from, to]: Span): string {
  const one = text.slice(from, to);
  const between = text[from] === '{' && !one.endsWith('\n') ? ',' : '';
  return text.slice(0, to) + between + one + text.slice(to);
}

/** The text without any of its cases. */
export const emptied = (text: string, spans: readonly Span[]): string =>
  spans.toReversed().reduce((rest, span) => without(rest, span), text);
