import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { judgeAll, judgeSpec, judgeStep } from '../../src/domain/judge.ts';
import { itsWords } from '../../src/domain/messages/gate.ts';
import { because } from '../../src/domain/messages/people.ts';
import type { StageName } from '../../src/domain/stage.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { tellChecks } from '../../src/domain/tell-checks.ts';
import { tellStatus } from '../../src/domain/tell-status.ts';
import { allOf } from '../../src/domain/verdict.ts';
import { tellDelay } from '../../src/loop.ts';
import { judgeOutput } from '../../src/run-cases.ts';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const src = join(import.meta.dirname, '../../src');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('forge/') && !file.startsWith('cli/'))
  .map((file) => readFileSync(join(src, file), 'utf8'));

/** The members of a union of texts, as the source has it. */
function union(type: string): readonly string[] {
  const text = sources.join('\n');
  const body = new RegExp(`type ${type} =([\\s\\S]*?);`).exec(text)?.[1] ?? '';
  return [...body.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]!);
}

const literalCodes = sources.flatMap((text) =>
  [...text.matchAll(/\bcode: '([a-z-]+)'/g)].map((match) => match[1]!).filter((code) => code !== 'custom'),
);
const agentCodes = ['cannot', 'no-change', 'budget', 'broken', 'stopped'].map((code) => `agent-${code}`);
const reviewCodes = union('ReviewRefusal').map((code) => `review-${code}`);
const declineCodes = ['one-off', 'unsafe', 'not-a-defect', 'outside', 'no-complaint'].map((code) => `model-${code}`);
const answerCodes = ['stable', 'customer-right', 'reporter-right', 'worth-it'].map((code) => `answered-${code}`);
/** Codes of agents and of Git, which the stages translate before they become reasons. */
const inner = new Set([
  'model-unreachable',
  'cannot',
  'no-change',
  'budget',
  'stopped',
  'unknown',
  'broken',
  'candidate',
]);

test('invariant 9: every reason that the sources can give has its sentence', () => {
  const codes = [...literalCodes, ...agentCodes, ...reviewCodes, ...declineCodes, ...answerCodes];
  const reasons = [...new Set(codes.filter((code) => !inner.has(code)))];
  expect(reasons.length).toBeGreaterThan(35);
  expect(reviewCodes).toHaveLength(7);
  for (const code of reasons)
    expect(because({ code, detail: 'a b' }), code).not.toMatch(/unknown reason|undefined|^\s*$/);
});

test('invariant 9: a code without a sentence says so instead of saying nothing', () => {
  expect(because({ code: 'nobody-wrote-this' })).toBe('of an unknown reason (nobody-wrote-this)');
});

test('invariant 9: what a detail quotes cannot mention people, end its markup or link', () => {
  const hostile = '@everyone `x` [a](http://evil.example) <img>\n# Title';
  for (const code of ['agent-cannot', 'merge-refused', 'agent-broken'])
    expect(because({ code, detail: hostile })).not.toMatch(/@everyone|(?<!\\)`|(?<!\\)\[|(?<!\\)<|http:\/\/|\n/);
});

/** What is left of a text where GitHub would act: outside code spans, without what is escaped. */
const live = (text: string): string => text.replace(/\\.|`[^`\n]*`/g, '');
const ACTS = /@\w|#\d|!?\[|<\w|https?:\/\//;
const markup = [
  '![x](https://evil.example/a.png)',
  '<img src=https://evil.example>',
  '[click](https://evil.example)',
  'acme/shop#1',
  'closes #3',
  '@everyone',
  '` @everyone `',
  'a\n\n# Title ![x](https://evil.example) `',
];

test.each(markup)('invariant 9: a candidate’s output is never live in status or checks: %j', async (hostile) => {
  const world = smallWorld({ fix: () => ({ 'rules/price.json': JSON.stringify({ lamp: hostile, vase: 7 }) }) });
  await world.proposed();
  expect(world.status()).toContain('still red');
  expect(live(world.status())).not.toMatch(ACTS);
  const judged = (await world.facts()).findLast((fact) => fact.kind === 'judged');
  const checks = tellChecks(judged!.verdict);
  expect(checks.map(({ summary }) => summary).join()).toContain('should eq `9`');
  for (const { summary } of checks) expect(live(summary)).not.toMatch(ACTS);
});

test.each(markup)(
  'invariant 9: nor are a program’s words, a case’s name, or a reason for no hold-out: %j',
  (hostile) => {
    const of = { name: hostile, step: 'price', input: null, expect: [] };
    const head = judgeOutput({ status: 'error', because: hostile }, of);
    const base = { outcome: 'pass', because: 'green' } as const;
    const cases = [{ case: of, role: 'guard', base, head }] as const;
    const verdict = judgeAll(allOf('integrity', []), judgeSpec(cases, hostile), [judgeStep('price', cases)]);
    const told = [verdict.because, ...tellChecks(verdict).map(({ summary }) => summary)];
    for (const text of told) expect(live(text)).not.toMatch(ACTS);
    expect(verdict.because).toContain(itsWords(hostile));
    for (const code of ['conflicts', 'merge-conflict', 'agent-cannot'])
      expect(live(because({ code, detail: hostile }))).not.toMatch(ACTS);
  },
);

test('what is red is told to the agent as it is, and to people once, in code', () => {
  const of = { name: 'a', step: 'price', input: null, expect: [{ path: '/a', op: 'eq' as const, value: '@b `c`' }] };
  expect(judgeOutput({ status: 'output', output: { a: '<d> @e `f`' } }, of)).toEqual({
    outcome: 'fail',
    expected: '/a eq "@b `c`"',
    got: '"<d> @e `f`"',
    because: '`/a` should eq `"@b \'c\'"`, but is `"<d> @e \'f\'"`',
  });
});

/** The stage after each fact, with the status as it is shown then. */
const shown = (facts: readonly Fact[]) =>
  facts.map((fact, i) => {
    const at = '2026-01-01T00:00:00.000Z';
    const standing = standingOf(facts.slice(0, i + 1).map((one, before) => ({ seq: before + 1, at, fact: one })));
    return { fact, stage: standing.stage.name, status: tellStatus(standing) };
  });

async function told(act: (world: SmallWorld) => Promise<void>) {
  const world = smallWorld();
  await act(world);
  return shown((await world.recorded()).map(({ fact }) => fact));
}

test('invariant 9: every stage has a sentence of its own: state, who is next, what was spent', async () => {
  const lines = [
    ...(await told(async (world) => {
      await world.proposed();
      world.approve();
      await world.settle();
      await world.askUndo('/undo');
      await world.settle();
    })),
    ...(await told(async (world) => {
      world.state.issue.body = 'This is bad.';
      await world.settle();
    })),
    ...(await told(async (world) => {
      await world.ready();
      world.editSpec((spec) => Object.assign(spec, { answers: { ...(spec['answers'] as object), rule: 'one-off' } }));
      await world.settle();
    })),
    ...(await told(async (world) => {
      await world.ready();
      Object.assign(world.state.issue, { open: false, closedBy: 'alice' });
      await world.settle();
    })),
    ...(await told(async (world) => {
      await world.proposed();
    }).then((all) =>
      shown([
        ...all.slice(0, all.findIndex(({ stage }) => stage === 'cleared') + 1).map(({ fact }) => fact),
        { kind: 'halted', by: 'bob', comment: 9 },
      ]),
    )),
    ...shown([{ kind: 'forgotten', by: 'operator' }]),
    ...shown([{ kind: 'pull-request-found', author: 'carol', head: 'a'.repeat(40), by: 'carol' }]),
  ];
  const sentences: Readonly<Record<Exclude<StageName, 'new'>, RegExp>> = {
    accepted: /Reading the rejection/,
    asked: /Waiting for an answer from rita/,
    declined: /Declined, because it was answered as a one-off/,
    drafted: /Checking the spec|not ready\*\* yet|Next: a maintainer sets the label `fix-clear`/,
    cleared: /Cleared by alice\. Attempt 1 is being made/,
    halted: /\*\*Stopped\*\* by bob\. [\s\S]*`\/retry`/,
    proven: /The checks passed\. Opening the pull request/,
    proposed: /Proposed in #100 at `\w{10}`\.[\s\S]*(?:other than alice reviews|Judging)/,
    merged: /Merged in #100/,
    returned: /Open again: it was merged in #100[\s\S]*undone in #101, which bob has asked for[\s\S]*people merge #101/,
    closed: /alice closed the rejection, so the work ended\. Reopen it/,
    guarded: /Judging this head/,
    forgotten: /Everything about this rejection was deleted on request/,
  };
  for (const [stage, sentence] of Object.entries(sentences)) {
    const of = lines.filter((line) => line.stage === stage);
    expect(of.length, stage).toBeGreaterThan(0);
    for (const { status } of of) expect(status).toMatch(sentence);
  }
  expect(lines.find(({ stage }) => stage === 'merged')?.status).toMatch(/Spent: \d+\.\d s, 13 model tokens/);
});

const ends: readonly (readonly [string, Fact])[] = [
  ['the label was taken off', { kind: 'stopped', reason: { code: 'label-removed' } }],
  ['its dependencies cannot be made', { kind: 'stopped', reason: { code: 'not-prepared', detail: 'It failed.' } }],
  ['nothing may run here', { kind: 'stopped', reason: { code: 'no-sandbox', detail: 'No bubblewrap.' } }],
];
test.each(ends)('invariant 9: an attempt that ends says why and what to do: %s', async (words, fact) => {
  const world = smallWorld();
  await world.ready();
  const recorded = await world.recorded();
  const at = recorded.at(-1)!;
  const standing = standingOf([...recorded, { seq: at.seq + 1, at: at.at, fact }]);
  expect(tellStatus(standing)).toMatch(new RegExp(`The last attempt ended, because ${words}[\\s\\S]*To try again:`));
});

test('invariant 9: a delay is told once, with its reason and when it goes on, and no more once it does', async () => {
  const world = smallWorld();
  await world.ready();
  const until = '2026-01-01T10:30:00.000Z';
  await tellDelay(world.ports, { code: 'content-limit' }, until, true);
  await tellDelay(world.ports, { code: 'content-limit' }, until, true);
  expect(world.status()).toContain(
    'Delayed, because GitHub allows only so many new comments and checks in a while, and they are shared fairly. ' +
      'I go on after 2026-01-01 10:30 UTC.',
  );
  expect((await world.facts()).filter(({ kind }) => kind === 'delayed')).toHaveLength(1);
  await world.settle();
  expect(world.status()).not.toContain('Delayed');
  expect(world.status()).toContain('Next: a maintainer sets the label `fix-clear`');
  await tellDelay(world.ports, { code: 'repository-archived' }, null, true);
  expect(world.status()).toMatch(/the repository is archived.* I go on when that is put right\./);
});

test('invariant 9: there is one status comment, however much happens', async () => {
  const world = smallWorld();
  await world.proposed();
  world.approve('alice');
  await world.settle();
  world.approve('bob');
  await world.settle();
  expect(world.state.comments.filter(({ marker }) => marker === 'status')).toHaveLength(1);
  expect(world.state.comments.map(({ marker }) => marker?.split('-')[0])).toEqual([
    'draft',
    'status',
    'review',
    'thanks',
  ]);
});

test('invariant 9: a person’s edit of the status comment has no effect and is written over by the next state', async () => {
  const world = smallWorld();
  await world.ready();
  const comment = world.state.comments.find(({ marker }) => marker === 'status')!;
  comment.body = '**Ready:** anything. I approve.';
  world.label();
  await world.settle();
  expect(world.status()).toContain('Proposed in #100');
});
