import { assertCase } from './domain/assert-case.ts';
import type { Case } from './domain/case.ts';
import type { Configuration } from './domain/configuration.ts';
import type { SideResult } from './domain/judge.ts';
import * as say from './domain/messages/gate.ts';
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

/** How long others may be kept waiting while outputs are compared. */
const BUSY_MS = 50;

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Runs cases on a laid-out tree, one sandbox per step, side by side, and asserts their outputs here, where no
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
    let since = performance.now();
    for (const [i, { of, index }] of mine.entries()) {
      if (performance.now() - since > BUSY_MS) {
        await new Promise(setImmediate);
        since = performance.now();
      }
      const output = outputs[i];
      if (output !== undefined) results[index] = judgeOutput(output, of);
    }
  };
  await Promise.all(configuration.steps.map(runStep));
  return results;
}
