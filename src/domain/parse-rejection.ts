import { z } from 'zod';
import { Json_ } from './case.ts';
import { hashOf } from './hash.ts';
import { stripHidden } from './hidden-text.ts';
import { headingOf } from './markdown.ts';
import type { Redactor } from './redact.ts';
import type { Rejection, RejectionRef, Trace } from './rejection.ts';

/** A pipeline's trace as the replay command prints it and a reporter may paste it. */
export const TraceShape = z.object({
  steps: z
    .array(z.object({ step: z.string().min(1).max(60), input: Json_, output: Json_ }))
    .min(1)
    .max(50),
});

/** What GitHub's issue forms put where a field was left empty. */
const NO_RESPONSE = /^_no response_$/i;

/** The sections of an issue form by heading; what stands before the first heading is under ''. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let heading = '';
  for (const line of text.split('\n')) {
    const found = headingOf(line, [2, 3]);
    if (found !== null) heading = found.toLowerCase();
    else sections.set(heading, `${sections.get(heading) ?? ''}${line}\n`);
  }
  const filled = [...sections].map(([key, value]) => [key, value.trim()] as const);
  return new Map(filled.filter(([, value]) => value !== '' && !NO_RESPONSE.test(value)));
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

/** The hash that an approval is bound to: any edit of title or body changes it. */
export const textHashOf = (issue: { title: string; body: string }): string =>
  hashOf({ title: issue.title, body: issue.body.replace(/\r\n?/g, '\n') });

/**
 * Reads a rejection from an issue: the form's fields in any order, or free text. Hidden text is taken out and listed,
 * personal data replaced. Never throws: what is missing is missing, and is asked for later.
 */
export function parseRejection(
  ref: RejectionRef,
  issue: { title: string; body: string; author: string },
  redactor: Redactor,
): Rejection {
  const title = stripHidden(issue.title);
  const body = stripHidden(issue.body.slice(0, 65_536));
  const sections = sectionsOf(body.visible);
  const fields = Object.fromEntries(
    [...sections].filter(([key]) => key !== '' && key !== 'trace').map(([key, value]) => [key, redactor.redact(value)]),
  );
  return {
    ref,
    reporter: issue.author,
    title: redactor.redact(title.visible).slice(0, 256),
    ticket: ticketId(sections.get('ticket')) ?? TICKET.exec(body.visible)?.[1] ?? null,
    comment: redactor.redact(sections.get('') ?? ''),
    fields,
    pastedTrace: redactor.redactJson(traceIn(sections.get('trace'))),
    hidden: [...title.hidden, ...body.hidden],
    textHash: textHashOf(issue),
  };
}

/** All the reporter's own words, for quotes and patterns. */
export const wordsOf = (rejection: Rejection): string =>
  [rejection.title, rejection.comment, ...Object.values(rejection.fields)].join('\n');
