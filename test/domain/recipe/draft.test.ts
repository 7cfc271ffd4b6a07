import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordsOf } from '../../../src/domain/parse-rejection.ts';
import { draftFromChoice, draftFromRecipe, frozen, type RecipeDraft } from '../../../src/domain/recipe/draft.ts';
import type { Trace } from '../../../src/domain/rejection.ts';
import { Spec } from '../../../src/domain/spec.ts';
import { change, rejectionOf, rubricWith, trace } from '../support/recipe-parts.ts';

const clear = rejectionOf({ 'what should have come out': 'I think KB-107 should come first for refunds.' });
const drafted = (...args: Parameters<typeof draftFromRecipe>): RecipeDraft => {
  const draft = draftFromRecipe(...args);
  if ('missing' in draft) throw new Error(JSON.stringify(draft.missing));
  return draft;
};

test('a clear rejection becomes a whole spec without a model', () => {
  const draft = drafted(rubricWith(), clear, trace, change);
  expect(draft.toFreeze).toEqual([
    {
      name: 'another intent keeps its order',
      step: 'fetch',
      input: { text: 'When does my money come?', intent: 'billing' },
      freeze: ['/articles/0/id'],
    },
  ]);
  const spec = frozen(draft, [{ status: 'output', output: { articles: [{ id: 'KB-101' }] } }]);
  expect(spec).toMatchInlineSnapshot(`
    {
      "acceptance": [
        {
          "expect": [
            {
              "op": "eq",
              "path": "/articles/0/id",
              "value": "KB-107",
            },
          ],
          "input": {
            "intent": "billing.refund",
            "text": "When does my money come?",
          },
          "name": "Rank KB-107 first for billing.refund",
          "step": "fetch",
        },
      ],
      "answers": {
        "customer-right": null,
        "reporter-right": null,
        "rule": null,
        "stable": null,
        "worth-it": null,
      },
      "change": "adjust-fetch-weight",
      "expected": "For billing.refund, KB-107 comes first.",
      "files": [
        "config/fetch.json",
      ],
      "guards": [
        {
          "expect": [
            {
              "op": "eq",
              "path": "/articles/0/id",
              "value": "KB-101",
            },
          ],
          "input": {
            "intent": "billing",
            "text": "When does my money come?",
          },
          "name": "another intent keeps its order",
          "step": "fetch",
        },
      ],
      "hold-outs": [
        {
          "expect": [
            {
              "op": "eq",
              "path": "/articles/0/id",
              "value": "KB-107",
            },
          ],
          "input": {
            "intent": "billing.refund",
            "text": "Hello team, When does my money come?",
          },
          "name": "the same question in other words",
          "step": "fetch",
        },
      ],
      "observed": "Fetch put KB-104 first.",
      "quotes": [
        "KB-107 should come first",
      ],
      "slots": {
        "article": "KB-107",
        "bump": 4,
        "intent": "billing.refund",
      },
      "step": "fetch",
      "title": "Rank KB-107 first for billing.refund",
    }
  `);
  expect(Spec.safeParse(spec).success).toBe(true);
  for (const quote of spec.quotes) expect(wordsOf(clear)).toContain(quote);
});

test('a frozen place that base does not have has to stay absent; a guard that base cannot run is left out', () => {
  const draft = drafted(rubricWith(), clear, trace, change);
  expect(frozen(draft, [{ status: 'output', output: {} }]).guards[0]?.expect).toEqual([
    { path: '/articles/0/id', op: 'absent' },
  ]);
  expect(frozen(draft, [{ status: 'error', because: 'crashed' }]).guards).toEqual([]);
  expect(frozen(draft, []).guards).toEqual([]);
});

test('what is missing is asked for, all at once', () => {
  const vague = rejectionOf({ 'what should have come out': 'Something better.' });
  const bare: Trace = { steps: [{ step: 'fetch', input: {}, output: {} }] };
  expect(draftFromRecipe(rubricWith(), vague, bare, change)).toEqual({
    missing: [
      { slot: 'article', ask: 'Which article should have come first?' },
      { slot: 'intent', ask: 'Which intent is it about?' },
    ],
  });
});

test('two different values are a question with both, never a guess', () => {
  const two = rejectionOf(
    { a: 'KB-107 should come first.' },
    'Or else KB-109 should be on top, and KB-107 should come first.',
  );
  expect(draftFromRecipe(rubricWith(), two, trace, change)).toEqual({
    missing: [{ slot: 'article', ask: 'Which article should have come first?', choices: ['KB-109', 'KB-107'] }],
  });
});

test('a closed list takes its own spelling and is offered when nothing fits', () => {
  const closed = rubricWith(["      pattern: '^KB-\\d+$'\n", '      one-of: [KB-107, KB-109]\n']);
  const small = rejectionOf({ 'what should have come out': 'kb-107' });
  expect(drafted(closed, small, trace, change).spec.slots).toMatchObject({ article: 'KB-107' });
  expect(draftFromRecipe(closed, rejectionOf({}), trace, change)).toEqual({
    missing: [{ slot: 'article', ask: 'Which article should have come first?', choices: ['KB-107', 'KB-109'] }],
  });
});

test('a recipe that does not fit the repository or the trace says what is missing', () => {
  const ask = (...args: Parameters<typeof draftFromRecipe>) => {
    const draft = draftFromRecipe(...args);
    return 'missing' in draft ? draft.missing.map((one) => one.ask) : [];
  };
  expect(ask(rubricWith(), clear, { steps: trace.steps.slice(0, 1) }, change)).toEqual([
    'The trace has no step “fetch”, which this kind of change repairs. Which step gave the wrong output?',
  ]);
  expect(ask(rubricWith(), clear, trace, { ...change, with: { bump: 4 } })).toEqual([
    'The configuration of this repository does not say “weights” under changes, adjust-fetch-weight, with. Could a maintainer add it?',
  ]);
  const needs = rubricWith(["value: '{article}' }", "value: '{output:/gone}' }"]);
  expect(ask(needs, clear, trace, change)).toEqual([
    'Step “fetch” gave nothing at “/gone”, which this kind of change needs. What should it have given?',
  ]);
});

test('cases that would be the rejected input itself are left out', () => {
  const same = rubricWith(['op: set, value: billing', 'op: set, value: billing.refund']);
  expect(drafted(same, clear, trace, change).toFreeze).toEqual([]);
  const unfit = rubricWith(['path: /text, op: prepend', 'path: /nothing, op: prepend']);
  expect(drafted(unfit, clear, trace, change).spec['hold-outs']).toEqual([]);
});

test('cases of one name get a number', () => {
  const rubric = rubricWith(
    ['name: another intent keeps its order', "name: 'Rank {article} first for {intent}'"],
    ['name: the same question in other words', "name: 'Rank {article} first for {intent}'"],
  );
  const spec = frozen(drafted(rubric, clear, trace, change), [{ status: 'output', output: {} }]);
  expect([...spec.acceptance, ...spec.guards, ...spec['hold-outs']].map((c) => c.name)).toEqual([
    'Rank KB-107 first for billing.refund',
    'Rank KB-107 first for billing.refund (2)',
    'Rank KB-107 first for billing.refund (3)',
  ]);
});

test('a slot in a pattern stands for exactly its text, in a pointer for one token', () => {
  const rubric = rubricWith(
    ["op: eq, value: '{article}'", "op: matches, value: '^{intent}$'"],
    ['{ path: /articles/0/id,', "{ path: '/by/{intent}',"],
    ["pattern: '^[a-z.-]+$'", "pattern: '^.+$'"],
  );
  const odd: Trace = { steps: [{ step: 'fetch', input: { text: 'x', intent: 'a/b.*~' }, output: {} }] };
  expect(drafted(rubric, clear, odd, change).spec.acceptance[0]?.expect).toEqual([
    { path: '/by/a~1b.*~0', op: 'matches', value: '^a/b\\.\\*~$' },
  ]);
});

const nasty = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '../../etc/passwd',
    'a\nb',
    '`x`',
    '[x](https://evil.example)',
    '<img src=x>',
    'x'.repeat(500),
    '{article}',
    '{output:/articles}',
    '\u202Eabc',
    '@everyone',
  ),
);

test('whatever a reporter writes, the draft is a valid spec or a question', () => {
  const open = rubricWith(["pattern: '^KB-\\d+$'", "pattern: '(?s)^.*$'"], ['max: 20', 'max: 200']);
  fc.assert(
    fc.property(nasty, nasty, (wanted, given) => {
      const steps = [{ step: 'fetch', input: { text: given, intent: 'a' }, output: { articles: [{ id: given }] } }];
      const draft = draftFromRecipe(open, rejectionOf({ 'what should have come out': wanted }), { steps }, change);
      if ('missing' in draft) return;
      const spec = frozen(draft, [{ status: 'output', output: given }]);
      const parsed = Spec.safeParse(spec);
      expect(parsed.error?.issues ?? []).toEqual([]);
      expect(`${spec.title}${spec.observed}${spec.expected}`).not.toMatch(/[\n`]|https?:|<[a-z]|\]\(/i);
      expect(spec.slots?.['article']).toBe(wanted.trim());
    }),
    { numRuns: 300, seed: 11 },
  );
});

test('what a model chose gets its cases by code, and its sentences lose links and markup', () => {
  const draft = draftFromChoice(
    {
      is: 'spec',
      step: 'fetch',
      expect: [{ path: '/articles/0/id', op: 'eq', value: 'KB-107' }],
      guards: [{ name: 'other', change: [{ path: '/intent', op: 'set', value: 'x' }], freeze: ['/articles'] }],
      holdOuts: [{ name: 'shouting', change: [{ path: '/text', op: 'upper' }] }],
      observed: 'See [this](https://evil.example) `now`',
      expected: 'word '.repeat(150),
      quotes: ['KB-107 should come first'],
      change: 'adjust-fetch-weight',
      files: ['config/fetch.json', 'config/fetch.json'],
      title: 'Rank KB-107 first',
    },
    trace,
    change,
  );
  if ('missing' in draft) throw new Error('missing');
  expect(draft.spec.observed).toBe("See [this] (…//evil.example) 'now'");
  expect(draft.spec.files).toEqual(['config/fetch.json']);
  expect(draft.spec['hold-outs'][0]?.input).toEqual({ text: 'WHEN DOES MY MONEY COME?', intent: 'billing.refund' });
  expect(draft.spec.slots).toBeUndefined();
  expect(Spec.safeParse(frozen(draft, [{ status: 'output', output: {} }])).success).toBe(true);
});
