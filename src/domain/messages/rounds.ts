import { amountOf } from '../budget.ts';
import type { Amounts, Spent } from '../fact.ts';
import type { Contradiction } from '../find-contradictions.ts';
import type { Chosen } from '../round-fact.ts';
import { inCode, quoted } from './people.ts';

/** Two cases that cannot be met together. */
export const contradiction = ({ one, other, path }: Contradiction): string =>
  one === other
    ? `case “${quoted(one)}” contradicts itself: no output can meet what it expects at ${inCode(path === '' ? 'the root' : path)}.`
    : `the cases “${quoted(one)}” and “${quoted(other)}” contradict each other: for the same input, no output can meet what both expect at ${inCode(path === '' ? 'the root' : path)}.`;

/** Which limit it is, and what was spent of it: `tokens 812 800`; or that it leaves too little: `tokens 800`. */
function inNumbers(scope: 'rejection' | 'day', detail: string): string {
  const [, unit, first, second] = /^(tokens|minutes|money) ([\d.]+)(?: ([\d.]+))?$/.exec(detail) ?? [];
  if (unit === undefined) return '';
  const what = { tokens: ' model tokens', minutes: ' minutes', money: ' in money' }[unit];
  const key = inCode(`budget.${scope}.${unit}`);
  if (second === undefined) return `, or leaves too little of ${first}${what} for what is next (${key})`;
  return ` (${first} of ${second}${what}, ${key})`;
}

/** Why work waits that has not begun. */
export const heldOfDay = (): string =>
  'what this repository may still cost today is put aside for work that is under way; what that does not spend comes back';

/** What is left of a budget, in words. */
export function leftOver(budget: Amounts, spent: Spent): string {
  const left = (['tokens', 'minutes', 'money'] as const).flatMap((unit) => {
    const limit = budget[unit];
    if (limit === undefined) return [];
    const amount = Math.max(0, limit - amountOf(spent, unit));
    if (unit === 'money') return [`${amount.toFixed(amount < 1 ? 4 : 2)} in money`];
    return [`${Math.floor(amount)} ${unit === 'tokens' ? 'model tokens' : 'minutes'}`];
  });
  return left.length === 0 ? '' : `Left for this rejection: ${left.join(', ')}.`;
}

/** How far several candidates of a round are. */
export const sideBySide = (of: number, made: number, judged: number): string =>
  `${of} candidates are being made side by side: ${made} done, ${judged} judged.`;

/** What reviewers have to know of a candidate that was chosen among several. */
export function choice({ n, of, green, because, apart }: Chosen): string {
  const many = `Of ${of} candidates ${green === 1 ? 'one' : green} passed every check, each tree counted once`;
  if (because !== 'tie' || apart === undefined) {
    const why = {
      only: 'it is this one',
      smallest: 'this one changes the least',
      fewest: 'this one changes the fewest outputs of stored tickets',
      alike: 'this one is the first of those that are as small and, as far as is known, do the same',
      tie: 'this one is the first of those that are as small',
      none: 'this one is the least wrong',
    }[because];
    return `${many}; ${why}.`;
  }
  const where =
    apart.what === 'ticket' ? `the stored ticket ${inCode(apart.name)}` : `the case “${quoted(apart.name)}”`;
  return `${many}, and two of them **are equally good but do not do the same**: ${where} comes out differently by candidate ${apart.with} than by this one, number ${n}. Whoever reviews decides which is right: if it is the other, request changes and say so, or take the label off, add that as a case to the spec, and set the label again.`;
}

/** Why an attempt ended, by code. */
export const attemptReasons: Readonly<Record<string, (detail: string) => string>> = {
  'no-agent': () =>
    'nobody here can carry out this spec: its rubric has no recipe, and no model is configured. Configure a model, or make the change by hand',
  'agent-cannot': (why) => `the agent says it cannot do this: ${quoted(why)}`,
  'agent-no-change': () => 'the agent changed nothing',
  'agent-budget': () => 'the agent used up its budget',
  'budget-rejection': (detail) =>
    `the budget of this rejection over all its attempts is used up${inNumbers('rejection', detail)}. Nothing that is red is pushed, and a branch that is there stays. Raise the limit in the configuration and set the label again, or make the change by hand`,
  'budget-reading': (detail) =>
    `the budget of this rejection is used up${inNumbers('rejection', detail)}. Raise the limit in the configuration`,
  'budget-day': (detail) =>
    `what this repository may cost on one day (UTC) is used up${inNumbers('day', detail)}. A higher limit in the configuration lets it go on at once`,
  'agent-broken': (why) => `the agent broke off: ${quoted(why)}`,
  'agent-stopped': () => 'the work was stopped',
  'agent-unknown': (why) => `the configuration asks for what is not set up here. ${why}`,
  'agent-watched': (why) => `the agent was stopped by whoever watches it: ${quoted(why)}`,
  // The detail is whole words of `contradiction`, quoted there.
  'spec-contradicts': (what) => `the spec cannot be met: ${what} Correct the spec, then set the label again`,
  'rounds-hold-outs': (why) =>
    `all that the agent is shown was green twice, and a hold-out was not. Further attempts would tell it, bit by bit, what that is. Look at whether the spec says what the hold-outs want, then set the label again, or mend it by hand. The last one: ${why}`,
  'rounds-used': (why) => `no attempt passed the checks. The last one: ${why}`,
};
