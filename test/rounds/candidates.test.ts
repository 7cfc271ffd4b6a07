import { expect, test } from 'vitest';
import type { FactOf } from '../../src/domain/fact.ts';
import { renderBrief } from '../../src/domain/prompts/brief.ts';
import { tellStory } from '../../src/domain/tell-story.ts';
import type { Brief } from '../../src/ports.ts';
import { configuration, goodFix } from '../invariants/support/shop.ts';
import {
  type Around,
  allYes,
  smallWorld as anyWorld,
  type SmallScript,
  type SmallWorld,
} from '../invariants/support/small-world.ts';

/** What agents cost is counted here, and reading costs nothing where a test does not say. */
const smallWorld = (script: SmallScript = {}) => anyWorld({ reading: 0, ...script });

type Fix = NonNullable<SmallScript['fix']>;

const several = (more = '', candidates = 3) => ({
  '.github/corrigible.yml': `${configuration}agent: { kind: model, candidates: ${candidates} }\n${more}`,
});
const price = (text: string) => ({ 'rules/price.json': text });
const wrong = price('{ "lamp": 8, "vase": 7 }');
const long = price('{\n  "lamp": 9,\n  "vase": 7\n}');
/** What each candidate does, by the way that it is told; the first is told none. */
const by =
  (plain: ReturnType<Fix>, reproduce: ReturnType<Fix>, smallest: ReturnType<Fix>): Fix =>
  ({ way }) =>
    way === undefined ? plain : way === 'reproduce' ? reproduce : smallest;

const of = async <K extends 'candidate-ended' | 'candidate-judged' | 'round-ended' | 'judged' | 'round-failed'>(
  world: SmallWorld,
  kind: K,
) => (await world.facts()).filter((fact): fact is FactOf<K> => fact.kind === kind);
const chosen = async (world: SmallWorld) => (await of(world, 'round-ended')).at(-1)?.chosen;
const body = ({ state }: SmallWorld): string => state.pull?.body ?? '';

test('of minutes, each of several at once gets a part of what is left, and all of them are put aside for', async () => {
  const world = smallWorld({ files: several('budget: { rejection: { minutes: 30 } }\n'), fix: () => goodFix });
  const wants: unknown[] = [];
  const take = async (_: string, { minutes, atOnce }: { minutes: number; atOnce?: number }) => {
    wants.push([minutes, atOnce ?? 1]);
    return 'taken' as const;
  };
  await world.ready();
  wants.length = 0;
  Object.assign(world.ports, { reserves: { take, note: async () => {}, release: async () => {} } });
  world.label();
  await world.settle();
  expect(world.seen.briefs.map(({ limits }) => limits.minutes)).toEqual([10, 10, 10]);
  expect(wants).toContainEqual([10, 3]);
});

test('of three candidates the one that is green is proposed; each has a way of its own and its share of the budget', async () => {
  const world = smallWorld({
    files: several('budget: { tokens: 90, money: 3 }\n'),
    fix: by(wrong, 'no-change', goodFix),
  });
  await world.proposed();
  expect(world.repository.filesOf(world.repository.remote.get('corrigible/7-1') ?? '')).toMatchObject(goodFix);
  expect(await chosen(world)).toEqual({ n: 3, of: 3, green: 1, because: 'only' });
  expect(world.seen.briefs.map(({ way }) => way)).toEqual([undefined, 'reproduce', 'smallest']);
  expect(world.seen.briefs.map(({ limits }) => limits)).toEqual(Array(3).fill({ minutes: 20, tokens: 30, money: 1 }));
  expect(world.seen.briefs.map((brief) => renderBrief(brief).includes('# How to go about it this time'))).toEqual([
    false,
    true,
    true,
  ]);
  const ended = (await of(world, 'candidate-ended')).sort((a, b) => a.n - b.n);
  expect(ended).toMatchObject([
    { n: 1, reason: null },
    { n: 2, candidate: null, reason: { code: 'agent-no-change' } },
    { n: 3, reason: null },
  ]);
  expect((await of(world, 'candidate-judged')).map(({ n, verdict }) => [n, verdict.passed])).toEqual([
    [1, false],
    [3, true],
  ]);
  expect(await of(world, 'judged')).toHaveLength(1);
  expect(world.status()).toContain('30 model tokens');
  expect(body(world)).toContain('Of 3 candidates one passed every check, each tree counted once; it is this one.');
  const told = tellStory(await world.recorded(), false)
    ?.events.map(({ sentence }) => sentence)
    .join('\n');
  expect(told).toMatch(/Candidate 2 of round 1 came to nothing, because the agent changed nothing/);
  expect(told).toMatch(/Round 1 goes on with candidate 3, \w+\. Of 3 candidates one passed/);
  expect(told).toMatch(/The checks judged candidate 1 of round 1, which changes \d+ lines, as red/);
  world.approve();
  await world.settle();
  expect(world.mainFiles()).toMatchObject(goodFix);
});

test('without the key there is one candidate, and its facts are as ever', async () => {
  const world = smallWorld();
  await world.proposed();
  const kinds = (await world.facts()).map(({ kind }) => kind).filter((kind) => /^(round|candidate|judged)/.test(kind));
  expect(kinds).toEqual(['round-started', 'round-ended', 'judged']);
  expect(await chosen(world)).toBeUndefined();
  expect(body(world)).not.toContain('candidates');
});

/** How often suites ran until a fix was proposed. */
async function runsOf(candidates: number): Promise<{ world: SmallWorld; runs: number }> {
  const world = smallWorld({ files: several('', candidates), fix: () => goodFix });
  const { suites } = world.ports;
  let runs = 0;
  const outputs: typeof suites.outputs = (...args) => {
    runs += 1;
    return suites.outputs(...args);
  };
  Object.assign(world.ports, { suites: { ...suites, outputs } });
  await world.proposed();
  return { world, runs };
}

test('identical trees are judged once', async () => {
  const { world, runs } = await runsOf(3);
  expect(await of(world, 'candidate-ended')).toHaveLength(3);
  expect(await of(world, 'candidate-judged')).toMatchObject([{ n: 1 }]);
  expect(await chosen(world)).toMatchObject({ n: 1, green: 1, because: 'only' });
  expect(runs).toBe((await runsOf(1)).runs);
});

test('of green ones the smallest change is taken, whoever came first', async () => {
  const world = smallWorld({ files: several(), fix: by(long, goodFix, long) });
  await world.proposed();
  expect(await chosen(world)).toEqual({ n: 2, of: 3, green: 2, because: 'smallest' });
  expect(body(world)).toContain('this one changes the least');
});

const tickets = { 'tickets/T-2.json': '{ "thing": "pot", "text": "what does the pot cost" }' };
const shop = { ...tickets, 'rules/price.json': '{ "lamp": 5, "vase": 7, "pot": 1 }' };
const pot = (cost: number) => price(`{ "lamp": 9, "vase": 7, "pot": ${cost} }`);

test('of equally small ones the one that changes the fewest outputs of stored tickets is taken', async () => {
  const world = smallWorld({ files: { ...several(), ...shop }, fix: by(pot(2), pot(1), pot(3)) });
  await world.proposed();
  expect(await chosen(world)).toEqual({ n: 2, of: 3, green: 3, because: 'fewest' });
});

test('a tie of different behaviour goes to people: the first is proposed, and the ticket that tells them apart is named', async () => {
  const world = smallWorld({ files: { ...several(), ...shop }, fix: by(pot(2), pot(3), wrong) });
  await world.proposed();
  expect(await chosen(world)).toEqual({
    n: 1,
    of: 3,
    green: 2,
    because: 'tie',
    apart: { with: 2, what: 'ticket', name: 'T-2' },
  });
  for (const text of [world.status(), body(world)])
    expect(text).toContain(
      'two of them **are equally good but do not do the same**: the stored ticket `T-2` comes out differently by candidate 2 than by this one, number 1.',
    );
  expect(world.state.pull).not.toBe(null);
});

test('without stored tickets a case tells them apart, and never a hold-out', async () => {
  const cases = `cases:
  - { name: a vase is 7, input: { thing: vase }, expect: [{ path: /price, op: eq, value: 7 }] }
  - { name: a pot has a price, input: { thing: pot }, expect: [{ path: /price, op: present }] }
`;
  const files = { ...several(), ...shop, 'tickets/T-2.json': null, 'evals/price.yml': cases };
  const world = smallWorld({ files, fix: by(pot(2), pot(3), pot(2)) });
  await world.proposed();
  expect((await chosen(world))?.apart).toEqual({ with: 2, what: 'case', name: 'a pot has a price' });
  expect(world.status()).toContain('the case “a pot has a price” comes out differently by candidate 2');
});

test('ones that are as small and do the same are no tie', async () => {
  const spaced = price('{ "lamp": 9,  "vase": 7 }');
  const world = smallWorld({ files: several(), fix: by(spaced, goodFix, 'cannot') });
  await world.proposed();
  expect(await chosen(world)).toEqual({ n: 1, of: 3, green: 2, because: 'alike' });
  expect(world.status()).not.toContain('equally good');
});

test('where none is green, the next round is told of each, and what was said about the least wrong', async () => {
  const other = price('{ "lamp": 9, "vase": 1 }');
  const world = smallWorld({
    files: several(),
    fix: (brief: Brief) => (brief.rejected.length > 0 ? goodFix : by(wrong, other, wrong)(brief)),
  });
  await world.proposed();
  expect(world.seen.briefs).toHaveLength(6);
  const told = world.seen.briefs[3]?.rejected.map(({ round, candidate, reflection }) => [
    round,
    candidate,
    !!reflection,
  ]);
  expect(told).toHaveLength(2);
  expect(told?.filter(([, , looked]) => looked)).toHaveLength(1);
  expect(world.state.pull).not.toBe(null);
  expect(renderBrief(world.seen.briefs[3]!)).toMatch(/Attempt 1, candidate \d:[\s\S]*Attempt 1, candidate \d:/);
});

test('one that says it cannot be done sends a round to a person at once, if no other is green', async () => {
  const world = smallWorld({ files: several(), fix: by(wrong, 'cannot', wrong) });
  await world.proposed();
  expect(world.seen.briefs).toHaveLength(3);
  expect(world.status()).toContain('The last attempt ended, because the agent says it cannot do this: scripted.');
  const green = smallWorld({ files: several(), fix: by(wrong, 'cannot', goodFix) });
  await green.proposed();
  expect(green.state.pull).not.toBe(null);
});

test('ones that all come to nothing end the attempt with a reason', async () => {
  const world = smallWorld({ files: several(), fix: () => 'no-change' });
  await world.proposed();
  expect(world.status()).toContain('because the agent changed nothing');
  expect(await of(world, 'round-failed')).toHaveLength(1);
});

class Killed extends Error {}

/** A process that dies before its nth append of facts; the next one goes on. Returns what each agent was asked for. */
async function killedBefore(nth: number): Promise<{ world: SmallWorld; appends: number }> {
  let appends = 0;
  let dead = false;
  const around: Around = async (name, call) => {
    if (name === 'ledger.append' && !dead) dead = ++appends === nth;
    if (dead) throw new Killed();
    return call();
  };
  const world = smallWorld({ files: several(), fix: by(wrong, goodFix, long), around });
  const alive = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      dead = false;
      world.wait(60);
      await work();
    }
  };
  await alive(() => world.settle());
  world.editSpec((spec) => Object.assign(spec, { answers: { ...allYes } }));
  await alive(() => world.settle());
  world.label();
  await alive(() => world.settle());
  return { world, appends };
}

test('invariant 8: killed between candidates, what was made and judged stays, and nothing is doubled', async () => {
  const whole = await killedBefore(0);
  const { appends } = whole;
  const files = ({ repository }: SmallWorld) => repository.filesOf(repository.remote.get('corrigible/7-1') ?? '');
  for (let nth = 1; nth <= appends; nth++) {
    const { world } = await killedBefore(nth);
    expect(files(world), `killed before append ${nth}`).toEqual(files(whole.world));
    const ended = (await of(world, 'candidate-ended')).map(({ n }) => n).sort();
    const judged = (await of(world, 'candidate-judged')).map(({ n }) => n).sort();
    expect([ended, judged], `killed before append ${nth}`).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(await of(world, 'round-ended'), `killed before append ${nth}`).toHaveLength(1);
    expect(await of(world, 'judged')).toHaveLength(1);
  }
});
