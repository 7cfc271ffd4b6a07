import { type GoldCases, goldCases, patched } from '../../domain/bench/gold.ts';
import { type Cheat, cheats, isCaught } from '../../domain/bench/hard-code.ts';
import type { Proven } from '../../domain/bench/outcome.ts';
import { matched } from '../../domain/bench/score.ts';
import type { Fault, TranslationCase } from '../../domain/bench/translation-case.ts';
import type { Case } from '../../domain/case.ts';
import type { SideResult } from '../../domain/judge.ts';
import { mutationsOf } from '../../domain/mutate-step.ts';
import type { Spec } from '../../domain/spec.ts';
import { layOut } from '../../lay-out.ts';
import { runCases } from '../../run-cases.ts';
import type { Bench } from './open-bench.ts';

/** Wrong variants that are tried of each right fix, at most, and how many are drawn to find those in its lines. */
const MUTANTS = 4;
const DRAWN = 200;
const SEED = 20_260_701;

/** The right fix of a fault as a tree, with the files that it changes. */
export interface GoldTree {
  readonly tree: string;
  readonly files: Readonly<Record<string, string | null>>;
  readonly cases: GoldCases;
}

const readAt = (bench: Bench, tree: string) => (path: string) => bench.ports.repository.read(tree, path);

/** Outcomes of cases on a tree, in order. */
export async function runOn(bench: Bench, tree: string, cases: readonly Case[]): Promise<readonly SideResult[]> {
  const { ports, base } = bench;
  if (cases.length === 0) return [];
  const checkout = await layOut(ports, base, tree);
  try {
    return await runCases(ports, base.configuration, checkout, cases);
  } finally {
    await checkout.dispose();
  }
}

/** What the step of a fault took in the trace; undefined where there is no such trace. */
const inputOf = (bench: Bench, one: TranslationCase, fault: Fault) =>
  bench.traceOf(fault.ticket ?? one.ticket ?? '')?.steps.find(({ step }) => step === fault.step)?.input;

/** The tree with the right fix and its cases, or what of the case does not fit base. */
export async function goldTree(
  bench: Bench,
  one: TranslationCase,
  fault: Fault,
): Promise<GoldTree | { readonly problem: string }> {
  const input = inputOf(bench, one, fault);
  if (input === undefined) return { problem: 'trace' };
  const cases = goldCases(fault, input);
  if ('misfit' in cases) return { problem: cases.misfit };
  const made = await patched(fault.patch, readAt(bench, bench.tree));
  if ('problem' in made) return made;
  const tree = await bench.ports.repository.withFiles(bench.tree, made.files);
  return { tree, files: made.files, cases };
}

/** Lines of the fixed file that base's has not. */
function newLines(before: string, after: string): ReadonlySet<number> {
  const known = new Set(before.split('\n'));
  return new Set(after.split('\n').flatMap((line, i) => (known.has(line) ? [] : [i + 1])));
}

/** Small changes of the lines that the right fix brought: trees that are wrong by the case's own cases. */
async function mutantsOf(bench: Bench, fault: Fault, gold: GoldTree): Promise<readonly string[]> {
  const { repository } = bench.ports;
  const read = readAt(bench, gold.tree);
  const lines = new Map<string, ReadonlySet<number>>();
  for (const [file, text] of Object.entries(gold.files))
    if (text !== null) lines.set(file, newLines((await repository.read(bench.tree, file)) ?? '', text));
  const drawn = await mutationsOf(fault.step, [[...lines.keys()]], read, { count: DRAWN, seed: SEED });
  const inside = drawn.filter(({ file, line }) => lines.get(file)?.has(line)).slice(0, MUTANTS);
  const { acceptance, holdOuts, guards } = gold.cases;
  const wrong: string[] = [];
  for (const { file, text } of inside) {
    const tree = await repository.withFiles(gold.tree, { [file]: text });
    const results = await runOn(bench, tree, [...acceptance, ...holdOuts, ...guards]);
    // One that errs is found by anything at all.
    if (results.some(({ outcome }) => outcome === 'fail') && results.every(({ outcome }) => outcome !== 'error'))
      wrong.push(tree);
  }
  return wrong;
}

const all = (results: readonly SideResult[], outcome: 'pass' | 'fail'): boolean =>
  results.length > 0 && results.every((one) => one.outcome === outcome);

async function proveSpec(
  bench: Bench,
  { one, fault, index, spec }: { one: TranslationCase; fault: Fault; index: number; spec: Spec },
): Promise<Proven> {
  const nothing = Object.fromEntries(cheats.map((cheat) => [cheat, false])) as Record<Cheat, boolean>;
  const red = await runOn(bench, bench.tree, [...spec.acceptance, ...spec['hold-outs']]);
  const redOnBase = all(red.slice(0, spec.acceptance.length), 'fail');
  const gold = await goldTree(bench, one, fault);
  if ('problem' in gold) return { fault: index, redOnBase, greenOnGold: false, caught: nothing, mutants: 0, killed: 0 };
  const cases = [...spec.acceptance, ...spec['hold-outs'], ...spec.guards];
  const fixed = await runOn(bench, gold.tree, cases);
  // What is wrong of the right fix proves nothing against a wrong one.
  const isRight = (i: number) => fixed[i]?.outcome === 'pass';
  const holdOuts = spec['hold-outs'].filter((_, i) => {
    const at = spec.acceptance.length + i;
    return red[at]?.outcome === 'fail' && isRight(at);
  });
  const right = cases.filter((_, i) => isRight(i));
  const mutants = await mutantsOf(bench, fault, gold);
  let killed = 0;
  for (const tree of mutants) {
    const results = await runOn(bench, tree, right);
    if (results.some(({ outcome }) => outcome === 'fail')) killed += 1;
  }
  return {
    fault: index,
    redOnBase,
    greenOnGold: all(fixed.slice(0, spec.acceptance.length), 'pass'),
    caught: Object.fromEntries(cheats.map((cheat) => [cheat, isCaught(cheat, spec.acceptance, holdOuts)])) as Record<
      Cheat,
      boolean
    >,
    mutants: mutants.length,
    killed,
  };
}

/** What the cases of posted specs come to, beside the faults that they are about. */
export async function proveSpecs(
  bench: Bench,
  one: TranslationCase,
  specs: readonly Spec[],
): Promise<readonly Proven[]> {
  const proven: Proven[] = [];
  for (const [index, [fault, spec]] of matched(one.faults, specs).entries())
    if (spec !== null) proven.push(await proveSpec(bench, { one, fault, index, spec }));
  return proven;
}
