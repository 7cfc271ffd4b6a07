import type { Reply, SeenRequest } from '../../support/scripted-model.ts';

/** A pipeline of two steps in a few lines of awk: a case runs in milliseconds, so that many stories can be told. */
const configuration = `version: 1
steps:
  - { name: price, run: awk -f steps/price.awk, lines: true, inputs: [rules/**, steps/**], cases: evals/price.yml }
  - { name: reply, run: awk -f steps/reply.awk, lines: true, inputs: [rules/**, steps/**], cases: evals/reply.yml }
replay: awk -f steps/replay.awk
tickets: tickets
private: [tickets/**]
changes:
  set-price: { step: price, paths: [rules/price.json], with: { prices: rules/price.json } }
`;

const rubric = `---
id: set-price
title: Correct a price
when: The step gives a wrong price for one thing.
signs: ['\\bcosts?\\b', '\\bprice\\b']
change: set-price
recipe:
  slots:
    thing:
      type: string
      max: 20
      pattern: '^[a-z]+$'
      from: [{ trace: /input/thing }]
      ask: Which thing is it about?
    price:
      type: integer
      max: 1000
      from: [{ text: '\\bcosts (\\d+)' }]
      ask: What does it cost? Say it as “it costs 12”.
  title: 'The {thing} costs {price}'
  observed: 'For {thing} the price was {output:/price}.'
  expected: 'For {thing} the price is {price}.'
  expect: [{ path: /price, op: eq, value: '{price}' }]
  guards:
    - { name: a clock keeps its price, change: [{ path: /thing, op: set, value: clock }], freeze: [/price] }
  hold-outs:
    - { name: asked loudly, change: [{ path: /text, op: upper }] }
  edits:
    - { file: '{with.prices}', op: set, path: '/{thing}', value: '{price}' }
---
# Correct a price

Where the price list is wrong.

## Criteria
- **P1** One thing is named.
- **P2** One price is named.

## Example 1
The sofa costs 90.

## Example 2
A shelf costs 30.
`;

const priceStep = String.raw`function text(name) {
  if (!match($0, "\"" name "\":\"[^\"]*\"")) return ""
  return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
}
BEGIN {
  while ((getline line < "rules/price.json") > 0) {
    if (split(line, part, "\"") < 3) continue
    price[part[2]] = part[3]
    gsub(/[^0-9]/, "", price[part[2]])
  }
}
{
  thing = text("thing")
  if (thing in price) printf "{\"id\":\"%s\",\"output\":{\"price\":%s}}\n", text("id"), price[thing]
  else printf "{\"id\":\"%s\",\"error\":\"no price for it\"}\n", text("id")
  fflush()
}
`;

const replyStep = String.raw`{
  match($0, /"id":"[^"]*"/); id = substr($0, RSTART + 6, RLENGTH - 7)
  match($0, /"price":[0-9]+/); price = substr($0, RSTART + 8, RLENGTH - 8)
  printf "{\"id\":\"%s\",\"output\":{\"text\":\"It costs %s\"}}\n", id, price
  fflush()
}
`;

const replay = String.raw`{
  match($0, /"ticket":"[^"]*"/); file = "tickets/" substr($0, RSTART + 10, RLENGTH - 11) ".json"
  if ((getline input < file) <= 0) exit 1
  match(input, /"thing":"[a-z]+"/); thing = substr(input, RSTART + 9, RLENGTH - 10)
  while ((getline line < "rules/price.json") > 0)
    if (split(line, part, "\"") >= 3 && part[2] == thing) { price = part[3]; gsub(/[^0-9]/, "", price) }
  printf "{\"steps\":[{\"step\":\"price\",\"input\":%s,\"output\":{\"price\":%s}},", input, price
  printf "{\"step\":\"reply\",\"input\":{\"price\":%s},\"output\":{\"text\":\"It costs %s\"}}]}\n", price, price
}
`;

export const CONFIGURATION = '.github/corrigible.yml';

/** Every file of the repository, by path. */
export const shop: Readonly<Record<string, string>> = {
  [CONFIGURATION]: configuration,
  '.github/rubrics/set-price.md': rubric,
  'steps/price.awk': priceStep,
  'steps/reply.awk': replyStep,
  'steps/replay.awk': replay,
  'rules/price.json': '{\n  "lamp": 5,\n  "vase": 7,\n  "clock": 30\n}\n',
  'evals/price.yml':
    'cases:\n  - { name: a vase is 7, input: { thing: vase }, expect: [{ path: /price, op: eq, value: 7 }] }\n',
  'evals/reply.yml':
    'cases:\n  - { name: a reply, input: { price: 3 }, expect: [{ path: /text, op: eq, value: It costs 3 }] }\n',
  'tickets/T-1.json': '{"thing":"lamp","text":"what does the lamp cost"}\n',
  'tickets/T-2.json': '{"thing":"vase","text":"how much is the vase"}\n',
  'README.md': 'A shop.\n',
};

/** The same shop with a sofa, of which another ticket asks. */
export const shopWithSofa: Readonly<Record<string, string>> = {
  ...shop,
  'rules/price.json': '{\n  "lamp": 5,\n  "vase": 7,\n  "clock": 30,\n  "sofa": 40\n}\n',
  'tickets/T-3.json': '{"thing":"sofa","text":"how much is the sofa"}\n',
};

/** The same shop where everybody's pull requests are judged, also by a suite that leaves a report. */
export const shopForAll: Readonly<Record<string, string>> = {
  ...shop,
  [CONFIGURATION]: `${configuration.replace(
    'cases: evals/price.yml }',
    `cases: evals/price.yml, report: { run: sh tests/all.sh, file: out/report, format: jsonl, oracle: [tests/**] } }`,
  )}pull-requests: all\n`,
  'tests/all.sh': `mkdir -p out && grep -q lamp rules/price.json && printf '{"id":"a lamp","pass":true}\\n{"end":1}\\n' > out/report\n`,
};

/** The same shop where no recipe drafts or fixes: a model does both. */
export const shopWithModel: Readonly<Record<string, string>> = {
  ...shop,
  [CONFIGURATION]: `${configuration}agent: { kind: model }\nbudget: { rounds: 3 }\n`,
  '.github/rubrics/set-price.md': rubric.replace(/^recipe:\n(?: .*\n)+/m, ''),
};

/** The same with two agents in each round. */
export const shopOfTwo: Readonly<Record<string, string>> = {
  ...shopWithModel,
  [CONFIGURATION]: (shopWithModel[CONFIGURATION] ?? '').replace('kind: model }', 'kind: model, candidates: 2 }'),
};

const draft = {
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

const edit = (to: number): Reply => ({
  tool: 'edit',
  args: { path: 'rules/price.json', old: '"lamp": 5', new: `"lamp": ${to}` },
});

/**
 * A model that answers by what it is asked alone, so that a round made twice goes the same way: it drafts; its first
 * attempt is red, and with a note of that it does right. `dawdling`: so often it reads the same file first.
 */
export function shopModel(request: SeenRequest, dawdling = 0): Reply {
  const { tools, messages } = request.body;
  if (messages[0]?.content?.includes('look back at a change'))
    return { json: { wrong: 'Six is not the price.', instead: 'Set the price of the specification.' } };
  if (messages[0]?.content?.includes('code review')) return { json: { remarks: [{ n: 1, is: 'how' }] } };
  if (tools === undefined) return { json: messages[0]?.content?.includes('specification') ? draft : { is: 'act' } };
  const called = messages.filter(({ role }) => role === 'tool').length;
  if (called < dawdling) return { tool: 'read', args: { path: 'README.md' } };
  if (called > dawdling) return { tool: 'done', args: { summary: 'Set the price.' } };
  const asked = messages.map((message) => message.content ?? '').join('\n');
  if (asked.includes('What a reviewer wants'))
    return { tool: 'edit', args: { path: 'rules/price.json', old: '"lamp": 9', new: '"lamp" : 9' } };
  return edit(
    /attempt/i.test(
      messages
        .map((message) => message.content ?? '')
        .slice(1)
        .join('\n'),
    )
      ? 9
      : 6,
  );
}
