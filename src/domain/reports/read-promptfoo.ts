import { z } from 'zod';
import { hashOf, short } from '../hash.ts';
import * as say from '../messages/reports.ts';
import { seriesOf } from '../series-of.ts';
import { parseShape } from './parse-shape.ts';
import { joinId, type ReadReport, type ReportedCase } from './report.ts';

const count = z.int().min(0);

const TestCase = z.object({
  description: z.string().nullish(),
  vars: z.unknown().optional(),
  assert: z.unknown().optional(),
});

const Judged = {
  score: z.number(),
  /** 0 none, 1 an assertion, 2 an error; not there in the oldest files. */
  failureReason: z.int().min(0).max(2).optional(),
  error: z.string().nullish(),
  gradingResult: z.object({ reason: z.string().nullish() }).nullish(),
};

const Result = z.object({
  ...Judged,
  success: z.boolean(),
  testIdx: count,
  promptIdx: count,
  provider: z.object({ id: z.string().nullish(), label: z.string().nullish() }),
  testCase: TestCase,
});

const Cell = z.object({ ...Judged, pass: z.boolean(), text: z.string().nullish() });

const Stats = z.object({ successes: count, failures: count, errors: count.optional() });
type Stats = z.infer<typeof Stats>;

const Results = z.object({ version: z.literal(3), results: seriesOf(Result), stats: Stats });
type Results = z.infer<typeof Results>;

const Table = z.object({
  version: z.literal(2),
  stats: Stats,
  table: z.object({
    head: z.object({ prompts: seriesOf(z.object({ provider: z.string().nullish() })) }),
    body: seriesOf(z.object({ outputs: seriesOf(Cell), vars: seriesOf(z.unknown()), test: TestCase })),
  }),
});
type Table = z.infer<typeof Table>;

const File = z.object({ results: z.discriminatedUnion('version', [Results, Table]) });

/** One output of the matrix of tests and prompts, whichever version wrote it. */
interface Output {
  readonly test: z.infer<typeof TestCase>;
  readonly testIdx: number;
  readonly promptIdx: number;
  readonly provider: string;
  readonly good: boolean;
  readonly result: z.infer<z.ZodObject<typeof Judged>>;
}

/** A test is known by what it declares; two that declare the same are repetitions of one. */
function idOf({ test, provider, promptIdx }: Output): string {
  const name = test.description ?? JSON.stringify(test.vars ?? {});
  const declared = hashOf({ description: test.description, vars: test.vars, assert: test.assert });
  return `${joinId([name.slice(0, 120), provider.slice(0, 60), `prompt ${promptIdx + 1}`])} #${short(declared)}`;
}

function readOne(output: Output): ReportedCase | { readonly problem: string } {
  const { result, good } = output;
  const base = { id: idOf(output) };
  const reason = result.failureReason ?? (good ? 0 : result.gradingResult || !result.error ? 1 : 2);
  if (good !== (reason === 0)) return { problem: say.promptfoo.contradicts(base.id) };
  if (good) return { ...base, outcome: 'pass', because: '', score: result.score };
  if (reason === 2) return { ...base, outcome: 'error', because: result.error ?? '' };
  return { ...base, outcome: 'fail', because: result.gradingResult?.reason ?? result.error ?? '', score: result.score };
}

/** The oldest files count errors among the failures. */
function wrongTotal(stats: Stats, cases: readonly ReportedCase[]): string | null {
  const of = (outcome: string) => cases.filter((one) => one.outcome === outcome).length;
  const failures = stats.errors === undefined ? of('fail') + of('error') : of('fail');
  if (stats.successes !== of('pass')) return say.totals.differ('successes', stats.successes, of('pass'));
  if (stats.failures !== failures) return say.totals.differ('failures', stats.failures, failures);
  return (stats.errors ?? of('error')) === of('error') || stats.errors === undefined
    ? null
    : say.totals.differ('errors', stats.errors, of('error'));
}

function readOutputs(outputs: readonly Output[], stats: Stats): ReadReport {
  const places = new Set<string>();
  const repeats = new Map<string, ReportedCase[]>();
  const cases: ReportedCase[] = [];
  for (const output of outputs.toSorted((a, b) => a.testIdx - b.testIdx || a.promptIdx - b.promptIdx)) {
    const one = readOne(output);
    if ('problem' in one) return one;
    const place = `${output.testIdx} ${output.promptIdx}`;
    if (places.has(place)) return { problem: say.cases.twice(one.id) };
    places.add(place);
    const same = repeats.get(one.id) ?? [];
    repeats.set(one.id, same);
    same.push(one);
    cases.push({ ...one, repeat: same.length });
  }
  const problem = wrongTotal(stats, cases);
  if (problem !== null) return { problem };
  const again = (id: string) => (repeats.get(id)?.length ?? 0) > 1;
  return {
    cases: cases.map(({ repeat, ...one }) => (again(one.id) && repeat !== undefined ? { ...one, repeat } : one)),
  };
}

function readResults({ results, stats }: Results): ReadReport {
  const outputs = results.map((result) => ({
    test: result.testCase,
    testIdx: result.testIdx,
    promptIdx: result.promptIdx,
    provider: result.provider.label || result.provider.id || '',
    good: result.success,
    result,
  }));
  return readOutputs(outputs, stats);
}

function readTable({ table, stats }: Table): ReadReport {
  const uneven = table.body.findIndex(({ outputs }) => outputs.length !== table.head.prompts.length);
  if (uneven >= 0) return { problem: say.json.shape(`results.table.body.${uneven}.outputs`) };
  const outputs = table.body.flatMap((row, testIdx) =>
    row.outputs.map((result, promptIdx) => ({
      test: row.test,
      testIdx,
      promptIdx,
      provider: table.head.prompts[promptIdx]?.provider ?? '',
      good: result.pass,
      result: { ...result, error: result.error ?? result.text },
    })),
  );
  return readOutputs(outputs, stats);
}

/** The file of `promptfoo eval -o report.json`: version 3 as a list of results, version 2 as a table. */
export function readPromptfoo(text: string): ReadReport {
  const file = parseShape(text, File);
  if ('problem' in file) return file;
  const { results } = file.value;
  return results.version === 2 ? readTable(results) : readResults(results);
}
