import type { Fact, Spent } from './fact.ts';

export const nothingSpent: Spent = { seconds: 0, tokens: 0, requests: 0 };

export function addSpent(a: Spent, b: Spent): Spent {
  const money = (a.money ?? 0) + (b.money ?? 0);
  return {
    seconds: a.seconds + b.seconds,
    tokens: a.tokens + b.tokens,
    requests: a.requests + b.requests,
    ...((a.money ?? b.money) !== undefined && { money }),
  };
}

/** What one answer of a model cost. */
export const ofAnswer = ({ tokens, money }: { tokens: number; money?: number }): Omit<Spent, 'seconds'> => ({
  tokens,
  requests: 1,
  ...(money !== undefined && { money }),
});

/** What a fact tells was spent; null where it is none that tells. */
export function spentIn(fact: Fact): Spent | null {
  switch (fact.kind) {
    case 'round-ended':
    case 'round-failed':
    case 'reflected':
    case 'candidate-ended':
    case 'model-asked':
      return fact.spent;
    case 'judged':
    case 'candidate-judged':
      return { ...nothingSpent, seconds: fact.seconds };
    default:
      return null;
  }
}
