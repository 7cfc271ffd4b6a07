import { hashOf } from '../../domain/hash.ts';
import * as say from '../../domain/messages/suites.ts';
import type { Json } from '../../domain/rejection.ts';
import type { ReadReport } from '../../domain/reports/report.ts';
import type { CaseResult, Checkout, Suites } from '../../ports.ts';

/** What is remembered at most, in characters of JSON. */
const MOST = 32 * 1024 * 1024;

type Step = Parameters<Suites['outputs']>[1];

/** Outputs by what they depend on, the longest unused forgotten first. */
function memory(): { get(key: string): Json | undefined; set(key: string, output: Json): void } {
  const texts = new Map<string, string>();
  let size = 0;
  const drop = (key: string) => {
    size -= texts.get(key)?.length ?? 0;
    texts.delete(key);
  };
  return {
    get: (key) => {
      const text = texts.get(key);
      if (text === undefined) return undefined;
      texts.delete(key);
      texts.set(key, text);
      return JSON.parse(text) as Json;
    },
    set: (key, output) => {
      drop(key);
      const text = JSON.stringify(output);
      texts.set(key, text);
      size += text.length;
      for (const oldest of texts.keys()) {
        if (size <= MOST) break;
        drop(oldest);
      }
    },
  };
}

/** Everything that an output depends on: whose repository, which tree, which command, which input. */
const keysOf = (checkout: Checkout, step: Step, inputs: readonly Json[]): readonly string[] => {
  const common = { gitDir: checkout.gitDir, tree: checkout.tree, run: step.run, lines: step.lines };
  return inputs.map((input) => hashOf({ ...common, input }));
};

/**
 * Suites that remember outputs of the very same tree, command and input, for this process and one repository. Errors
 * are never remembered, and inputs that are asked for twice in one call are run twice: a case that must be red five
 * times of five is. `onOutputs` is told of each call how many outputs were remembered and how many had to be run.
 */
export function remembering(suites: Suites, onOutputs: (remembered: number, run: number) => void = () => {}): Suites {
  const known = memory();
  return {
    async report(checkout, report, signal) {
      if (!report.deterministic) {
        onOutputs(0, 1);
        return suites.report(checkout, report, signal);
      }
      const key = hashOf({ gitDir: checkout.gitDir, tree: checkout.tree, report });
      const remembered = known.get(key) as ReadReport | undefined;
      onOutputs(remembered === undefined ? 0 : 1, remembered === undefined ? 1 : 0);
      if (remembered !== undefined) return remembered;
      const fresh = await suites.report(checkout, report, signal);
      if ('cases' in fresh) known.set(key, fresh as unknown as Json);
      return fresh;
    },
    async outputs(checkout, step, inputs, signal) {
      // Another run may come out differently: that is what it is asked for.
      if (step.deterministic === false) {
        onOutputs(0, inputs.length);
        return suites.outputs(checkout, step, inputs, signal);
      }
      const keys = keysOf(checkout, step, inputs);
      const results: (CaseResult | null)[] = keys.map((key) => {
        const output = known.get(key);
        return output === undefined ? null : { status: 'output', output };
      });
      const all = results.every((result) => result !== null);
      // Lines share a process: it could answer the few that failed before otherwise when they come alone.
      const missing = [...results.keys()].filter((i) => !all && (step.lines || results[i] === null));
      onOutputs(results.length - missing.length, missing.length);
      if (missing.length === 0) return results as CaseResult[];
      const fresh = await suites.outputs(
        checkout,
        step,
        missing.map((i) => inputs[i] as Json),
        signal,
      );
      for (const [at, i] of missing.entries()) {
        const result = fresh[at] ?? { status: 'error', because: say.noAnswer };
        results[i] = result;
        const key = keys[i];
        if (result.status === 'output' && key !== undefined) known.set(key, result.output);
      }
      return results as CaseResult[];
    },
  };
}
