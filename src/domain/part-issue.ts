import { HEADINGS } from './annotations.ts';
import type { FactOf } from './fact.ts';
import { plainLine } from './prompts/plain.ts';
import type { Part } from './split-fact.ts';

/** Under this heading an issue of the app's says of which rejection it is a part. */
export const FROM = 'split from';

const FROM_LINE = /^#(\d{1,15}), part ([2-9])$/;

/** The line by which the issue of a part is found again. */
export const fromLine = (rejection: number, part: number): string => `#${rejection}, part ${part}`;

/** Which part of which rejection such a section names; null where it is some other text. */
export function namedPart(text: string): { readonly rejection: number; readonly part: number } | null {
  const [, rejection, part] = FROM_LINE.exec(text.trim()) ?? [];
  return part === undefined ? null : { rejection: Number(rejection), part: Number(part) };
}

/** Words in a fence that none of them can end: there they mention nobody, lead nowhere, and are no heading. */
function fencedWords(words: string): string {
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([row]) => row.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${words}\n${fence}`;
}

const headed = (heading: string, words: string): string =>
  `### ${heading.charAt(0).toUpperCase()}${heading.slice(1)}\n\n${words}`;

/** What the parts of a section say, by heading. */
function sectionsOf({ said }: Part): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  for (const { heading, quote } of said) {
    const known = sections.get(heading);
    sections.set(heading, known === undefined ? quote : `${known}\n${quote}`);
  }
  return sections;
}

/** The issue of a part (counted from 1) of a rejection: the reporter's own words, redacted, under their own headings. */
export function partIssue(
  rejection: number,
  { parts, often }: FactOf<'split'>,
  number: number,
): { readonly title: string; readonly body: string } | null {
  const part = parts[number - 1];
  const [first] = part?.said ?? [];
  if (part === undefined || first === undefined) return null;
  const sections = sectionsOf(part);
  const free = sections.get('');
  const body = [
    ...(free === undefined ? [] : [fencedWords(free)]),
    ...(part.ticket === null ? [] : [headed(HEADINGS.ticket, part.ticket)]),
    ...[...sections].flatMap(([heading, words]) => (heading === '' ? [] : [headed(heading, fencedWords(words))])),
    ...(often === undefined ? [] : [headed(HEADINGS.often, often === 'once' ? 'Only this once' : 'Always')]),
    headed(FROM, fromLine(rejection, number)),
  ];
  return { title: plainLine(first.quote, 120) || fromLine(rejection, number), body: body.join('\n\n') };
}
