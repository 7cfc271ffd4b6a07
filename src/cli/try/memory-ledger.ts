import type { Recorded } from '../../domain/fact.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { Ledger } from '../../ports.ts';

/** A ledger for one run of one process: nothing of it lasts. */
export function memoryLedger(now: () => string): Ledger {
  const kept = new Map<RejectionKey, readonly Recorded[]>();
  const of = (rejection: RejectionKey) => kept.get(rejection) ?? [];
  return {
    read: async (rejection) => of(rejection),
    append: async (rejection, after, facts) => {
      const known = of(rejection);
      if ((known.at(-1)?.seq ?? 0) !== after) return false;
      const added = facts.map((fact, i) => ({ seq: after + 1 + i, at: now(), fact }));
      kept.set(rejection, [...known, ...added]);
      return true;
    },
    ofPullRequest: async () => undefined,
    ofRepository: async (repo) => [...kept.keys()].filter((key) => key.startsWith(`${repo}#`)).reverse(),
  };
}
