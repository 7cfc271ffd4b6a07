import { z } from 'zod';
import { Annotations, type FieldId, HEADINGS } from './annotations.ts';
import { fencesIn } from './fences.ts';
import * as say from './messages/intake.ts';
import { TraceShape } from './trace-shape.ts';

/** A rejection as programs write it. The same as what an issue form asks for, as data. */
export const RejectionDocument = z.strictObject({
  version: z.literal(1).describe('The version of this format'),
  title: z.string().trim().min(1).max(256).describe('In one line, what was wrong'),
  ticket: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$/, 'must be the id of a stored ticket')
    .optional()
    .describe('What the replay command is asked for'),
  comment: z.string().trim().min(1).max(20_000).describe('What was wrong, in the words of whoever rejects it'),
  ...Annotations.shape,
  trace: TraceShape.optional().describe('What each step took and gave, as the replay command prints it'),
});
export type RejectionDocument = z.infer<typeof RejectionDocument>;

const OPEN = /^`{3,}(?:json )?corrigible-rejection[ \t]*$/;

/** A text without the block, and what stands in the block; null where there is none, or it does not end. */
export function cutBlock(text: string): { readonly rest: string; readonly block: string | null } {
  const lines = text.split('\n');
  const fences = fencesIn(lines);
  // In a fence of its own it is something that was pasted.
  const open = lines.findIndex((line, at) => fences[at] === 'open' && OPEN.test(line));
  if (open === -1) return { rest: text, block: null };
  const close = lines.findIndex((_, at) => at > open && fences[at] !== 'inside');
  const end = close === -1 ? lines.length : close;
  const rest = [...lines.slice(0, open), ...lines.slice(end + 1)].join('\n');
  return { rest, block: lines.slice(open + 1, end).join('\n') };
}

/** The document, or every mistake in words. Never throws. */
export function readDocument(
  text: string,
): { readonly document: RejectionDocument } | { readonly problems: readonly string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problems: [say.notJson((error as Error).message)] };
  }
  const parsed = RejectionDocument.safeParse(json);
  if (parsed.success) return { document: parsed.data };
  return {
    problems: parsed.error.issues.slice(0, 10).map((issue) => say.badPart(issue.path.join('.'), issue.message)),
  };
}

/** The document's parts under the headings of an issue form, in the form's order. */
export function sectionsOfDocument(document: RejectionDocument): ReadonlyMap<string, string> {
  const { ticket, step, expected, often, preferred, adoption, knowledge, missing, trace, comment } = document;
  const parts: Readonly<Partial<Record<FieldId, string | undefined>>> = {
    ticket,
    step,
    observed: comment,
    expected,
    often: often === 'once' ? 'Only this once' : often === 'always' ? 'Always' : undefined,
    better: preferred?.better,
    worse: preferred?.worse,
    adoption,
    knowledge: knowledge?.map(({ article, relevant }) => `${article}: ${relevant ? 'yes' : 'no'}`).join('\n'),
    missing,
    trace: trace === undefined ? undefined : JSON.stringify(trace),
  };
  return new Map(
    Object.entries(parts).flatMap(([id, text]) =>
      text === undefined ? [] : [[HEADINGS[id as FieldId], text] as const],
    ),
  );
}

/** The document as the body of an issue, for people to read and for the app to read again. */
export const documentBlock = (document: RejectionDocument): string =>
  `\`\`\`json corrigible-rejection\n${JSON.stringify(document, null, 2)}\n\`\`\``;
