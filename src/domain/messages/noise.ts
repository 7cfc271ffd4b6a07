import type { Mistake } from './files.ts';
import { itsWords } from './gate.ts';
import { quoted } from './people.ts';

interface Repeats {
  readonly passes: number;
  readonly runs: number;
}

const passed = (passes: number, runs: number): string => `it passed ${passes} of ${runs} runs`;
const onBase = ({ passes, runs }: Repeats): string => `${passed(passes, runs)} on base`;

const noHistory = 'the runs recorded on base do not add up; record them anew';
const needsHistory = (runs: number, enough: number): string =>
  `only ${runs} ${runs === 1 ? 'run is' : 'runs are'} recorded on base; run it there ${
    enough - runs === 1 ? 'once more' : `${enough - runs} more times`
  }`;

/** Why the confirmation of a flip stands where it stands. */
export const confirm = {
  noHistory,
  needsHistory,
  badLimits: 'its limits are not usable: alpha and beta have to lie between 0 and 0.5, the cap from 1 to 1000 runs',
  tooLow: (base: Repeats) =>
    `${onBase(base)}, which is too seldom to tell a broken case from a flaky one. Make it steadier, or quarantine it`,
  capTooLow: (fewest: number, cap: number) =>
    `even a case that never passes would need ${fewest} runs, but the cap is ${cap}. Raise the cap`,
  running: (passes: number, runs: number) => (runs === 0 ? 'no run yet' : `${passed(passes, runs)} so far`),
  broken: (passes: number, runs: number) => `${passed(passes, runs)} on head, which is not as on base`,
  healthy: (passes: number, runs: number) => `${passed(passes, runs)} on head, which is as on base`,
  undecided: (passes: number, runs: number) =>
    `${passed(passes, runs)} on head, which tells neither way. A person has to look`,
} as const;

const points = (value: number): string => {
  const shown = (Math.round(value * 10) / 10).toFixed(1).replace(/\.0$/, '').replace(/^-0$/, '0');
  return `${shown} ${shown === '1' ? 'point' : 'points'}`;
};
/** Never less than the value. */
const pointsUp = (value: number): string => points(Math.ceil(value * 10 - 1e-9) / 10);

interface Scores {
  readonly difference: number;
  readonly bound: number;
  readonly canSee: number;
  readonly delta: number;
  readonly cases: number;
  readonly clusters: number;
}

const sized = ({ cases, clusters }: Scores): string =>
  `${cases} ${cases === 1 ? 'case' : 'cases'}${
    clusters === cases ? '' : ` of ${clusters} root ${clusters === 1 ? 'cause' : 'causes'}`
  }`;

const moved = ({ difference }: Scores): string =>
  points(difference).startsWith('0 ')
    ? 'head scores as base'
    : `head scores ${points(Math.abs(difference))} ${difference < 0 ? 'lower' : 'higher'} than base`;

/** How low it may be with 95 % confidence. */
const lowest = ({ bound }: Scores): string =>
  bound >= 0 ? 'and is not lower' : `and may be up to ${pointsUp(-bound)} lower`;

/** What the comparison of scores came to, or why there is none. */
export const scores = {
  'not-worse': (found: Scores) =>
    `${moved(found)} over ${sized(found)}, ${lowest(found)}; ${points(found.delta)} are tolerated`,
  worse: (found: Scores) =>
    `${moved(found)} over ${sized(found)}, ${lowest(found)}, but only ${points(found.delta)} are tolerated`,
  underpowered: (found: Scores) =>
    `underpowered: can only see ≥ ${pointsUp(found.canSee)} with ${sized(found)}, but ${points(found.delta)} are asked for. ${
      found.clusters === 1 && found.cases > 1 ? 'They count as one case. ' : ''
    }Add cases, or let a person look`,
  none: 'there is no case to compare, so there is no evidence',
  tooMany: (most: number) => `there are more than ${most} cases; split the suite`,
  badDelta: 'the drop that is tolerated has to be more than 0 and at most 100 points',
  badDiscordance: 'the share of cases that differ has to be more than 0 and at most 1',
  badSeed: 'the seed has to be a whole number',
  badResamples: 'the number of resamples has to be a whole number from 100 to 100000',
  noScore: (name: string, side: 'base' | 'head') =>
    `the score of ${itsWords(name)} on ${side} is not a number from 0 to 1`,
  twice: (name: string, side: 'base' | 'head') => `${side} has two scores of ${itsWords(name)}`,
  missing: (name: string, side: 'base' | 'head') =>
    `${side} has no score of ${itsWords(name)}; both sides have to score the same cases`,
} as const;

interface Entry {
  readonly step: string;
  readonly case: string;
  readonly owner: string;
  readonly until: string;
  readonly reason: string;
}

const caseOf = (step: string, name: string): string => `${itsWords(name)} of step ${itsWords(step)}`;

/** The list of quarantined cases: its mistakes, and what is told of an entry. */
export const quarantine = {
  keys: {
    step: 'the step whose suite has the case',
    case: 'the name of the case',
    owner: 'the GitHub login of the person who repairs it',
    since: 'the first day, such as 2026-07-17',
    until: 'the last day, such as 2026-07-31',
    reason: 'why it is quarantined',
  },
  noDay: 'it has to be a day such as 2026-07-31',
  noLogin: 'it has to be the GitHub login of one person, without @',
  noReason: 'it has to say why',
  backwards: { problem: '“until” is before “since”.', fix: 'Correct one of them.' },
  tooLong: (days: number, most: number): Mistake => ({
    problem: `This is a quarantine of ${days} days; it may last ${most} at most.`,
    fix: 'Choose an earlier “until”, or repair or remove the case.',
  }),
  twice: (step: string, name: string): Mistake => ({
    problem: `The case ${caseOf(step, name)} stands here twice.`,
    fix: 'Remove one of them.',
  }),
  quarantined: (one: Entry) =>
    `quarantined until ${one.until}, ${itsWords(one.owner)} repairs it: ${quoted(one.reason)}`,
  expired: (one: Entry) =>
    `the quarantine of ${caseOf(one.step, one.case)} ended on ${one.until} and counts no more; ${itsWords(one.owner)} has to repair the case or remove it`,
  extends: (one: Entry) =>
    `it quarantines ${caseOf(one.step, one.case)} until ${one.until}; only a person's pull request may do that`,
} as const;
