import { assertCase } from './domain/assert-case.ts';
import type { FactOf, Recorded } from './domain/fact.ts';
import { findContradictions } from './domain/find-contradictions.ts';
import { canonical } from './domain/hash.ts';
import type { Undone } from './domain/messages/spec.ts';
import { wordsOf } from './domain/parse-rejection.ts';
import type { Solved } from './domain/prompts/draft.ts';
import { keyOf, type RejectionKey } from './domain/rejection.ts';
import { stems } from './domain/route.ts';
import type { Rubric } from './domain/rubric.ts';
import type { Spec } from './domain/spec.ts';
import { standingOf } from './domain/standing.ts';
import type { Ports } from './ports.ts';
import type { Replayed } from './replay-ticket.ts';

/** The latest that are looked at. */
const LOOKED_AT = 60;
/** Shown to a drafter at most. */
const SHOWN = 3;

/** A fix that was merged and stands, as people cleared it. */
interface MergedFix {
  readonly rejection: RejectionKey;
  readonly ticket: string | null;
  readonly cleared: FactOf<'spec-approved'>;
  /** ISO time. */
  readonly mergedAt: string;
}

function fixIn(rejection: RejectionKey, recorded: readonly Recorded[]): readonly MergedFix[] {
  const { stage, accepted } = standingOf(recorded);
  const merged = recorded.findLast(({ fact }) => fact.kind === 'merged');
  const cleared = recorded.findLast(({ fact }) => fact.kind === 'spec-approved')?.fact;
  if (stage.name !== 'merged' || merged === undefined || cleared?.kind !== 'spec-approved') return [];
  const { outcome } = stage;
  if (outcome !== null && outcome.outcome !== 'held') return [];
  return [{ rejection, ticket: accepted?.ticket ?? null, cleared, mergedAt: merged.at }];
}

/** The repository's other merged fixes that stand, newest first, as far as the latest pull requests tell. */
async function mergedFixes({ ledger, ref }: Ports): Promise<readonly MergedFix[]> {
  const keys = (await ledger.proposedIn(ref.repo, LOOKED_AT)).filter((key) => key !== keyOf(ref));
  const all = await ledger.readAll(keys);
  return keys.flatMap((key) => fixIn(key, all.get(key) ?? []));
}

const inCommon = (words: ReadonlySet<string>, { quotes, observed, expected }: Spec): number =>
  [...stems([...quotes, observed, expected].join('\n'))].filter((stem) => words.has(stem)).length;

/**
 * Up to three rejections of the same rubric that were solved, the likest first: words that people cleared, without
 * inputs, guards and hold-outs. One about the same ticket, or the very input at
 * hand, is none: it would give the answer away.
 */
export async function solvedLike(ports: Ports, { rejection, frozen, by }: Replayed, rubric: Rubric): Promise<Solved[]> {
  const inputs = new Set(frozen.steps.map(({ input }) => canonical(input)));
  const words = stems(wordsOf(rejection));
  const alike = (await mergedFixes(ports))
    .filter(({ ticket }) => ticket === null || ticket !== rejection.ticket)
    .map(({ cleared }) => cleared)
    .filter(({ rubric: { id } }) => id === rubric.id)
    .filter(({ spec }) => !spec.acceptance.some(({ input }) => inputs.has(canonical(input))));
  return alike
    .toSorted((a, b) => inCommon(words, b.spec) - inCommon(words, a.spec))
    .slice(0, SHOWN)
    .map(({ spec }) =>
      // People may have written into it what the app would not have.
      by.redactJson({
        quotes: spec.quotes,
        step: spec.step,
        expect: spec.acceptance[0]?.expect ?? [],
        observed: spec.observed,
        expected: spec.expected,
      }),
    );
}

/** Whether recipes filled their blanks for the same thing; where nothing is known of that, they may have. */
function mayConcernTheSame(one: Spec, other: Spec): boolean {
  const [a, b] = [one.slots, other.slots];
  if (a === undefined || b === undefined) return true;
  return Object.entries(a).some(([name, value]) => canonical(b[name] ?? null) === canonical(value));
}

/** What the fix made is what is rejected now, and what is wanted now it cannot give as well. */
function undoes(spec: Spec, { cleared }: MergedFix, { frozen }: Replayed): boolean {
  const before = cleared.spec;
  const traced = frozen.steps.find(({ step }) => step === spec.step);
  if (before.step !== spec.step || traced === undefined || !mayConcernTheSame(spec, before)) return false;
  return before.acceptance.some(({ expect }) => {
    const gives = assertCase(traced.output, expect).every(({ passed }) => passed);
    const asIfHere = { name: 'before', step: spec.step, input: traced.input, expect };
    const wanted = spec.acceptance.map((one) => ({ ...one, name: `now ${one.name}`, input: traced.input }));
    return gives && findContradictions([...wanted, asIfHere], []).length > 0;
  });
}

/** The fix merged in the last `days` that this spec would undo; null for none. */
export async function fixUndoneBy(ports: Ports, spec: Spec, replayed: Replayed, days: number): Promise<Undone | null> {
  if (days === 0) return null;
  const since = Date.parse(ports.clock.now()) - days * 86_400_000;
  const fixes = (await mergedFixes(ports)).filter(({ mergedAt }) => Date.parse(mergedAt) >= since);
  const found = fixes.find((fix) => undoes(spec, fix, replayed));
  if (found === undefined) return null;
  const { rejection, cleared, mergedAt } = found;
  return {
    rejection: Number(rejection.slice(rejection.lastIndexOf('#') + 1)),
    mergedOn: mergedAt.slice(0, 10),
    expected: cleared.spec.expected,
    quotes: cleared.spec.quotes.slice(0, 2),
  };
}
