import { Counter, Histogram, type Registry } from 'prom-client';
import type { Fact, FactOf, Recorded, Spent } from '../../domain/fact.ts';
import { stagesPassed } from '../../domain/stages-passed.ts';
import type { OnAppended } from './follow-facts.ts';
import { named } from './named.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** From what a machine does alone to what people take weeks for. */
const WAITS = [1, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY];

const whatWasJudged = ({ head, merge }: FactOf<'judged'>): string =>
  merge ? 'merge' : head === null ? 'candidate' : 'head';

/** How many rounds were started since the last approval of a spec. */
function roundsOf(recorded: readonly Recorded[]): number {
  const from = recorded.findLastIndex(({ fact }) => fact.kind === 'spec-approved');
  const rounds = recorded.slice(from + 1).flatMap(({ fact }) => (fact.kind === 'round-started' ? [fact.round] : []));
  return new Set(rounds).size;
}

/** What the loop does, counted from the facts as they are appended. No name of a repository or person is a label. */
export function factCounter(registry: Registry): OnAppended {
  const registers = [registry];
  const facts = new Counter({
    ...named('corrigible_facts_total'),
    labelNames: ['kind'],
    registers,
  });
  const stages = new Histogram({
    ...named('corrigible_stage_duration_seconds'),
    labelNames: ['stage', 'next'],
    buckets: WAITS,
    registers,
  });
  const rounds = new Counter({
    ...named('corrigible_rounds_total'),
    labelNames: ['end'],
    registers,
  });
  const attempts = new Histogram({
    ...named('corrigible_attempt_rounds'),
    labelNames: ['end'],
    buckets: [1, 2, 3, 4, 5, 8],
    registers,
  });
  const verdicts = new Counter({
    ...named('corrigible_verdicts_total'),
    labelNames: ['judged', 'verdict'],
    registers,
  });
  const spending = (['seconds', 'tokens', 'requests'] as const).map((unit) => ({
    unit,
    counter: new Counter({
      ...named(`corrigible_spent_${unit}_total`),
      labelNames: ['on'],
      registers,
    }),
  }));
  const spend = (on: string, spent: Spent): void => {
    for (const { unit, counter } of spending) counter.inc({ on }, spent[unit]);
  };
  const count = (fact: Fact): void => {
    facts.inc({ kind: fact.kind });
    if (fact.kind === 'round-ended' || fact.kind === 'round-failed') {
      spend('round', fact.spent);
      rounds.inc({ end: fact.kind === 'round-ended' ? 'candidate' : fact.reason.code });
    }
    if (fact.kind !== 'judged') return;
    spend('judging', { seconds: fact.seconds, tokens: 0, requests: 0 });
    verdicts.inc({ judged: whatWasJudged(fact), verdict: fact.verdict.passed ? 'green' : 'red' });
  };
  return (before, added) => {
    for (const { fact } of added) count(fact);
    const all = [...before, ...added];
    const passed = stagesPassed(all);
    for (const [i, { stage, at, seq }] of passed.entries()) {
      const last = passed[i - 1];
      if (last === undefined || seq <= (before.at(-1)?.seq ?? 0)) continue;
      stages.observe({ stage: last.stage, next: stage }, Math.max(0, Date.parse(at) - Date.parse(last.at)) / 1000);
    }
    for (const { seq, fact } of added)
      if (fact.kind === 'pull-request-opened' || fact.kind === 'stopped') {
        const made = roundsOf(all.filter((one) => one.seq < seq));
        attempts.observe({ end: fact.kind === 'stopped' ? 'stopped' : 'proposed' }, made);
      }
  };
}
