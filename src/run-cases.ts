import { assertCase } from './domain/assert-case.ts';
import type { Case } from './domain/case.ts';
import type { Configuration } from './domain/configuration.ts';
import type { SideResult } from './domain/judge.ts';
import * as say from './domain/messages/gate.ts';
import { lettingOthers } from './let-others.ts';
import type { CaseResult, Checkout, Ports } from './ports.ts';

/** As it is, for the next round; what people see goes through `say.finding`. */
const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 200 ? `${text.slice(0, 197)}…` : text;
};

/** What an output comes to against a case's expectations. */
export function judgeOutput(result: CaseResult, of: Case): SideResult {
  if (result.status === 'error') return { outcome: 'error', because: say.itsWords(result.because) };
  const failed = assertCase(result.output, of.expect).filter((finding) => !finding.passed);
  const first = failed[0];
  if (first === undefined) return { outcome: 'pass', because: 'green' };
  const expected = `${first.path || '/'} ${first.op} ${brief(first.expected)}`;
  const got = brief(first.got);
  return { outcome: 'fail', because: say.finding(first.path, first.op, brief(first.expected), got), expected, got };
}

/** Steps whose outputs are held at once. */
const STEPS_AT_ONCE = 4;

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Runs cases on a laid-out tree, one sandbox per step, some side by side, and asserts their outputs here, where no
 * candidate can reach. A step is asked in the order of the inputs' texts, which tells nothing of what a case is for. One
 * result per case, in order: what did not run is an error, never left out.
 */
export async function runCases(
  ports: Pick<Ports, 'suites'>,
  configuration: Configuration,
  checkout: Checkout,
  cases: readonly Case[],
  signal?: AbortSignal,
): Promise<readonly SideResult[]> {
  const results: SideResult[] = cases.map(() => ({ outcome: 'missing', because: say.notRun }));
  const runStep = async (step: Configuration['steps'][number]) => {
    const mine = cases.map((of, index) => ({ of, index })).filter(({ of }) => of.step === step.name);
    mine.sort((a, b) => compareTexts(JSON.stringify(a.of.input), JSON.stringify(b.of.input)));
    if (mine.length === 0) return;
    const outputs = await ports.suites.outputs(
      checkout,
      step,
      mine.map(({ of }) => of.input),
      signal,
    );
    const letOthers = lettingOthers();
    for (const [i, { of, index }] of mine.entries()) {
      await letOthers();
      const output = outputs[i];
      if (output !== undefined) results[index] = judgeOutput(output, of);
    }
  };
  const waiting = configuration.steps.values();
  const worker = async () => {
    // One iterator for all workers: each takes the next step.
    for (const step of waiting) await runStep(step);
  };
  await Promise.all(Array.from({ length: STEPS_AT_ONCE }, worker));
  return results;
}
