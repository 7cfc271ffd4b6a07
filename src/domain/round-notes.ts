import type { Notes } from './notes.ts';
import type { RoundFact } from './round-fact.ts';
import type { Round } from './stage.ts';

const noRound: Omit<Round, 'round'> = { candidate: null, judged: null, failed: null, nudged: null, reflected: null };

export const withRound = (notes: Notes, round: number, change: Partial<Round>): void => {
  const known = notes.rounds.find((r) => r.round === round) ?? { round, ...noRound };
  notes.rounds = [...notes.rounds.filter((r) => r.round !== round), { ...known, ...change }];
};

function changeOf(fact: RoundFact): Partial<Round> {
  switch (fact.kind) {
    case 'round-started':
      return noRound;
    case 'round-ended':
      return { candidate: fact.candidate };
    case 'carried':
      return { candidate: fact.candidate, judged: null };
    case 'round-failed':
      return { failed: fact.reason };
    case 'nudged':
      return { nudged: fact.reason };
    case 'reflected':
      return { reflected: fact };
  }
}

/** Takes in what happens in a round. One that begins anew has nothing of what it had. */
export function noteRound(notes: Notes, fact: RoundFact): void {
  if (fact.kind === 'round-started') notes.budget = fact.budget ?? notes.budget;
  if (fact.kind === 'carried') notes.carried += 1;
  withRound(notes, fact.round, changeOf(fact));
}
