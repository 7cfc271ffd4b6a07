import type { Json } from '../../../src/domain/rejection.ts';
import type { CaseResult } from '../../../src/ports.ts';
import type { Files } from './small-repository.ts';

/** A pipeline of two steps that is small enough to be read here: what a thing costs, and what is said about it. */
export const configuration = `version: 1
steps:
  - { name: price, run: price, inputs: [rules/**], cases: evals/price.yml }
  - { name: reply, run: reply, inputs: [rules/**], cases: evals/reply.yml }
replay: replay
tickets: tickets
private: [tickets/**]
changes:
  set-price: { step: price, paths: [rules/**] }
`;

export const shopFiles: Files = {
  '.github/corrigible.yml': configuration,
  'rules/price.json': '{ "lamp": 5, "vase": 7 }',
  'rules/reply.json': '{ "prefix": "It costs" }',
  'evals/price.yml':
    'cases:\n  - { name: a vase is 7, input: { thing: vase }, expect: [{ path: /price, op: eq, value: 7 }] }\n',
  'evals/reply.yml':
    'cases:\n  - { name: a plain reply, input: { price: 3 }, expect: [{ path: /text, op: eq, value: It costs 3 }] }\n',
  'tickets/T-1.json': '{ "thing": "lamp", "text": "what does the lamp cost", "customer": { "name": "Nora Quill" } }',
};

export const rubric = `---
id: set-price
title: Correct a price
when: The step gives a wrong price.
signs: ['\\bcosts\\b']
change: set-price
---
# Correct a price

Prose.

## Criteria
- **P1** One thing is named.
- **P2** One price is named.

## Example 1
The lamp costs 9.

## Example 2
The vase costs 8.
`;

/** What the drafting model answers when it does as it is asked. */
export const goodDraft = {
  is: 'spec',
  step: 'price',
  expect: [{ path: '/price', op: 'eq', value: 9 }],
  guards: [
    { name: 'a vase keeps its price', change: [{ path: '/thing', op: 'set', value: 'vase' }], freeze: ['/price'] },
  ],
  holdOuts: [{ name: 'asked loudly', change: [{ path: '/text', op: 'upper' }] }],
  observed: 'The lamp costs 5.',
  expected: 'The lamp costs 9.',
  quotes: ['The lamp costs 9'],
  change: 'set-price',
  files: ['rules/price.json'],
  title: 'The lamp costs 9',
};

/** What the coding agent changes when it does as it is asked. */
export const goodFix: Files = { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' };

type Step = (files: Files, input: Record<string, Json>) => Json;

const steps: Readonly<Record<string, Step>> = {
  price: (files, { thing }) => {
    const price = (JSON.parse(files['rules/price.json'] ?? '') as Record<string, number>)[String(thing)];
    if (price === undefined) throw new Error(`no price for ${String(thing)}`);
    return { price };
  },
  reply: (files, { price }) => {
    const { prefix } = JSON.parse(files['rules/reply.json'] ?? '') as { prefix: string };
    return { text: `${prefix} ${String(price)}` };
  },
};

/** Runs one step, or a replay, on a tree. Never throws: a crash is a result. */
export function runStep(files: Files, run: string, input: Json): CaseResult {
  try {
    const output = (run === 'replay' ? replay : steps[run])?.(files, input as Record<string, Json>);
    return output === undefined ? { status: 'error', because: 'no such step' } : { status: 'output', output };
  } catch (error) {
    return { status: 'error', because: (error as Error).message };
  }
}

const replay: Step = (files, { ticket }) => {
  const text = files[`tickets/${String(ticket)}.json`];
  if (text === undefined) throw new Error(`no ticket ${String(ticket)}`);
  const input = JSON.parse(text) as Record<string, Json>;
  const price = steps['price']?.(files, input) ?? null;
  const said = steps['reply']?.(files, price as Record<string, Json>) ?? null;
  return {
    steps: [
      { step: 'price', input, output: price },
      { step: 'reply', input: price, output: said },
    ],
  };
};
