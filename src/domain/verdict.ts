import type { Place } from './case.ts';
import { failedParts } from './messages/gate.ts';

/** A judgement that explains itself: a tree of named findings, each passed or not and because of what. */
export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  readonly because: string;
  /** Where it is not passed and not failed either: there is nothing to judge by, or a person has to decide first. */
  readonly held?: 'neutral' | 'waits';
  /** Of a failed case of the suites: where it stands. */
  readonly at?: Place;
  /** Of a failed case: what was asserted and what came instead, for the next round. */
  readonly expected?: string;
  readonly got?: string;
  /** Of what a writer may accept: a hash of exactly what it names. Older judgements lack it. */
  readonly of?: string;
  readonly children?: readonly Verdict[];
}

/** Passes when every child passes and there is at least one: no finding is no evidence. */
export function allOf(name: string, children: readonly Verdict[]): Verdict {
  const failed = children.filter((child) => !child.passed);
  if (children.length === 0) return { name, passed: false, because: 'there was nothing to judge', children };
  return {
    name,
    children,
    ...(failed.length > 0 && failed.every(({ held }) => held === 'waits') && { held: 'waits' }),
    passed: failed.length === 0,
    because: failed.length === 0 ? 'everything passed' : failedParts(failed),
  };
}
