import type { z } from 'zod';
import * as say from '../messages/reports.ts';
import { parseStrictJson } from './parse-strict-json.ts';

type Shaped<T> = { readonly value: T } | { readonly problem: string };

/** JSON of this shape; members that the shape does not name are left out. The first mistake by its path. */
export function parseShape<T>(text: string, shape: z.ZodType<T>): Shaped<T> {
  const json = parseStrictJson(text);
  if ('problem' in json) return json;
  const parsed = shape.safeParse(json.value);
  if (parsed.success) return { value: parsed.data };
  return { problem: say.json.shape((parsed.error.issues[0]?.path ?? []).map(String).join('.')) };
}

/** The lines of JSON Lines, each whole; a line without a value is a mistake. */
export function parseLines(text: string): Shaped<readonly unknown[]> {
  const lines = text.replace(/\r?\n$/, '').split('\n');
  const values: unknown[] = [];
  for (const [i, line] of lines.entries()) {
    const json = parseStrictJson(line);
    if ('problem' in json) return { problem: say.json.line(i + 1, json.problem) };
    values.push(json.value);
  }
  return { value: values };
}
