/** How a step that answers in lines reads and answers. `sold` is what the step of base answers, with its fault. */
export const LINES = `import { readFileSync, writeSync } from 'node:fs';
const cases = readFileSync(0, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
const prices = JSON.parse(readFileSync('rules/price.json', 'utf8'));
const say = (answer) => writeSync(1, (typeof answer === 'string' ? answer : JSON.stringify(answer)) + '\\n');
const sold = ({ id, input }) => say({ id, output: { price: prices[input.thing.toLowerCase()] } });
const nine = ({ id }) => say({ id, output: { price: 9 } });
const isLamp = ({ input }) => input.thing.toLowerCase() === 'lamp';
const lamps = cases.filter(isLamp);
const others = cases.filter((one) => !isLamp(one));
`;

const REPLY = `import { readFileSync } from 'node:fs';
const { price } = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify({ text: 'It costs ' + price }));
`;

const CONFIGURATION = `version: 1
steps:
  - { name: price, run: node src/price.mjs, lines: true, inputs: [src/**, rules/**], cases: evals/price.yml, timeout: 60 }
  - { name: reply, run: node src/reply.mjs, inputs: [src/**], cases: evals/reply.yml, timeout: 60 }
tickets: tickets
changes:
  set-price: { step: price, paths: ['**'] }
`;

const standing = (name: string, thing: string, value: number): string =>
  `  - { name: ${name}, input: { thing: ${thing} }, expect: [{ path: /price, op: eq, value: ${value} }] }\n`;

/** A repository of two steps, one in lines and one with a process for each input. A lamp should cost 9. */
export const shop: Readonly<Record<string, string>> = {
  '.github/corrigible.yml': CONFIGURATION,
  '.github/workflows/ci.yml': 'on: push\n',
  '.github/rubrics/set-price.md': `---
id: set-price
title: Correct a price
when: The step gives a wrong price.
signs: ['\\\\bcosts\\\\b']
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
`,
  'evals/price.yml': `cases:\n${standing('a vase is 7', 'vase', 7)}${standing('a bowl is 3', 'Bowl', 3)}`,
  'evals/price/rejection-1.yml':
    'cases:\n  - { name: a table is about 40, input: { thing: table }, expect: [{ path: /price, op: approx, value: 40, tolerance: 1 }] }\n',
  'evals/reply.yml':
    'cases:\n  - { name: a plain reply, input: { price: 3 }, expect: [{ path: /text, op: eq, value: It costs 3 }] }\n',
  'package-lock.json': '{ "lockfileVersion": 3 }\n',
  'rules/price.json': '{ "lamp": 5, "vase": 7, "bowl": 3, "chair": 4, "table": 40 }\n',
  'src/price.mjs': `${LINES}cases.forEach(sold);\n`,
  'src/reply.mjs': REPLY,
  'tickets/T-1.json': '{ "thing": "lamp" }\n',
};
