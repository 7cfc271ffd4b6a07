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

type Registers = { readonly registers: Registry[] };

function stageTimes(to: Registers): OnAppended {
  const labelNames = ['stage', 'next'] as const;
  const stages = new Histogram({ ...named('corrigible_stage_duration_seconds'), labelNames, buckets: WAITS, ...to });
  return (before, added) => {
    const passed = stagesPassed([...before, ...added]);
    for (const [i, { stage, at, seq }] of passed.entries()) {
      const last = passed[i - 1];
      if (last === undefined || seq <= (before.at(-1)?.seq ?? 0)) continue;
      stages.observe({ stage: last.stage, next: stage }, Math.max(0, Date.parse(at) - Date.parse(last.at)) / 1000);
    }
  };
}

function attemptRounds(to: Registers): OnAppended {
  const buckets = [1, 2, 3, 4, 5, 8];
  const attempts = new Histogram({ ...named('corrigible_attempt_rounds'), labelNames: ['end'], buckets, ...to });
  return (before, added) => {
    const all = [...before, ...added];
    for (const { seq, fact } of added)
      if (fact.kind === 'pull-request-opened' || fact.kind === 'stopped') {
        const made = roundsOf(all.filter((one) => one.seq < seq));
        attempts.observe({ end: fact.kind === 'stopped' ? 'stopped' : 'proposed' }, made);
      }
  };
}

function spending(to: Registers): (on: 'round' | 'judging' | 'reading', spent: Spent) => void {
  const labelNames = ['on'] as const;
  const counters = (['seconds', 'tokens', 'requests', 'money'] as const).map((unit) => ({
    unit,
    counter: new Counter({ ...named(`corrigible_spent_${unit}_total`), labelNames, ...to }),
  }));
  return (on, spent) => {
    for (const { unit, counter } of counters) counter.inc({ on }, spent[unit] ?? 0);
  };
}

function singleFacts(to: Registers): (fact: Fact) => void {
  const facts = new Counter({ ...named('corrigible_facts_total'), labelNames: ['kind'], ...to });
  const rounds = new Counter({ ...named('corrigible_rounds_total'), labelNames: ['end'], ...to });
  const verdicts = new Counter({ ...named('corrigible_verdicts_total'), labelNames: ['judged', 'verdict'], ...to });
  const candidates = new Counter({ ...named('corrigible_candidates_total'), labelNames: ['end'], ...to });
  const reflections = new Counter({ ...named('corrigible_reflections_total'), labelNames: ['used'], ...to });
  const spend = spending(to);
  return (fact) => {
    facts.inc({ kind: fact.kind });
    if (fact.kind === 'round-ended' || fact.kind === 'round-failed') {
      spend('round', fact.spent);
      rounds.inc({ end: fact.kind === 'round-ended' ? 'candidate' : fact.reason.code });
    }
    if (fact.kind === 'model-asked') spend('reading', fact.spent);
    if (fact.kind === 'candidate-ended') {
      spend('round', fact.spent);
      candidates.inc({ end: fact.reason === null ? 'candidate' : fact.reason.code });
    }
    if (fact.kind === 'reflected') {
      spend('round', fact.spent);
      reflections.inc({ used: String(fact.used) });
    }
    if (fact.kind === 'judged' || fact.kind === 'candidate-judged')
      spend('judging', { seconds: fact.seconds, tokens: 0, requests: 0 });
    if (fact.kind !== 'judged') return;
    verdicts.inc({ judged: whatWasJudged(fact), verdict: fact.verdict.passed ? 'green' : 'red' });
  };
}

/** What the loop does, counted from the facts as they are appended. No name of a repository or person is a label. */
export function factCounter(registry: Registry): OnAppended {
  const to = { registers: [registry] };
  const each = singleFacts(to);
  const several = [stageTimes(to), attemptRounds(to)];
  return (before, added) => {
    for (const { fact } of added) each(fact);
    for (const tell of several) tell(before, added);
  };
}
