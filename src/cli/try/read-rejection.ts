import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { tried as say } from '../../domain/messages/cli.ts';
import type { LocalIssue } from './local-forge.ts';

/** A rejection as a file: the fields of the issue form by heading, or the whole text. Other keys are left alone. */
const RejectionFile = z.object({
  title: z.string().optional(),
  form: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
});

export interface Given {
  readonly ticket?: string;
  readonly say?: string;
  readonly rejection?: string;
}

const sections = (form: Readonly<Record<string, string>>): string =>
  Object.entries(form)
    .map(([heading, text]) => `### ${heading}\n\n${text}`)
    .join('\n\n');

async function fromFile(file: string): Promise<LocalIssue> {
  const text = await readFile(file, 'utf8');
  if (!/\.json$/i.test(file)) {
    const [, title, body] = /^# +(.+)\n([\s\S]*)$/.exec(text) ?? [];
    return { title: title?.trim() ?? '', body: body ?? text };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(say.badFile(file));
  }
  const parsed = RejectionFile.safeParse(json);
  if (!parsed.success) throw new Error(say.badFile(file));
  const { title, form, body } = parsed.data;
  if (form === undefined && body === undefined) throw new Error(say.badFile(file));
  return { title: title ?? '', body: [body ?? '', sections(form ?? {})].join('\n\n') };
}

/** The rejection as an issue would hold it. Throws in words when something is missing or unreadable. */
export async function readRejection(given: Given): Promise<LocalIssue> {
  const { ticket, say: words, rejection } = given;
  const missing = [...(words === undefined ? [say.noWords] : []), ...(ticket === undefined ? [say.noTicket] : [])];
  if (rejection === undefined && missing.length > 0) throw new Error(missing.join('\n'));
  const read = rejection === undefined ? { title: '', body: '' } : await fromFile(rejection);
  // Of two sections with one heading the words of both count, so an id that is given here replaces the file's.
  const body = ticket === undefined ? read.body : read.body.replace(/^### +Ticket *\n+[^\n]*\n*/im, '');
  const parts = [words ?? '', body, ticket === undefined ? '' : `### Ticket\n\n${ticket}`];
  return {
    title: read.title === '' ? say.title(ticket ?? '') : read.title,
    body: parts.filter((part) => part.trim() !== '').join('\n\n'),
  };
}
