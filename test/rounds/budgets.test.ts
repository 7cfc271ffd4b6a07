import { expect, test } from 'vitest';
import { sharing } from '../../src/ask-model.ts';
import { allowanceOf, endedBy, endOfDay, shareOf, usedUp } from '../../src/domain/budget.ts';
import type { Spent } from '../../src/domain/fact.ts';
import { addSpent, nothingSpent } from '../../src/domain/spent.ts';
import { notingEach } from '../../src/keep-budget.ts';
import type { Model } from '../../src/ports.ts';
import { configuration, goodDraft, goodFix } from '../invariants/support/shop.ts';
import { smallWorld as anyWorld, type SmallScript, type SmallWorld } from '../invariants/support/small-world.ts';

/** What agents cost is counted here, and reading costs nothing where a test does not say. */
const smallWorld = (script: SmallScript = {}) => anyWorld({ reading: 0, ...script });

const withBudget = (budget: string) => ({ '.github/corrigible.yml': `${configuration}budget: ${budget}\n` });
const wrong = { 'rules/price.json': '{ "lamp": 8, "vase": 7 }' };
const again = async (world: SmallWorld) => {
  world.unlabel();
  await world.settle();
  world.label();
  await world.settle();
};
const kinds = async (world: SmallWorld) => (await world.facts()).map(({ kind }) => kind);
const hour = 3600;

test('the budget of a rejection counts over all its attempts, and its end is told in words, once', async () => {
  const world = smallWorld({ files: withBudget('{ rounds: 1, rejection: { tokens: 25 } }'), fix: () => wrong });
  await world.proposed();
  expect(world.status()).toMatch(/Spent: .* 10 model tokens\. Left for this rejection: 15 model tokens, \d+ minutes\./);
  await again(world);
  expect(world.seen.briefs.map(({ limits }) => limits.tokens)).toEqual([25, 15]);
  const comments = world.state.comments.length;
  await again(world);
  expect(world.seen.briefs.map(({ limits }) => limits.tokens)).toEqual([25, 15, 5]);
  await again(world);
  expect(world.seen.briefs).toHaveLength(3);
  expect(world.status()).toContain(
    'The last attempt ended, because the budget of this rejection over all its attempts is used up (30 of 25 model tokens, `budget.rejection.tokens`).',
  );
  expect(world.status()).toContain('0 model tokens');
  expect(world.state.comments).toHaveLength(comments);
  expect([...world.repository.remote.keys()]).toEqual(['main']);
  expect(await world.stageName()).toBe('drafted');
});

test('a limit that is raised lets the next label start another attempt', async () => {
  const fixes = [wrong, goodFix];
  const world = smallWorld({
    files: withBudget('{ rounds: 1, rejection: { tokens: 10 } }'),
    fix: () => fixes.shift()!,
  });
  await world.proposed();
  await again(world);
  expect(world.seen.briefs).toHaveLength(1);
  await world.push('main', withBudget('{ rounds: 1, rejection: { tokens: 30 } }'));
  await again(world);
  expect(world.state.pull).not.toBe(null);
});

test('judging counts as minutes of the rejection', async () => {
  const world = smallWorld({ files: withBudget('{ rejection: { minutes: 1 } }'), fix: () => wrong });
  await world.ready();
  const { ledger, ref } = world.ports;
  const key = `${ref.repo}#${ref.issue}`;
  const last = (await world.recorded()).at(-1)?.seq ?? 0;
  const verdict = { name: 'gate', passed: false, because: '' };
  await ledger.append(key, last, [
    { kind: 'judged', base: '', tree: '', head: 'x', merge: false, verdict, seconds: 60 },
  ]);
  world.label();
  await world.settle();
  expect(world.seen.briefs).toEqual([]);
  expect(world.status()).toMatch(/\(1(\.\d+)? of 1 minutes, `budget.rejection.minutes`\)/);
});

test('what a day may cost puts the work off until it is over, and it goes on by itself', async () => {
  const world = smallWorld({
    files: withBudget('{ day: { tokens: 10 } }'),
    fix: (brief) => (brief.rejected.length === 0 ? wrong : goodFix),
  });
  await world.proposed();
  expect(world.seen.briefs).toHaveLength(1);
  expect(await world.stageName()).toBe('cleared');
  expect(world.status()).toContain(
    'Delayed, because what this repository may cost on one day (UTC) is used up (10 of 10 model tokens, `budget.day.tokens`).',
  );
  expect(world.status()).toContain('I go on after 2026-01-02 00:00 UTC.');
  expect(world.alarms.at(-1)).toBeGreaterThan(23 * hour * 1000);
  const before = (await kinds(world)).filter((kind) => kind === 'delayed');
  await world.settle();
  await world.settle();
  expect((await kinds(world)).filter((kind) => kind === 'delayed')).toEqual(before);
  expect(before).toHaveLength(1);
  world.wait(24 * hour);
  await world.settle();
  expect(world.seen.briefs).toHaveLength(2);
  expect(world.seen.briefs[1]?.rejected).toMatchObject([{ round: 1 }]);
  expect(world.state.pull).not.toBe(null);
  expect(world.status()).not.toContain('Delayed');
});

test('put off, it ends at once where the label is taken off, and goes on at once where the limit is raised', async () => {
  const files = withBudget('{ day: { tokens: 10 } }');
  const ended = smallWorld({ files, fix: () => wrong });
  await ended.proposed();
  ended.unlabel();
  await ended.settle();
  expect(ended.status()).toContain('the label was taken off');
  expect(ended.status()).not.toContain('Delayed');
  const raised = smallWorld({ files, fix: (brief) => (brief.rejected.length === 0 ? wrong : goodFix) });
  await raised.proposed();
  await raised.push('main', withBudget('{ day: { tokens: 50 } }'));
  await raised.settle();
  expect(raised.state.pull).not.toBe(null);
});

test('a round that the day’s budget cut off is made again on the next day, whatever the day leaves, and is no failure', async () => {
  const world = smallWorld({
    // Half of it is left when the round ends: too little, as it showed.
    files: withBudget('{ day: { tokens: 20 } }'),
    fix: () => (world.seen.briefs.length === 1 ? 'budget' : goodFix),
  });
  await world.proposed();
  expect(await kinds(world)).toContain('round-failed');
  expect(await world.stageName()).toBe('cleared');
  expect(world.status()).toContain(
    'is used up, or leaves too little of 20 model tokens for what is next (`budget.day.tokens`).',
  );
  await world.settle();
  expect(world.seen.briefs).toHaveLength(1);
  world.wait(24 * hour);
  await world.settle();
  expect(world.seen.briefs).toHaveLength(2);
  expect(world.seen.briefs[1]?.rejected).toEqual([]);
  expect(world.state.pull).not.toBe(null);
});

test('cut off by the day, it goes on at once where that limit is raised', async () => {
  const world = smallWorld({
    files: withBudget('{ day: { tokens: 20 } }'),
    fix: () => (world.seen.briefs.length === 1 ? 'budget' : goodFix),
  });
  await world.proposed();
  await world.push('main', withBudget('{ day: { tokens: 400 } }'));
  await world.settle();
  expect(world.state.pull).not.toBe(null);
});

test('a round that is cut off by the rejection’s budget ends the attempt, and says whose limit it was', async () => {
  const world = smallWorld({ files: withBudget('{ rejection: { tokens: 30 } }'), fix: () => 'budget' });
  await world.proposed();
  expect(world.status()).toContain(
    'over all its attempts is used up, or leaves too little of 30 model tokens for what is next (`budget.rejection.tokens`).',
  );
});

/** Three drafts that say nothing usable, twice each, and good ones from then on. */
const badFirst = () => {
  let asked = 0;
  return () => (asked++ < 6 ? '{' : JSON.stringify(goodDraft));
};

test('what models read a rejection for counts, and a rejection for which nothing is left is not read again', async () => {
  const world = smallWorld({ files: withBudget('{ rejection: { tokens: 12 } }'), reading: 2, draft: badFirst() });
  await world.settle();
  expect(await world.stageName()).toBe('asked');
  expect(world.status()).toContain('12 model tokens');
  const asked = world.seen.prompts.length;
  world.comment('/retry', 'alice');
  await world.settle();
  expect(world.seen.prompts).toHaveLength(asked);
  expect(world.said().join()).toContain(
    'the budget of this rejection is used up (12 of 12 model tokens, `budget.rejection.tokens`). Raise the limit in the configuration',
  );
});

test('a rejection for which the day leaves nothing is read on the next', async () => {
  const world = smallWorld({ files: withBudget('{ day: { tokens: 12 } }'), reading: 2, draft: badFirst() });
  await world.settle();
  world.comment('/retry', 'alice');
  await world.settle();
  await world.settle();
  expect(await world.stageName()).toBe('accepted');
  expect(world.status()).toContain('(12 of 12 model tokens, `budget.day.tokens`)');
  expect(world.status()).toContain('I go on after 2026-01-02 00:00 UTC.');
  expect((await kinds(world)).filter((kind) => kind === 'delayed')).toHaveLength(1);
  world.wait(24 * hour);
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
  expect(world.status()).not.toContain('Delayed');
});

test.each([
  ['rejection', /because the budget of this rejection over all its attempts is used up \(\d+ of 13/],
  ['day', /Delayed, because what this repository may cost on one day \(UTC\) is used up \(\d+ of 13/],
])('before a model reads a review the %s is looked at, and what it leaves is told', async (scope, words) => {
  const world = smallWorld({ reading: 7 });
  await world.proposed();
  const asked = world.seen.prompts.length;
  await world.push('main', withBudget(`{ ${scope}: { tokens: 13 } }`));
  world.requestChanges('bob', 'Please name the source of the price.');
  await world.settle();
  expect(world.seen.prompts).toHaveLength(asked);
  expect(world.status()).toMatch(words);
  if (scope === 'rejection') return;
  await world.push('main', withBudget('{ day: { tokens: 600 } }'));
  await world.settle();
  expect(await world.facts()).toContainEqual(
    expect.objectContaining({ kind: 'model-asked', role: 'review', spent: expect.objectContaining({ tokens: 7 }) }),
  );
  expect(world.status()).not.toContain('Delayed');
});

test('models that read are asked within the least of what is left', async () => {
  const world = smallWorld({ files: withBudget('{ rejection: { tokens: 40000 }, day: { tokens: 30000, money: 2 } }') });
  const budgets: unknown[] = [];
  const { readers } = world.ports;
  const draft: Model = {
    name: 'scripted',
    complete: async (request) => {
      budgets.push(request.purse?.budget);
      request.purse?.onSpent({ tokens: 100, requests: 1, money: 0.5 });
      return { text: JSON.stringify(goodDraft), tokens: 100 };
    },
  };
  Object.assign(world.ports, { readers: { ...readers, draft } });
  await world.settle();
  // Where money is limited, one after another.
  expect(budgets).toMatchObject([
    { tokens: 30_000, money: 2 },
    { tokens: 29_900, money: 1.5 },
    { tokens: 29_800, money: 1 },
  ]);
});

test('questions at once keep within one budget: who finds too little left waits for those under way', async () => {
  const ends: (() => void)[] = [];
  const budgets: number[] = [];
  let noted = 0;
  const { within, spent } = sharing({ tokens: 80_000 }, ({ tokens }) => {
    noted += tokens;
  });
  const model = within({
    name: 'm',
    complete: async ({ purse }) => {
      budgets.push(purse?.budget.tokens ?? 0);
      await new Promise<void>((end) => ends.push(end));
      return { text: '', tokens: 10 };
    },
  });
  const asked = [1, 2, 3, 4].map(() => model.complete({ system: '', prompt: '' }));
  await expect.poll(() => ends.length).toBe(2);
  // All that those under way may spend is there, and what they most likely come to at most is noted.
  expect(noted).toBeGreaterThan(2 * 16_384);
  expect(budgets.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(80_000);
  for (const end of ends.splice(0)) end();
  await expect.poll(() => ends.length).toBe(2);
  for (const end of ends.splice(0)) end();
  await Promise.all(asked);
  // An answer that is lost is paid for, and asked for once more.
  expect(budgets[0]).toBeGreaterThan(2 * 16_384);
  expect(spent()).toEqual({ tokens: 40, requests: 4 });
  expect(noted).toBe(40);
  const failing = within({ name: 'm', complete: async () => Promise.reject(new Error('no')) });
  await expect(failing.complete({ system: '', prompt: '' })).rejects.toThrow('no');
  expect(noted).toBe(40);
});

test('money is a limit like others, and a round is told what is left', async () => {
  const world = smallWorld({
    files: withBudget('{ rounds: 1, money: 2, rejection: { money: 3 } }'),
    fix: () => wrong,
    money: 1.5,
  });
  await world.proposed();
  await again(world);
  await again(world);
  expect(world.seen.briefs.map(({ limits }) => limits.money)).toEqual([2, 1.5]);
  expect(world.status()).toContain('(3 of 3 in money, `budget.rejection.money`)');
});

const spent = (more: Partial<Spent>): Spent => ({ ...nothingSpent, ...more });
const none = { rejection: nothingSpent, day: nothingSpent };
const budget = {
  rounds: 2,
  tokens: 100,
  minutes: 20,
  'diff-lines': 1,
  'diff-files': 1,
  rejection: { tokens: 150, minutes: 30 },
  day: { tokens: 1000, minutes: 60, money: 2 },
};

test('of several limits the least counts, and whose it is', () => {
  expect(allowanceOf(budget, none)).toEqual({
    tokens: 100,
    minutes: 20,
    money: 2,
    bound: { tokens: 'attempt', minutes: 'attempt', money: 'day' },
  });
  const rejection = spent({ tokens: 120, seconds: 15 * 60 + 1 });
  expect(allowanceOf(budget, { rejection, day: spent({ tokens: 990, money: 1.5 }) })).toEqual({
    tokens: 10,
    minutes: 15,
    money: 0.5,
    bound: { tokens: 'day', minutes: 'rejection', money: 'day' },
  });
});

test('a limit is used up from its very amount on: the rejection’s before the day’s, and a recipe needs only time', () => {
  expect(usedUp(budget, none)).toBe(null);
  const both = { rejection: spent({ tokens: 150 }), day: spent({ tokens: 1000 }) };
  expect(usedUp(budget, both)).toEqual({ usedUp: 'rejection', unit: 'tokens', spent: 150, limit: 150 });
  expect(usedUp(budget, both, false)).toBe(null);
  const late = { ...none, day: spent({ seconds: 3600 }) };
  expect(usedUp(budget, late, false)).toEqual({ usedUp: 'day', unit: 'minutes', spent: 60, limit: 60 });
});

test('who shares an allowance gets a part of what is counted, and all of the time', () => {
  const allowance = allowanceOf(budget, none);
  expect(shareOf(allowance, 3)).toMatchObject({ tokens: 33, minutes: 20, money: 2 / 3 });
  expect(shareOf(allowance, 1)).toEqual(allowance);
});

test('a round that ran out is told whose limit it was', () => {
  const bound = { tokens: 'day', minutes: 'rejection', money: 'attempt' } as const;
  const allowance = { tokens: 5, minutes: 1, bound };
  expect(endedBy(allowance, spent({ seconds: 60 }))).toEqual({ scope: 'rejection', unit: 'minutes' });
  expect(endedBy(allowance, spent({ seconds: 2, tokens: 5 }))).toEqual({ scope: 'day', unit: 'tokens' });
  expect(endedBy({ ...allowance, bound: { ...bound, tokens: 'attempt' } }, spent({ tokens: 5 }))).toMatchObject({
    scope: 'attempt',
  });
});

test('what a run has under way counts as spent until it is answered', async () => {
  const notes: Spent[] = [];
  const world = smallWorld();
  const note = async (spent: Spent) => void notes.push(spent);
  const tell = notingEach({ ...world.ports, reserves: { ...world.ports.reserves, note } });
  const sum = () => {
    const { tokens, requests, money } = notes.reduce(addSpent, nothingSpent);
    return { tokens, requests, money };
  };
  const about = { path: '/', body: '' };
  tell({ is: 'asked', id: 1, ...about, most: { tokens: 9_000, money: 4 } });
  tell({ is: 'asked', id: 2, ...about, most: { tokens: 5_000, money: 2 } });
  expect(sum()).toEqual({ tokens: 14_000, requests: 2, money: 6 });
  tell({ is: 'answered', id: 1, status: 200, body: '', whole: true, tokens: 100, money: 0.5 });
  expect(sum()).toEqual({ tokens: 5_100, requests: 2, money: 2.5 });
  tell({ is: 'refused', path: '/', status: 400, because: '' });
  tell({ is: 'answered', id: 2, status: 200, body: '', whole: false, tokens: 5_000, money: 2 });
  expect(sum()).toEqual({ tokens: 5_100, requests: 2, money: 2.5 });
});

test('a day ends at midnight by UTC', () => {
  expect(endOfDay('2026-12-31T23:59:59.999Z')).toBe('2027-01-01T00:00:00.000Z');
  expect(endOfDay('2026-02-28T00:00:00Z')).toBe('2026-03-01T00:00:00.000Z');
});

test('while others have put aside what is left of the day, a round waits for them, and so does a question', async () => {
  const world = smallWorld();
  const answers = ['held', 'held', 'taken'] as const;
  let asked = 0;
  const take = async () => answers[Math.min(asked++, 2)] ?? 'taken';
  await world.ready();
  Object.assign(world.ports, { reserves: { take, note: async () => {}, release: async () => {} } });
  world.label();
  await world.settle();
  expect(world.seen.briefs).toEqual([]);
  const lost = (await world.facts()).findLast((fact) => fact.kind === 'run-lost');
  expect(lost).toMatchObject({
    weather: true,
    because: expect.stringContaining('put aside for work that is under way'),
  });
  world.wait(60);
  await world.settle();
  world.wait(60);
  await world.settle();
  expect(world.state.pull).not.toBe(null);
  const other = smallWorld();
  Object.assign(other.ports, { reserves: { take: async () => 'held', note: async () => {}, release: async () => {} } });
  await expect(other.settle()).rejects.toThrow('put aside for work that is under way');
  expect(other.seen.prompts).toEqual([]);
});

test('what was put aside is given back once what it was spent on is told, and when the work ends otherwise', async () => {
  const seen: string[] = [];
  const note = async () => {};
  const world = smallWorld({ fix: () => goodFix, around: (_, call) => call() });
  await world.ready();
  const release = async () => {
    const facts = await world.facts();
    seen.push(facts.at(-1)?.kind ?? '');
  };
  Object.assign(world.ports, { reserves: { take: async () => 'taken', note, release } });
  world.label();
  await world.settle();
  expect(seen[0]).toBe('round-ended');
  expect(seen.length).toBeGreaterThan(1);
});
