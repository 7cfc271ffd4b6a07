import { canonical } from './hash.ts';
import type { Report } from './report/report.ts';
import type { Contender, Round } from './stage.ts';
import type { Verdict } from './verdict.ts';

/** A candidate of several that was judged. */
export type Judged = Contender & Required<{ readonly [K in 'candidate' | 'judged']: NonNullable<Contender[K]> }>;

const isJudged = (tried: Contender): tried is Judged => tried.candidate !== null && tried.judged !== null;

/** One candidate for each tree: whoever made the same later stands behind the first. */
export function distinct(tried: readonly Contender[]): readonly Contender[] {
  const first = new Map<string, Contender>();
  for (const one of [...tried].sort((a, b) => a.n - b.n))
    if (one.candidate !== null && !first.has(one.candidate.tree)) first.set(one.candidate.tree, one);
  return [...first.values()];
}

const failures = (verdict: Verdict): number => {
  if (verdict.children === undefined || verdict.children.length === 0) return verdict.passed ? 0 : 1;
  return verdict.children.reduce((sum, child) => sum + failures(child), 0);
};

/** Green first, then what waits for a person, then red. */
const grade = ({ passed, held }: Verdict): number => (passed ? 0 : held === 'waits' ? 1 : 2);

/** By the gate first; what is red by how much of it fails; then by the size of the change, and by number. */
function compare(a: Judged, b: Judged): number {
  const [one, other] = [a.judged, b.judged];
  return (
    grade(one.verdict) - grade(other.verdict) ||
    (one.verdict.passed ? 0 : failures(one.verdict) - failures(other.verdict)) ||
    one.lines - other.lines ||
    a.n - b.n
  );
}

/** The judged candidates of a round, one for each tree, the best first. */
export const ranked = ({ tried }: Pick<Round, 'tried'>): readonly Judged[] =>
  distinct(tried).filter(isJudged).sort(compare);

/** Those that the gate and the size of the change put first together. Only green ones stand beside each other. */
export function foremost(order: readonly Judged[]): readonly Judged[] {
  const [first] = order;
  if (first === undefined) return [];
  if (!first.judged.verdict.passed) return [first];
  return order.filter(({ judged }) => judged.verdict.passed && judged.lines === first.judged.lines);
}

/** Each ticket that comes out differently, and how. */
const changesOf = ({ groups }: Report): ReadonlyMap<string, string> =>
  new Map(groups.flatMap(({ tickets, steps, failed }) => tickets.map((name) => [name, canonical([steps, failed])])));

/** A stored ticket that two changes of the same base treat differently; null where none is known. */
export function ticketApart(a: Report, b: Report): string | null {
  const [one, other] = [changesOf(a), changesOf(b)];
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  return names.find((name) => one.get(name) !== other.get(name)) ?? null;
}
