import type { Recorded } from '../../domain/fact.ts';
import type { Ledger } from '../../ports.ts';

/** Told of facts right after they were appended, with all that stood before them. */
export type OnAppended = (before: readonly Recorded[], added: readonly Recorded[]) => void;

/**
 * The same ledger, telling of each append that was made. Remembers what was read last, so that no extra reading is
 * needed: make one for each piece of work. The times of added facts are this process's.
 */
export function followFacts(ledger: Ledger, onAppended: OnAppended): Ledger {
  let known: { readonly rejection: string; readonly facts: readonly Recorded[] } | undefined;
  return {
    ...ledger,
    read: async (rejection) => {
      const facts = await ledger.read(rejection);
      known = { rejection, facts };
      return facts;
    },
    append: async (rejection, after, facts) => {
      if (!(await ledger.append(rejection, after, facts))) return false;
      const at = new Date().toISOString();
      const added = facts.map((fact, i): Recorded => ({ seq: after + i + 1, at, fact }));
      const before = known?.rejection === rejection ? known.facts : [];
      // What was appended without having been read tells nothing of how long anything took.
      if ((before.at(-1)?.seq ?? 0) !== after) return true;
      known = { rejection, facts: [...before, ...added] };
      onAppended(before, added);
      return true;
    },
  };
}
