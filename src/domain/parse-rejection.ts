import { annotationsIn, HEADINGS } from './annotations.ts';
import { fencesIn } from './fences.ts';
import { hashOf } from './hash.ts';
import { stripHidden } from './hidden-text.ts';
import { canonicalField, type FormFields } from './issue-form.ts';
import { headingOf } from './markdown.ts';
import { FROM, namedPart } from './part-issue.ts';
import { withoutQuote } from './quote-occurs.ts';
import type { Redactor } from './redact.ts';
import type { Answered, Rejection, RejectionRef, Trace } from './rejection.ts';
import { cutBlock, readDocument, sectionsOfDocument } from './rejection-document.ts';
import { TraceShape } from './trace-shape.ts';

/** What GitHub's issue forms put where a field was left empty. */
const NO_RESPONSE = /^_no response_$/i;

type Sections = ReadonlyMap<string, string>;

/** The words of a section that is all in one fence, as a form with `render` and the app itself write it. */
function unfenced(text: string): string {
  const fence = /^`{3,}(?=\n)/.exec(text)?.[0];
  const inner = fence === undefined ? '' : text.slice(fence.length + 1, -fence.length);
  const isWhole = fence !== undefined && text.endsWith(`\n${fence}`) && !inner.includes(fence);
  return isWhole ? inner.trim() : text;
}

/** The sections of an issue form by heading; what stands before the first heading is under ''. */
function sectionsOf(text: string, forms: FormFields): Sections {
  const raw = new Map<string, string>();
  const lines = text.split('\n');
  const fences = fencesIn(lines);
  let heading = '';
  for (const [at, line] of lines.entries()) {
    // What somebody pasted is theirs: its headings are no parts of the form.
    const found = fences[at] === null ? headingOf(line, [2, 3]) : null;
    if (found !== null) heading = found.toLowerCase();
    else raw.set(heading, `${raw.get(heading) ?? ''}${line}\n`);
  }
  const sections = new Map<string, string>();
  for (const [key, value] of raw) {
    const [name, words] = canonicalField(key, unfenced(value.trim()), forms);
    if (name === FROM && namedPart(words) !== null) continue;
    if (words !== '' && !NO_RESPONSE.test(words))
      sections.set(name, sections.has(name) ? `${sections.get(name)}\n${words}` : words);
  }
  return sections;
}

/** What an issue holds: its sections, with those of a document in it, and what is wrong with that. */
function read(body: string, forms: FormFields): { sections: Sections; problems: Rejection['problems'] } {
  const { rest, block } = cutBlock(body);
  const sections = sectionsOf(rest, forms);
  if (block === null) return { sections, problems: [] };
  const given = readDocument(block);
  if ('problems' in given)
    return { sections, problems: given.problems.map((words) => ({ part: 'document' as const, words })) };
  return { sections: new Map([...sections, ...sectionsOfDocument(given.document)]), problems: [] };
}

/** What stands in the first fence, or all of it where there is none. */
function fenced(text: string): string {
  const open = /```(?:json)?\n/.exec(text);
  if (open === null) return text;
  const from = open.index + open[0].length;
  const to = text.indexOf('\n```', from);
  return to === -1 ? text : text.slice(from, to);
}

function traceIn(text: string | undefined): Trace | null {
  if (text === undefined) return null;
  try {
    const parsed = TraceShape.safeParse(JSON.parse(fenced(text)));
    return parsed.success ? (parsed.data as Trace) : null;
  } catch {
    return null;
  }
}

const TICKET = /\bticket:?\s*#?([A-Za-z][A-Za-z0-9]{0,9}-[A-Za-z0-9-]{1,30})\b/i;
const ticketId = (text: string | undefined): string | null =>
  text === undefined ? null : (/^#?([A-Za-z0-9][A-Za-z0-9_.-]{0,60})$/.exec(text.trim())?.[1] ?? null);

const sameLines = (text: string): string => text.replace(/\r\n?/g, '\n');

/** The hash that an approval is bound to: any edit of title, body or an answer that counts changes it. */
export const textHashOf = (issue: { title: string; body: string }, answers: readonly Answered[] = []): string =>
  hashOf({
    title: issue.title,
    body: sameLines(issue.body),
    ...(answers.length > 0 && { answers: answers.map(({ words }) => sameLines(words)) }),
  });

const NO_FORMS: FormFields = new Map();

/** What was said in comments beside the issue. */
export interface Said {
  readonly hints: readonly string[];
  readonly answers: readonly Answered[];
}
const NOTHING: Said = { hints: [], answers: [] };

/** GitHub takes titles of 256 characters. */
const MOST_OF_TITLE = 1000;
/** People are shown a few of them, and told how many there are. */
const MOST_HIDDEN = 100;

/** Of a comment as much is read. */
const MOST_SAID = 8000;

/** The last answer to this question. */
const answerTo = (answers: readonly Answered[], slot: string): string | undefined =>
  answers.findLast(({ words, to }) => to.includes(slot) && words !== '')?.words;

/** The ticket that an answer to the question for it names: alone, or within a sentence. */
const ticketAnswered = (words: string | undefined): string | null =>
  ticketId(words) ?? /\b([A-Za-z][A-Za-z0-9]{0,9}-[A-Za-z0-9-]{0,28}\d)\b/.exec(words ?? '')?.[1] ?? null;

/**
 * Reads a rejection from an issue: the form's fields in any order, a document in a block, or free text; all come to the
 * same. `given`: words in it that became rejections of their own; `forms`: the fields of the repository's own forms;
 * `said`: what stands in comments of it. Hidden text is taken out and listed, personal data replaced.
 * Never throws: what is missing is missing, and is asked for later.
 */
export function parseRejection(
  ref: RejectionRef,
  issue: { title: string; body: string; author: string; given?: readonly string[] },
  redactor: Redactor,
  forms: FormFields = NO_FORMS,
  said: Said = NOTHING,
): Rejection {
  const title = stripHidden(issue.title.slice(0, MOST_OF_TITLE));
  const body = stripHidden(issue.body.slice(0, 65_536));
  const { sections, problems } = read(body.visible, forms);
  const hinted = said.hints.map((hint) => stripHidden(hint.slice(0, MOST_SAID)));
  const answered = said.answers.map(({ words, to }) => ({ ...stripHidden(words.slice(0, MOST_SAID)), to }));
  const answers = answered.map(({ visible, to }) => ({ words: visible.trim(), to }));
  const { given = [] } = issue;
  // Each goes once, from where it was found when it was given away: a field, else the free text, else the title.
  const taken = new Set<string>();
  const left = (redacted: string): string =>
    given.reduce((text, quote) => {
      const rest = taken.has(quote) ? text : withoutQuote(text, quote);
      if (rest !== text) taken.add(quote);
      return rest;
    }, redacted);
  const fields = Object.fromEntries(
    [...sections]
      .filter(([key]) => key !== '' && key !== HEADINGS.trace)
      .map(([key, value]) => [redactor.redact(key), redactor.redact(value)] as const)
      .map(([key, value]) => [key, left(value)] as const)
      .filter(([, value]) => value.trim() !== ''),
  );
  const comment = left(redactor.redact(sections.get('') ?? ''));
  const pasted = sections.get(HEADINGS.trace);
  const trace = traceIn(answerTo(answers, 'trace')) ?? traceIn(pasted);
  return {
    ref,
    reporter: issue.author,
    title: left(redactor.redact(title.visible)).slice(0, 256),
    ticket:
      ticketAnswered(answerTo(answers, 'ticket')) ??
      ticketId(sections.get(HEADINGS.ticket)) ??
      TICKET.exec(body.visible)?.[1] ??
      null,
    comment,
    fields,
    hints: hinted.map(({ visible }) => redactor.redact(visible.trim())).filter((hint) => hint !== ''),
    answers: answers
      .map(({ words, to }) => ({ words: left(redactor.redact(words)), to }))
      .filter(({ words }) => words.trim() !== ''),
    annotations: annotationsIn(fields),
    pastedTrace: redactor.redactJson(trace),
    problems: pasted !== undefined && trace === null ? [...problems, { part: 'trace', words: '' }] : problems,
    hidden: [...title.hidden, ...body.hidden, ...[...hinted, ...answered].flatMap(({ hidden }) => hidden)].map(
      ({ what, text }, at) => ({ what, text: at < MOST_HIDDEN ? redactor.redact(text) : '' }),
    ),
    textHash: textHashOf(issue, said.answers),
  };
}

/** All that people said of it, for quotes and patterns: the reporter's own words, answers, and maintainers' hints. */
export const wordsOf = ({ title, hints, answers, comment, fields }: Rejection): string =>
  [title, ...hints, ...answers.map(({ words }) => words), comment, ...Object.values(fields)].join('\n');
