import { z } from 'zod';
import * as say from '../messages/reports.ts';
import { parseLines } from './parse-shape.ts';
import type { ReadReport, ReportedCase } from './report.ts';

const Commit = z.strictObject({ commit: z.string() });
const End = z.strictObject({ end: z.int() });
/** Strict: a member that is not known here may say how the case went. */
const Line = z.strictObject({
  id: z.string(),
  step: z.string().optional(),
  pass: z.boolean().optional(),
  outcome: z.enum(['pass', 'fail', 'error', 'skip']).optional(),
  because: z.string().optional(),
  score: z.number().optional(),
  cause: z.string().min(1).optional(),
  repeat: z.int().optional(),
});

const isMark = (value: unknown): boolean => Commit.safeParse(value).success || End.safeParse(value).success;

/** A line that says neither or both of “pass” and “outcome” is no case. */
function readLine(value: unknown): ReportedCase | null {
  const line = Line.safeParse(value);
  if (!line.success) return null;
  const { id, pass, outcome, because, score, cause, repeat } = line.data;
  if ((pass === undefined) === (outcome === undefined)) return null;
  return {
    id,
    outcome: outcome ?? (pass === true ? 'pass' : 'fail'),
    because: because ?? '',
    ...(score === undefined ? {} : { score }),
    ...(cause === undefined ? {} : { cause }),
    ...(repeat === undefined ? {} : { repeat }),
  };
}

/** Our own form: perhaps {"commit"}, then one line for each case, then {"end": number of cases}. */
export function readJsonl(text: string): ReadReport {
  const lines = parseLines(text);
  if ('problem' in lines) return lines;
  const end = End.safeParse(lines.value.at(-1));
  if (!end.success) return { problem: say.lines.noEnd };
  const first = Commit.safeParse(lines.value[0]);
  const start = first.success ? 1 : 0;
  const cases: ReportedCase[] = [];
  for (const [i, value] of lines.value.slice(start, -1).entries()) {
    const one = readLine(value);
    if (one === null) return { problem: (isMark(value) ? say.lines.misplaced : say.lines.notACase)(i + start + 1) };
    cases.push(one);
  }
  if (end.data.end !== cases.length) return { problem: say.totals.differ('end', end.data.end, cases.length) };
  return first.success ? { cases, commit: first.data.commit } : { cases };
}
