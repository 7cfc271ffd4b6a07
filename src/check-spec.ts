import type { Outcome } from './domain/account.ts';
import { mistakeIn } from './domain/assert-case.ts';
import type { Case } from './domain/case.ts';
import { type Contradiction, findContradictions } from './domain/find-contradictions.ts';
import { globMatcher } from './domain/glob.ts';
import type { SideResult } from './domain/judge.ts';
import { parseLocator } from './domain/locator.ts';
import { locatorProblem } from './domain/messages/hints.ts';
import { specProblem as say } from './domain/messages/people.ts';
import { contradiction } from './domain/messages/rounds.ts';
import { quoteOccurs } from './domain/quote-occurs.ts';
import { allCases, type Spec } from './domain/spec.ts';
import { holdOutsMissing, placesIn, unanswered } from './domain/spec-comment.ts';
import { missingPlaces, namedIn } from './find-places.ts';
import { layOut } from './lay-out.ts';
import type { Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { runCases } from './run-cases.ts';

/** How often an acceptance case must be red on base before it counts. */
const RUNS = 5;

/** Where a spec says that the fault lies: in its own files, and at places that are there. */
async function againstPlaces(ports: Ports, tree: string, spec: Spec): Promise<readonly string[]> {
  const { files, locators = [] } = spec;
  const shapes = locators.flatMap((text) => {
    const locator = parseLocator(text);
    if (locator === null) return [locatorProblem.shape(text)];
    return files.includes(locator.file) ? [] : [locatorProblem.outside(text)];
  });
  const gone = await missingPlaces(namedIn(ports, tree), placesIn(spec));
  return [...shapes, ...gone.map(locatorProblem.gone)];
}

async function againstConfiguration(ports: Ports, base: Base, spec: Spec): Promise<readonly string[]> {
  const { steps, changes } = base.configuration;
  const names = steps.map((step) => step.name);
  const problems: string[] = [];
  if (!names.includes(spec.step)) problems.push(say.unknownStep(spec.step));
  const change = changes[spec.change];
  if (change === undefined) return [...problems, say.unknownChange(spec.change, Object.keys(changes))];
  if (change.step !== spec.step) problems.push(say.wrongStep(spec.change, change.step));
  const allowed = globMatcher(change.paths);
  const tree = await ports.repository.treeOf(base.commit);
  for (const file of spec.files) {
    if (!allowed(file)) problems.push(say.outsidePaths(file, change.paths));
    else if ((await ports.repository.idOf(tree, file)) === null) problems.push(say.fileMissing(file));
  }
  problems.push(...(await againstPlaces(ports, tree, spec)));
  for (const of of allCases(spec)) {
    if (!names.includes(of.step)) problems.push(say.caseStep(of.name, of.step));
    const mistakes = of.expect.map(mistakeIn).filter((mistake) => mistake !== null);
    problems.push(...mistakes.map((mistake) => say.expectation(of.name, mistake)));
  }
  for (const of of [...spec.acceptance, ...spec['hold-outs']])
    if (names.includes(of.step) && of.step !== spec.step) problems.push(say.acceptanceElsewhere(of.name, spec.step));
  return [...problems, ...contradictionsOf(base, spec).map(contradiction)];
}

/** Cases of the spec that no program can satisfy beside one another, or beside a case that stands on base. */
export const contradictionsOf = (base: Base, spec: Spec): readonly Contradiction[] =>
  findContradictions(allCases(spec), [...base.cases.values()].flat());

function redProblem(of: Case, results: readonly SideResult[]): readonly string[] {
  const outcomes = new Set<Outcome>(results.map((result) => result.outcome));
  const unusable = results.find(({ outcome }) => outcome === 'error' || outcome === 'missing' || outcome === 'skip');
  if (unusable !== undefined) return [say.errs(of.name, unusable.because)];
  if (outcomes.size > 1 || outcomes.has('flaky')) return [say.flaky(of.name)];
  return outcomes.has('fail') ? [] : [say.notRed(of.name)];
}

async function againstBase(ports: Ports, base: Base, spec: Spec): Promise<readonly string[]> {
  const red = [...spec.acceptance, ...spec['hold-outs']];
  const repeated = Array.from({ length: RUNS }, () => red).flat();
  const checkout = await layOut(ports, base, await ports.repository.treeOf(base.commit));
  try {
    // The standing cases too: a person is reading now, and when a candidate is judged, base is known already.
    const standing = [...base.cases.values()].flat();
    const [results] = await Promise.all([
      runCases(ports, base.configuration, checkout, [...repeated, ...spec.guards]),
      runCases(ports, base.configuration, checkout, standing),
    ]);
    const ofRed = red.flatMap((of, i) =>
      redProblem(
        of,
        Array.from({ length: RUNS }, (_, run) => results[run * red.length + i]).filter((r) => r !== undefined),
      ),
    );
    const ofGuards = spec.guards.flatMap((of, i) => {
      const result = results[repeated.length + i];
      return result?.outcome === 'pass' ? [] : [say.guardRed(of.name, result?.because ?? '')];
    });
    return [...ofRed, ...ofGuards];
  } finally {
    await checkout.dispose();
  }
}

/**
 * Checks a spec by code, never by opinion: it fits the configuration, quotes really occur, acceptance cases and
 * hold-outs are red on base five times of five, guards are green, and the five questions are answered. Returns every
 * problem in words; none means that it may be announced as ready.
 */
export async function checkSpec(ports: Ports, base: Base, spec: Spec, words: string): Promise<readonly string[]> {
  const problems = [...(await againstConfiguration(ports, base, spec))];
  for (const quote of spec.quotes) if (!quoteOccurs(words, quote)) problems.push(say.quote(quote));
  if (problems.length === 0) problems.push(...(await againstBase(ports, base, spec)));
  if (holdOutsMissing(spec)) problems.push(say.holdOut);
  const open = unanswered(spec.answers, base.configuration.gatekeeping);
  if (open.length > 0) problems.push(say.unanswered(open));
  return problems;
}
