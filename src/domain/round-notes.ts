import type { Notes } from './notes.ts';
import type { RoundFact } from './round-fact.ts';
import type { Contender, Round } from './stage.ts';

const noRound: Omit<Round, 'round'> = {
  candidate: null,
  judged: null,
  failed: null,
  failedAt: null,
  nudged: null,
  reflected: null,
  of: 1,
  tried: [],
  chosen: null,
  base: null,
};

export const withRound = (notes: Notes, round: number, change: Partial<Round>): void => {
  const known = notes.rounds.find((r) => r.round === round) ?? { round, ...noRound };
  notes.rounds = [...notes.rounds.filter((r) => r.round !== round), { ...known, ...change }];
};

/** The candidates of a round, with what became of one of them. */
function triedWith({ rounds }: Notes, round: number, n: number, change: Partial<Contender>): readonly Contender[] {
  const tried = rounds.find((one) => one.round === round)?.tried ?? [];
  const known = tried.find((one) => one.n === n) ?? { n, candidate: null, reason: null, judged: null };
  return [...tried.filter((one) => one.n !== n), { ...known, ...change }];
}

function changeOf(notes: Notes, fact: RoundFact): Partial<Round> {
  switch (fact.kind) {
    case 'round-started':
      return { ...noRound, of: fact.candidates ?? 1, base: fact.base };
    case 'candidate-ended':
      return { tried: triedWith(notes, fact.round, fact.n, { candidate: fact.candidate, reason: fact.reason }) };
    case 'candidate-judged':
      return { tried: triedWith(notes, fact.round, fact.n, { judged: fact }) };
    case 'round-ended':
      return { candidate: fact.candidate, chosen: fact.chosen ?? null };
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
export function noteRound(notes: Notes, at: string, fact: RoundFact): void {
  if (fact.kind === 'round-started') notes.budget = fact.budget ?? notes.budget;
  if (fact.kind === 'carried') notes.carried += 1;
  withRound(notes, fact.round, { ...changeOf(notes, fact), ...(fact.kind === 'round-failed' && { failedAt: at }) });
}
