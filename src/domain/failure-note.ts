import type { ApprovedSpec } from './approval.ts';
import type { Configuration } from './configuration.ts';
import type { FactOf } from './fact.ts';
import { globMatcher } from './glob.ts';
import { hiddenFailed } from './messages/gate.ts';
import { ranked } from './rank-candidates.ts';
import type { Round } from './stage.ts';
import type { Verdict } from './verdict.ts';

/** What a model said of a refused attempt when it looked back at it. Redacted, plain words. */
export interface Reflection {
  readonly wrong: string;
  readonly instead: string;
}

/** What the next round may know of a refused one. */
export interface FailureNote {
  readonly round: number;
  /** Which of several of that round. */
  readonly candidate?: number;
  readonly failed: readonly {
    readonly case: string;
    readonly step: string;
    readonly expected: string;
    readonly got: string;
  }[];
  /** Findings that are no compared values. A failed hold-out is one bit. */
  readonly other: readonly string[];
  /** The first step of the pipeline of which a case came out wrong, where that is known. */
  readonly first?: string;
  readonly reflection?: Reflection;
}

type Judgement = FactOf<'judged'>;

/** What a note follows from beside the round itself. */
interface From {
  readonly spec: Pick<ApprovedSpec['spec'], 'step'>;
  readonly steps: Configuration['steps'];
  /** Globs of files whose cases no agent may know: of those that fail only the step is told. */
  readonly hide: readonly string[];
}

const leaves = (verdict: Verdict): readonly Verdict[] =>
  verdict.children === undefined || verdict.children.length === 0 ? [verdict] : verdict.children.flatMap(leaves);

/** The notes on all that a round made and the gate refused: one for each of several candidates, the foremost first. */
export function failureNotes(round: Round, from: From): readonly FailureNote[] {
  const own = failureNote(round, from);
  const { chosen } = round;
  if (chosen === null) return [own];
  const others = ranked(round).filter(({ n, judged }) => n !== chosen.n && !judged.verdict.passed);
  return [
    { ...own, candidate: chosen.n },
    ...others.map(({ n, judged }) => ({
      ...failureNote({ round: round.round, judged, reflected: null }, from),
      candidate: n,
    })),
  ];
}

/** The note on what was judged of a round. */
export function failureNote(
  {
    round,
    judged,
    reflected,
  }: Pick<Round, 'round' | 'reflected'> & { readonly judged: Pick<Judgement, 'verdict'> | null },
  { spec, steps, hide }: From,
): FailureNote {
  const parts = (judged?.verdict.children ?? []).filter((part) => !part.passed);
  const found = parts.flatMap((part) =>
    leaves(part)
      .filter((leaf) => !leaf.passed)
      .map((leaf) => ({ leaf, step: part.name.startsWith('step ') ? part.name.slice(5) : spec.step })),
  );
  const isHidden = globMatcher(hide);
  const [hidden, failed] = [true, false].map((is) =>
    found.filter(({ leaf }) => (leaf.at !== undefined && isHidden(leaf.at.path)) === is),
  ) as [typeof found, typeof found];
  const compared = failed.filter(({ leaf }) => leaf.expected !== undefined);
  const first = steps.find(({ name }) => compared.some(({ step }) => step === name))?.name;
  return {
    round,
    failed: compared.map(({ leaf, step }) => ({
      case: leaf.name,
      step,
      expected: leaf.expected ?? '',
      got: leaf.got ?? '',
    })),
    other: [
      ...failed.filter(({ leaf }) => leaf.expected === undefined).map(({ leaf }) => `${leaf.name}: ${leaf.because}`),
      ...new Set(hidden.map(({ step }) => hiddenFailed(step))),
    ],
    ...(first !== undefined && { first }),
    ...(reflected?.used && reflected.note !== null && { reflection: reflected.note }),
  };
}
