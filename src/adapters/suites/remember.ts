import { createHash } from 'node:crypto';
import { canonical } from '../../domain/hash.ts';
import * as say from '../../domain/messages/suites.ts';
import type { Json } from '../../domain/rejection.ts';
import type { ReadReport } from '../../domain/reports/report.ts';
import { lettingOthers } from '../../let-others.ts';
import type { CaseResult, Checkout, KeptOutput, Results, Suites } from '../../ports.ts';
import { memory } from './memory.ts';
import { runnerVersion } from './runner-version.ts';

/** Where an output came from. */
export type From = 'memory' | 'store' | 'sandbox';

/** What is remembered, for whom, and where. */
export interface Remembering {
  /** The name that the repository has for ever: two never share. */
  readonly repo: string;
  /** Tells apart what a step finds beside its tree: tools, Node, the machine's architecture. */
  readonly image: () => Promise<string>;
  /** This process's own. It may be shared by all repositories. */
  readonly memory: Results;
  /** What outlives the process; null where nothing does. */
  readonly store: Results | null;
  /** Told of each call how many outputs came from where. */
  readonly onOutputs?: (from: From, count: number) => void;
}

type Found = ReadonlyMap<string, { readonly kept: KeptOutput; readonly from: From }>;

const hashOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');

function countsOf<T>(names: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The output of a result, which is parsed only when somebody looks at it: many together would not fit into memory. */
const keptAs = (result: { readonly output: Json }, times: number): KeptOutput => ({
  times,
  get output() {
    return result.output;
  },
});

/** What is to be kept of results, by name. An error is not, nor is what came out differently in one call. */
async function toKeep(
  names: readonly string[],
  results: readonly CaseResult[],
): Promise<ReadonlyMap<string, KeptOutput | null>> {
  const kept = new Map<string, KeptOutput | null>();
  const letOthers = lettingOthers();
  for (const [i, name] of names.entries()) {
    await letOthers();
    const result = results[i];
    const before = kept.get(name);
    if (before === null || result?.status !== 'output') kept.set(name, null);
    else if (before === undefined) kept.set(name, keptAs(result, 1));
    else {
      const same = canonical(before.output) === canonical(result.output);
      kept.set(name, same ? keptAs(result, before.times + 1) : null);
    }
  }
  return kept;
}

/** What is found first of memory and store, and what is to be kept in both. */
function layersOf({ memory, store }: Pick<Remembering, 'memory' | 'store'>) {
  return {
    async find(place: string, names: readonly string[]): Promise<Found> {
      const remembered = await memory.get(place, names);
      const found = new Map([...remembered].map(([name, kept]) => [name, { kept, from: 'memory' as From }]));
      const missing = names.filter((name) => !found.has(name));
      if (store === null || missing.length === 0) return found;
      const stored = await store.get(place, missing);
      await memory.put(place, stored);
      for (const [name, kept] of stored) found.set(name, { kept, from: 'store' });
      return found;
    },
    async keep(place: string, outputs: ReadonlyMap<string, KeptOutput | null>): Promise<void> {
      await memory.put(place, outputs);
      await store?.put(place, outputs);
    },
  };
}

/** Nothing is found there, and all of these keep what is put. */
const puttingInto = (all: readonly Results[]): Results => ({
  get: async () => new Map(),
  put: async (place, outputs) => {
    for (const one of all) await one.put(place, outputs);
  },
});

/** Places of the inputs that have to be run. */
function missingOf(names: readonly string[], found: Found, together: boolean): readonly number[] {
  const counts = countsOf(names);
  const places = [...names.keys()];
  const missing = places.filter((i) => {
    const name = names[i] ?? '';
    return (found.get(name)?.kept.times ?? 0) < (counts.get(name) ?? 1);
  });
  // Lines share a process: it could answer the few that failed before otherwise when they come alone.
  return missing.length > 0 && together ? places : missing;
}

const resultOf = (kept: KeptOutput): CaseResult => ({
  status: 'output',
  get output() {
    return kept.output;
  },
});

/** What was found, and what was run at the places that were missing. */
function merged(
  names: readonly string[],
  found: Found,
  missing: readonly number[],
  fresh: readonly CaseResult[],
): readonly { readonly from: From; readonly result: CaseResult }[] {
  const run = new Map(missing.map((i, at) => [i, fresh[at] ?? { status: 'error' as const, because: say.noAnswer }]));
  return names.map((name, i) => {
    const result = run.get(i);
    const one = found.get(name);
    if (result !== undefined || one === undefined)
      return { from: 'sandbox', result: result ?? { status: 'error', because: say.noAnswer } };
    return { from: one.from, result: resultOf(one.kept) };
  });
}

/** Under this name a whole report is kept. */
const REPORT = 'report';

/**
 * Suites that keep outputs by everything that they depend on: repository, tree, dependencies, command, input, tools,
 * architecture and the code that runs them. Never kept are errors, what noisy suites gave, and what came out differently within one call.
 * An input that is asked for five times in one call is run, unless it was run so often in one call before. What is about
 * real people stays in memory.
 */
export function remembering(suites: Suites, how: Remembering): Suites {
  const { repo, image, onOutputs = () => {} } = how;
  const everywhere = layersOf(how);
  const here = layersOf({ ...how, store: null });
  // The tree of a checkout is what lies there, without what was left out.
  const placeOf = async ({ tree, prepared }: Checkout, what: unknown): Promise<string> =>
    hashOf({ repo, tree, prepared: prepared?.key ?? null, what, image: await image(), runner: runnerVersion() });
  return {
    anew: () => {
      const into = [how.memory, ...(how.store === null ? [] : [how.store])];
      return remembering(suites.anew(), { ...how, memory: memory(), store: puttingInto(into) });
    },
    async report(checkout, report, signal) {
      const place = report.deterministic ? await placeOf(checkout, { report }) : null;
      const known = place === null ? undefined : (await everywhere.find(place, [REPORT])).get(REPORT);
      onOutputs(known?.from ?? 'sandbox', 1);
      if (known !== undefined) return known.kept.output as unknown as ReadReport;
      const fresh = await suites.report(checkout, report, signal);
      const output = 'cases' in fresh ? { output: fresh as unknown as Json, times: 1 } : null;
      if (place !== null && signal?.aborted !== true) await everywhere.keep(place, new Map([[REPORT, output]]));
      return fresh;
    },
    async outputs(checkout, step, inputs, signal) {
      // Another run may come out differently: that is what it is asked for.
      if (step.deterministic === false) {
        onOutputs('sandbox', inputs.length);
        return suites.outputs(checkout, step, inputs, signal);
      }
      const { run, lines, timeout } = step;
      const { find, keep } = step.personal ? here : everywhere;
      const place = await placeOf(checkout, { run, lines, timeout });
      const names = inputs.map(hashOf);
      const found = await find(place, names);
      const missing = missingOf(names, found, lines);
      const asked = missing.map((i) => inputs[i] as Json);
      const fresh = missing.length === 0 ? [] : await suites.outputs(checkout, step, asked, signal);
      const all = merged(names, found, missing, fresh);
      for (const [from, count] of countsOf(all.map((one) => one.from))) onOutputs(from, count);
      // A run that was cut off says nothing of what was kept.
      const ran = missing.map((i) => names[i] as string);
      if (ran.length > 0 && signal?.aborted !== true) await keep(place, await toKeep(ran, fresh));
      return all.map(({ result }) => result);
    },
  };
}
