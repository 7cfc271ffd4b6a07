import { z } from 'zod';
import * as say from '../messages/reports.ts';
import { recordOf, seriesOf } from '../series-of.ts';
import { parseShape } from './parse-shape.ts';
import type { ReadReport, ReportedCase } from './report.ts';

const count = z.int().min(0);
const Failure = z.object({ message: z.string() });
const Score = z.object({ value: z.unknown(), explanation: z.string().nullish() });

const Sample = z.object({
  id: z.union([z.string().min(1), z.int()]),
  epoch: z.int().min(1),
  scores: recordOf(Score).nullish(),
  error: Failure.nullish(),
  invalidation: z.unknown().optional(),
});
type Sample = z.infer<typeof Sample>;

const Log = z.object({
  version: z.literal(2),
  status: z.string(),
  eval: z.object({
    dataset: z.object({ samples: count.nullish() }),
    config: z.object({
      epochs: z.int().min(1).nullish(),
      limit: z.unknown().optional(),
      sample_id: z.unknown().optional(),
    }),
    revision: z.object({ commit: z.string() }).nullish(),
  }),
  results: z
    .object({ total_samples: count, completed_samples: count, early_stopping: z.unknown().optional() })
    .nullish(),
  error: Failure.nullish(),
  invalidated: z.boolean().optional(),
  samples: seriesOf(Sample).nullish(),
});
type Log = z.infer<typeof Log>;

/** What Inspect's own `value_to_float` makes of words. */
const words = new Map([
  ['C', 1],
  ['P', 0.5],
  ['I', 0],
  ['N', 0],
  ['yes', 1],
  ['true', 1],
  ['no', 0],
  ['false', 0],
]);

/** Values as numbers; several for a scorer that gives several; null when one is neither number nor known word. */
function numbersIn(value: unknown): readonly number[] | null {
  if (typeof value === 'number') return [value];
  if (typeof value === 'boolean') return [value ? 1 : 0];
  if (typeof value === 'string') {
    const known = words.get(value) ?? words.get(value.toLowerCase());
    return known === undefined ? null : [known];
  }
  if (typeof value !== 'object' || value === null) return null;
  const parts = Object.values(value).map(numbersIn);
  return parts.length > 0 && parts.every((part) => part !== null) ? parts.flat() : null;
}

/** A sample is as good as its worst score, and good only when that is 1 or more. */
function readSample(sample: Sample, several: boolean): ReportedCase | { readonly problem: string } {
  const base = { id: String(sample.id), ...(several ? { repeat: sample.epoch } : {}) };
  if (sample.error) return { ...base, outcome: 'error', because: sample.error.message };
  if (sample.invalidation) return { ...base, outcome: 'error', because: say.invalidated };
  const scores = Object.values(sample.scores ?? {});
  if (scores.length === 0) return { ...base, outcome: 'error', because: say.notScored };
  const numbers = scores.map(({ value }) => numbersIn(value));
  if (!numbers.every((part) => part !== null)) return { problem: say.cases.unsureScore(base.id) };
  const score = numbers.flat().reduce((worst, number) => Math.min(worst, number));
  if (score >= 1) return { ...base, outcome: 'pass', because: '', score };
  const worst = scores.find((_, i) => numbers[i]?.includes(score));
  return { ...base, outcome: 'fail', because: worst?.explanation ?? `${JSON.stringify(worst?.value)}`, score };
}

/** Whether each sample that was to be run is there, once in each epoch. Cases that stand there twice are found elsewhere. */
function missingOf({ eval: { dataset, config }, samples }: Log): string | null {
  const { limit = null, sample_id: chosen = null } = config;
  if (chosen !== null || (limit !== null && typeof limit !== 'number')) return say.inspect.part;
  if (dataset.samples == null) return say.inspect.noDataset;
  const asked = Math.min(dataset.samples, limit ?? dataset.samples);
  const epochs = config.epochs ?? 1;
  const all = samples ?? [];
  if (all.length !== asked * epochs) return say.totals.differ('samples × epochs', asked * epochs, all.length);
  const ids = new Set(all.map(({ id }) => id)).size;
  if (ids !== asked) return say.totals.differ('samples', asked, ids);
  const last = all.reduce((most, { epoch }) => Math.max(most, epoch), 1);
  return last === epochs ? null : say.totals.differ('epochs', epochs, last);
}

/** What is wrong with the log as a whole. */
function problemOf(log: Log): string | null {
  if (log.status !== 'success') return say.inspect.notDone(log.status);
  if (log.error) return say.suite.stopped(log.error.message);
  if (log.invalidated === true) return say.inspect.invalid;
  if (!log.samples || !log.results) return say.inspect.noSamples;
  if (log.results.early_stopping) return say.inspect.stoppedEarly;
  const { total_samples: total, completed_samples: completed } = log.results;
  if (total !== log.samples.length) return say.totals.differ('total_samples', total, log.samples.length);
  const done = log.samples.filter(({ error }) => !error).length;
  return completed === done ? missingOf(log) : say.totals.differ('completed_samples', completed, done);
}

/** What `inspect log dump` prints of a log: format version 2. */
export function readInspect(text: string): ReadReport {
  const parsed = parseShape(text, Log);
  if ('problem' in parsed) return parsed;
  const log = parsed.value;
  const problem = problemOf(log);
  if (problem !== null) return { problem };
  const samples = log.samples ?? [];
  const several = samples.some(({ epoch }) => epoch > 1);
  const cases: ReportedCase[] = [];
  for (const sample of samples) {
    const one = readSample(sample, several);
    if ('problem' in one) return one;
    cases.push(one);
  }
  const { revision } = log.eval;
  return { cases, ...(revision && { commit: revision.commit }) };
}
