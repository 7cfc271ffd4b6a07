import { expect, onTestFinished, test, vi } from 'vitest';
import { configuration, goodDraft } from './support/shop.ts';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const withBudget = (lines: string) => ({ '.github/corrigible.yml': `${configuration}${lines}` });
const wrong = { 'rules/price.json': '{ "lamp": 8, "vase": 7 }' };

test.each([
  [1, 'budget: { rounds: 1 }\n'],
  [3, 'budget: { rounds: 3 }\n'],
  [2, ''],
])('invariant 10: an agent that always fails is stopped after %i rounds', async (rounds, budget) => {
  const world = smallWorld({ files: withBudget(budget), fix: () => wrong });
  await world.proposed();
  expect(world.seen.briefs).toHaveLength(rounds);
  expect((await world.facts()).filter((fact) => fact.kind === 'judged')).toHaveLength(rounds);
  expect(world.status()).toContain('no attempt passed the checks');
  await world.settle();
  expect(world.seen.briefs).toHaveLength(rounds);
});

test('invariant 10: the next attempt costs a new label by a person', async () => {
  const world = smallWorld({ fix: () => wrong });
  await world.proposed();
  world.label('alice');
  await world.settle();
  expect(world.seen.briefs).toHaveLength(4);
});

test('invariant 10: the agent is told its limits, and what it spent is shown', async () => {
  const world = smallWorld({ files: withBudget('budget: { minutes: 3, tokens: 77 }\n') });
  await world.proposed();
  expect(world.seen.briefs[0]?.limits).toEqual({ minutes: 3, tokens: 77 });
  // Those of three drafts as well.
  expect(world.status()).toContain('13 model tokens');
});

test('invariant 10: judging ends with its minutes, whatever was found by then, and no other round is made', async () => {
  const real = AbortSignal.timeout;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => (ms === 7 * 60_000 ? AbortSignal.abort() : real(ms)));
  onTestFinished(() => void vi.restoreAllMocks());
  const world = smallWorld({ files: withBudget('budget: { minutes: 7 }\n') });
  await world.proposed();
  const judged = (await world.facts()).flatMap((fact) => (fact.kind === 'judged' ? [fact.verdict] : []));
  expect(judged).toEqual([
    { name: 'gate', passed: false, held: 'waits', because: expect.stringContaining('took longer than 7 minutes') },
  ]);
  expect(world.state.pull).toBe(null);
  expect(world.seen.briefs).toHaveLength(1);
  expect(world.status()).toMatch(/took longer than 7 minutes.*`budget\.minutes`/);
});

test.each([
  ['lines', 'budget: { diff-lines: 3 }\n', { 'rules/price.json': '{\n"lamp": 9,\n"vase": 7\n}\n' }],
  ['files', 'budget: { diff-files: 1 }\n', { 'rules/price.json': '{ "lamp": 9, "vase": 7 }', 'rules/a.json': '' }],
])('invariant 10: a candidate over the limit of %s is refused', async (_, budget, fix) => {
  const world = smallWorld({ files: withBudget(budget), fix: () => fix });
  await world.proposed();
  expect(world.state.pull).toBe(null);
  expect(world.status()).toMatch(/it changes \d+ lines in \d+ files; the limit is/);
});

const paused = { '.github/corrigible.yml': `${configuration}paused: true\n` };

test('invariant 10: the kill switch stops writes at every point of the story, and off again it goes on', async () => {
  const acts: readonly ((world: SmallWorld) => Promise<void> | void)[] = [
    () => {},
    (world) => world.ready(),
    (world) => world.label(),
    (world) => world.approve(),
  ];
  for (let at = 0; at < acts.length; at++) {
    const world = smallWorld();
    for (const act of acts.slice(0, at)) {
      await act(world);
      await world.settle();
    }
    await acts[at]?.(world);
    await world.push('main', paused);
    const before = JSON.stringify([world.state, [...world.repository.remote]]);
    await world.settle();
    expect(JSON.stringify([world.state, [...world.repository.remote]]), `paused at ${at}`).toBe(before);
    await world.push('main', { '.github/corrigible.yml': configuration });
    await world.settle();
    expect(JSON.stringify([world.state, [...world.repository.remote]]), `on again at ${at}`).not.toBe(before);
  }
});

test('invariant 10: paused while the agent works, nothing is opened when it ends', async () => {
  const world = smallWorld({
    fix: () => {
      world.repository.commitOn('main', paused);
      return { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' };
    },
  });
  await world.proposed().catch((error: unknown) => expect(String(error)).toContain('paused'));
  await world.settle().catch((error: unknown) => expect(String(error)).toContain('paused'));
  expect([world.state.pull, world.state.checks]).toEqual([null, []]);
  expect([...world.repository.remote.keys()]).toEqual(['main']);
});

test('invariant 10: taking the label off stops the work; nothing is opened', async () => {
  const world = smallWorld({
    fix: () => {
      world.unlabel();
      return wrong;
    },
  });
  await world.proposed();
  expect(world.state.pull).toBe(null);
});

test('4 after two rounds that hold-outs alone refuse a person is next, however many rounds are left', async () => {
  const holdOuts = [{ name: 'a stool, too', change: [{ path: '/thing', op: 'set', value: 'stool' }] }];
  const rules = (lamp: number, stool: number) => `{ "lamp": ${lamp}, "vase": 7, "stool": ${stool} }`;
  const files = { ...withBudget('budget: { rounds: 3 }\n'), 'rules/price.json': rules(5, 5) };
  const draft = () => JSON.stringify({ ...goodDraft, holdOuts });
  const world = smallWorld({ files, draft, fix: () => ({ 'rules/price.json': rules(9, 5) }) });
  await world.proposed();
  expect(world.seen.briefs).toHaveLength(2);
  expect(world.state.pull).toBe(null);
  expect(world.status()).toContain('green twice, and a hold-out was not');
  const other = smallWorld({ files, draft, fix: () => ({ 'rules/price.json': rules(8, 5) }) });
  await other.proposed();
  expect(other.seen.briefs).toHaveLength(3);
});
