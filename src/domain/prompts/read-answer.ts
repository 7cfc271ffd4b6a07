import type { z } from 'zod';
import { capped, plainLine, quoted } from './plain.ts';

/** What a model's answer came to: a value that fits the schema, or what is wrong with it, in words it can act on. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: string[] };

const MOST_CHARACTERS = 60_000;
const MOST_DEPTH = 30;
const MOST_PROBLEMS = 10;

const wrong = (...problems: string[]): { ok: false; problems: string[] } => ({
  ok: false,
  problems: problems.slice(0, MOST_PROBLEMS),
});

/** Reads the one JSON object of an answer: bare, in a fenced block, or with prose around it. */
export function readAnswer<T>(text: string, schema: z.ZodType<T>): Answer<T> {
  if (text.length > MOST_CHARACTERS) return wrong(`the answer is longer than ${MOST_CHARACTERS} characters`);
  const json = jsonIn(text.trim());
  if (json === undefined) return wrong('the answer is not one complete JSON object');
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the object'}: ${message}`);
  return wrong(...problems.map((problem) => problem.slice(0, 300)));
}

/** Fenced blocks are preferred to what stands between the outermost braces; two blocks are no answer. */
function jsonIn(text: string): unknown {
  const blocks = [...text.matchAll(/^```(?:json)?[ ]*\n([\s\S]*?)\n```[ ]*$/gim)].map((found) => found[1]!);
  if (blocks.length > 1) return undefined;
  const between = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  for (const candidate of [...blocks, text, between]) {
    if (tooDeep(candidate) || candidate.includes('__proto__')) continue;
    try {
      return JSON.parse(candidate);
    } catch {
      // Not this one; the next candidate may be.
    }
  }
  return undefined;
}

/** Looked at before parsing: a schema check of thousands of nested lists overflows the stack. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '{' || char === '[') depth++;
    if (char === '}' || char === ']') depth--;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}

/** The only second chance that an answer gets: put behind the prompt that it answered. */
export const repairPrompt = (problems: readonly string[], answer = ''): string =>
  [
    ...(answer === '' ? [] : ['# Your answer', quoted(capped(answer, 8000))]),
    'Your answer could not be used:',
    ...problems.map((problem) => `- ${plainLine(problem, 300)}`),
    'Answer again with the whole corrected JSON object and nothing else.',
  ].join('\n');
