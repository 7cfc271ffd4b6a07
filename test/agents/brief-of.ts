import { clearedSpec } from '../../src/domain/approval.ts';
import { noAnswers } from '../../src/domain/spec.ts';
import type { Brief } from '../../src/ports.ts';

/** Stands in all that no agent may see. */
export const CANARY = 'canary-93ab';

/** The brief of a fix of `sum.js`, with a hold-out that holds the canary. */
export const briefOf = (limits = { minutes: 5, tokens: 100_000 }): Brief => ({
  approved: clearedSpec({
    kind: 'spec-approved',
    event: 1,
    by: 'mara',
    approvalHash: 'a',
    textHash: 'b',
    rubric: { id: 'r', hash: 'c' },
    paths: ['sum.js'],
    spec: {
      title: 'Add up',
      step: 'sum',
      change: 'fix-sum',
      files: ['sum.js'],
      observed: 'It subtracts.',
      expected: 'It adds.',
      quotes: [],
      acceptance: [{ name: 'one and one', step: 'sum', input: 1, expect: [{ path: '', op: 'eq', value: 2 }] }],
      guards: [],
      'hold-outs': [{ name: CANARY, step: 'sum', input: CANARY, expect: [{ path: '', op: 'eq', value: CANARY }] }],
      answers: noAnswers,
    },
  }),
  step: {
    name: 'sum',
    run: 'node sum.js',
    lines: false,
    inputs: ['sum.js'],
    cases: 'evals/sum.yml',
    timeout: 5,
    deterministic: true,
  },
  instructions: '',
  rejected: [],
  review: [],
  limits,
});
