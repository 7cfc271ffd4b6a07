import { cheats, isCaught } from '../../domain/bench/hard-code.ts';
import { bodyOf, type Fault, type TranslationCase } from '../../domain/bench/translation-case.ts';
import { globMatcher } from '../../domain/glob.ts';
import type { SideResult } from '../../domain/judge.ts';
import { bench as say } from '../../domain/messages/bench.ts';
import type { Bench } from './open-bench.ts';
import { type GoldTree, goldTree, runOn } from './prove.ts';

/** Where what a fault names is not what the configuration, or its own patch, says. */
function misplaced({ base }: Bench, fault: Fault, { files }: GoldTree): readonly string[] {
  const change = base.configuration.changes[fault.change];
  if (change === undefined) return [say.gold.change(fault.change)];
  const touched = Object.keys(files);
  const outside = touched.filter((file) => !globMatcher(change.paths)(file));
  return [
    ...(change.step === fault.step ? [] : [say.gold.step(fault.change, change.step)]),
    ...outside.map((file) => say.gold.outside(file)),
    ...touched.filter((file) => !fault.files.includes(file)).map((file) => say.gold.unnamed(file)),
    ...fault.files.filter((file) => !touched.includes(file)).map((file) => say.gold.untouched(file)),
  ];
}

/** The cases whose outcome is another one, as problems. */
const others = (
  cases: readonly { readonly name: string }[],
  results: readonly SideResult[],
  outcome: 'pass' | 'fail',
  where: 'base' | 'fixed',
): readonly string[] =>
  cases.flatMap(({ name }, i) => {
    const result = results[i];
    return result?.outcome === outcome ? [] : [say.gold.outcome(name, where, result?.because ?? '')];
  });

async function proveFault(bench: Bench, one: TranslationCase, fault: Fault): Promise<readonly string[]> {
  const gold = await goldTree(bench, one, fault);
  if ('problem' in gold) return [gold.problem === 'trace' ? say.gold.noTrace : say.gold.misfit(gold.problem)];
  const { acceptance, holdOuts, guards } = gold.cases;
  const red = [...acceptance, ...holdOuts];
  const mine = [...red, ...guards];
  const standing = [...bench.base.cases.values()].flat();
  const before = await runOn(bench, bench.tree, mine);
  const after = await runOn(bench, gold.tree, [...mine, ...standing]);
  return [
    ...misplaced(bench, fault, gold),
    ...others(red, before, 'fail', 'base'),
    ...others(guards, before.slice(red.length), 'pass', 'base'),
    ...others([...mine, ...standing], after, 'pass', 'fixed'),
    ...cheats.filter((cheat) => !isCaught(cheat, acceptance, holdOuts)).map((cheat) => say.gold.cheat(cheat)),
  ];
}

/** Texts that may not leave, and never come in: the case would prove nothing by them. */
function absent(bench: Bench, one: TranslationCase): readonly string[] {
  const { title } = one.rejection;
  const tickets = [one.ticket, ...one.faults.map(({ ticket }) => ticket ?? null)];
  const traces = tickets.map((ticket) => JSON.stringify(bench.traceOf(ticket ?? '') ?? ''));
  const all = [title, bodyOf(one), JSON.stringify(one.stored ?? ''), ...traces].join('\n');
  return [...one.personal, ...one.forbidden].filter((text) => !all.includes(text)).map((text) => say.gold.absent(text));
}

/**
 * Proves that the cases are right: each patch fits and stays where it may, acceptance and hold-outs are red on base and
 * green with it, guards and all standing cases green on both, hold-outs find out whoever knows the acceptance cases by
 * heart. Gives every problem in words.
 */
export async function proveGold(bench: Bench): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const one of bench.cases) {
    const found = [...absent(bench, one)];
    const needs = one.disposition === 'act' && one.ticket !== null;
    if (needs && bench.traceOf(one.ticket ?? '') === undefined) found.push(say.gold.noTrace);
    for (const fault of one.faults) found.push(...(await proveFault(bench, one, fault)));
    problems.push(...found.map((problem) => say.gold.problem(one.id, problem)));
  }
  return problems;
}
