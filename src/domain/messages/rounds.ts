import type { Contradiction } from '../find-contradictions.ts';
import { inCode, quoted } from './people.ts';

/** Two cases that cannot be met together. */
export const contradiction = ({ one, other, path }: Contradiction): string =>
  one === other
    ? `case “${quoted(one)}” contradicts itself: no output can meet what it expects at ${inCode(path === '' ? 'the root' : path)}.`
    : `the cases “${quoted(one)}” and “${quoted(other)}” contradict each other: for the same input, no output can meet what both expect at ${inCode(path === '' ? 'the root' : path)}.`;

/** Why an attempt ended, by code. */
export const attemptReasons: Readonly<Record<string, (detail: string) => string>> = {
  'no-agent': () =>
    'nobody here can carry out this spec: its rubric has no recipe, and no model is configured. Configure a model, or make the change by hand',
  'agent-cannot': (why) => `the agent says it cannot do this: ${quoted(why)}`,
  'agent-no-change': () => 'the agent changed nothing',
  'agent-budget': () => 'the agent used up its budget',
  'agent-broken': (why) => `the agent broke off: ${quoted(why)}`,
  'agent-stopped': () => 'the work was stopped',
  'agent-unknown': (why) => `the configuration asks for what is not set up here. ${why}`,
  'agent-watched': (why) => `the agent was stopped by whoever watches it: ${quoted(why)}`,
  // The detail is whole words of `contradiction`, quoted there.
  'spec-contradicts': (what) => `the spec cannot be met: ${what} Correct the spec, then set the label again`,
  'rounds-used': (why) => `no attempt passed the checks. The last one: ${why}`,
};
