import { z } from 'zod';
import * as say from '../messages/reports.ts';
import { parseLines } from './parse-shape.ts';
import type { ReadReport, ReportedCase } from './report.ts';

const Spec = z.object({ spec: z.object({ run_id: z.string().min(1) }) });
const FinalReport = z.object({ final_report: z.record(z.string(), z.unknown()) });
const Event = z.object({
  run_id: z.string(),
  event_id: z.int(),
  sample_id: z.string().min(1),
  type: z.string(),
  data: z.unknown(),
});
type Event = z.infer<typeof Event>;
const Match = z.object({ correct: z.boolean(), expected: z.unknown().optional(), picked: z.unknown().optional() });
const Failure = z.object({ type: z.string().optional(), message: z.string().optional() });

const shown = (value: unknown): string => JSON.stringify(value ?? null);

/** What an event says of its sample; null when it is only told in passing. */
function verdictOf({ sample_id: id, type, data }: Event): ReportedCase | null {
  if (type === 'error') {
    const failure = Failure.safeParse(data);
    return { id, outcome: 'error', because: (failure.success && failure.data.message) || '' };
  }
  if (type !== 'match') return null;
  const match = Match.safeParse(data);
  if (!match.success) return { id, outcome: 'error', because: say.json.shape('data.correct') };
  if (match.data.correct) return { id, outcome: 'pass', because: '' };
  return { id, outcome: 'fail', because: `expected ${shown(match.data.expected)}, picked ${shown(match.data.picked)}` };
}

/** The events between the first and the last line: all of one run, none missing. */
function readEvents(
  lines: readonly unknown[],
  run: string,
): { readonly events: readonly Event[] } | { problem: string } {
  const events: Event[] = [];
  for (const [i, line] of lines.entries()) {
    if (FinalReport.safeParse(line).success) return { problem: say.openaiEvals.notLast };
    const event = Event.safeParse(line);
    if (!event.success) return { problem: say.json.line(i + 2, say.json.shape('')) };
    if (event.data.run_id !== run) return { problem: say.openaiEvals.otherRun(i + 2) };
    if (event.data.event_id !== i) return { problem: say.openaiEvals.gap(i + 2) };
    events.push(event.data);
  }
  return { events };
}

/** A sample that errs at any time is an error, one without a verdict too, one with two is two cases of one name. */
function casesOf(events: readonly Event[]): readonly ReportedCase[] {
  const bySample = new Map<string, ReportedCase[]>();
  for (const event of events) {
    const verdicts = bySample.get(event.sample_id) ?? [];
    const verdict = verdictOf(event);
    if (verdict !== null) verdicts.push(verdict);
    bySample.set(event.sample_id, verdicts);
  }
  return [...bySample].flatMap(([id, verdicts]): readonly ReportedCase[] => {
    const error = verdicts.find(({ outcome }) => outcome === 'error');
    if (error !== undefined) return [error];
    return verdicts.length > 0 ? verdicts : [{ id, outcome: 'error', because: say.openaiEvals.noVerdict }];
  });
}

/** The share of good cases that the final report names, where it names one, must be the one that the events come to. */
function wrongAccuracy(report: unknown, cases: readonly ReportedCase[]): boolean {
  const named = z.object({ accuracy: z.number() }).safeParse(report);
  const judged = cases.filter(({ outcome }) => outcome === 'pass' || outcome === 'fail');
  const good = judged.filter(({ outcome }) => outcome === 'pass');
  return named.success && judged.length > 0 && Math.abs(named.data.accuracy - good.length / judged.length) > 1e-6;
}

/** The record of `oaieval`: {"spec"}, events, {"final_report"}. */
export function readOpenaiEvals(text: string): ReadReport {
  const lines = parseLines(text);
  if ('problem' in lines) return lines;
  const spec = Spec.safeParse(lines.value[0]);
  if (!spec.success) return { problem: say.openaiEvals.noSpec };
  const last = FinalReport.safeParse(lines.value.at(-1));
  if (!last.success) {
    const early = lines.value.some((line) => FinalReport.safeParse(line).success);
    return { problem: early ? say.openaiEvals.notLast : say.openaiEvals.noFinalReport };
  }
  const read = readEvents(lines.value.slice(1, -1), spec.data.spec.run_id);
  if ('problem' in read) return read;
  const cases = casesOf(read.events);
  return wrongAccuracy(last.data.final_report, cases) ? { problem: say.totals.suiteDiffers('accuracy') } : { cases };
}
