import { expect, test } from 'vitest';
import type { FactKind } from '../../src/domain/fact.ts';
import { BOT } from './support/small-forge.ts';
import { type SmallScript, type SmallWorld, smallWorld } from './support/small-world.ts';

const RULES = 'rules/price.json';
const inOtherWords = (n: number) => ({ [RULES]: `{ "lamp": 9, "vase": 7, "made": ${n} }` });

/** The agent makes the fix, and makes it in other words whenever a reviewer asks. */
const revising = (script: SmallScript = {}): SmallScript => {
  let made = 0;
  return { fix: (brief) => inOtherWords(brief.review.length === 0 ? 0 : ++made), ...script };
};

const head = (world: SmallWorld) => world.repository.remote.get(world.state.pull?.branch ?? '') ?? '';
const onPull = (world: SmallWorld) => world.state.comments.filter(({ on }) => on === world.state.pull?.number);
const replies = (world: SmallWorld) =>
  world.state.threads.map(({ comments }) => comments.filter(({ by }) => by === BOT).length);
const count = async (world: SmallWorld, kind: FactKind) =>
  (await world.facts()).filter((fact) => fact.kind === kind).length;

/** A world in which every call of a port can be the last one. */
function mortal(script: SmallScript = {}) {
  const calls: string[] = [];
  const fate: { at: number; when: 'before' | 'after'; dead: boolean } = { at: -1, when: 'before', dead: false };
  const die = () => {
    fate.dead = true;
    throw new Error('killed');
  };
  const world = smallWorld({
    ...script,
    around: async (name, call) => {
      if (fate.dead) throw new Error('killed');
      const mine = calls.push(name) - 1 === fate.at;
      if (mine && fate.when === 'before') die();
      const result = await call();
      if (mine) die();
      return result;
    },
  });
  return { world, calls, fate };
}

/** To the end of a review with two remarks and words of its own, however often the app has to be started again. */
async function reviewed(script: SmallScript, at: number, when: 'before' | 'after') {
  const mortals = mortal(script);
  const { world, calls, fate } = mortals;
  await world.proposed();
  const before = head(world);
  world.requestChanges('bob', 'Nearly.', ['Say it in other words.', 'And shorter.']);
  calls.length = 0;
  Object.assign(fate, { at, when });
  const ended = await world.settle().then(
    () => 'lived',
    (error: Error) => error.message,
  );
  Object.assign(fate, { at: -1, dead: false });
  for (let again = 0; again < 2; again++) {
    world.wait(300);
    await world.settle();
  }
  return { ...mortals, before, ended };
}

/** What a revision leaves behind: between any two of these calls nothing is lost but reading and thinking. */
const WRITES =
  /^(?:ledger\.append|repository\.push|forge\.(?:replyToThread|resolveThread|postComment|editComment|postChecks|requestReview))$/;

test('invariant 8: killed before or after any write of a revision, it is made once and answered once', async () => {
  const { calls: all } = await reviewed(revising(), -1, 'before');
  const named = [...all];
  const deaths = named.flatMap((name, at) =>
    // What comes after a fact comes before the next call.
    WRITES.test(name)
      ? (name === 'ledger.append' ? (['before'] as const) : (['before', 'after'] as const)).map((when) => ({
          at,
          when,
        }))
      : [],
  );
  expect(named).toContain('repository.push');
  expect(named.filter((name) => name === 'forge.replyToThread')).toHaveLength(2);
  let killed = 0;
  for (const { at, when } of deaths) {
    const { world, before, ended } = await reviewed(revising(), at, when);
    if (ended === 'killed') killed++;
    const where = `${when} call ${at}, ${named[at]}`;
    expect(await world.repository.parents(head(world)), where).toEqual([before]);
    expect(replies(world), where).toEqual([1, 1]);
    expect(
      world.state.threads.every(({ isResolved }) => isResolved),
      where,
    ).toBe(true);
    expect(onPull(world), where).toHaveLength(1);
    expect(world.state.asked.at(-1), where).toEqual({ people: ['bob'], teams: [] });
    expect(await count(world, 'revision-ended'), where).toBe(1);
    expect(world.status(), where).toContain('Next: bob looks at it and reviews again.');
    expect((await world.stage()).name, where).toBe('proposed');
    const now = head(world);
    world.approve('bob');
    await world.settle();
    expect(world.state.merges, where).toMatchObject([{ head: now }]);
  }
  expect(killed).toBe(deaths.length);
});

test('invariant 5: what a revision made is judged on the tree that is pushed, with the approved cases in it', async () => {
  const world = smallWorld(revising());
  await world.proposed();
  world.requestChanges('bob', 'Say it in other words.');
  await world.settle();
  const files = world.repository.filesOf(head(world));
  expect(Object.keys(files).some((path) => /rejection-7\.yml$/.test(path))).toBe(true);
  expect(files[RULES]).toBe(inOtherWords(1)[RULES]);
  const judged = (await world.facts()).findLast((fact) => fact.kind === 'judged');
  expect(judged).toMatchObject({ tree: await world.repository.treeOf(head(world)), verdict: { passed: true } });
});

test('invariant 4: the agent of a revision starts without the approved cases, and gets only the wishes', async () => {
  const starts: string[][] = [];
  const world = smallWorld(revising());
  const { model } = world.ports.agents;
  Object.assign(world.ports.agents, {
    model: {
      ...model,
      implement: async (...args: Parameters<NonNullable<typeof model>['implement']>) => {
        starts.push(Object.keys(world.repository.filesOf(args[2])));
        return model?.implement(...args);
      },
    },
  });
  await world.proposed();
  world.requestChanges('bob', 'Why is this?', ['Say it in other words.']);
  await world.settle();
  expect(starts.flat().filter((path) => path.includes('rejection-'))).toEqual([]);
  expect(world.seen.briefs.at(-1)?.review).toMatchObject([{ words: 'Say it in other words.' }]);
});

test('never a commit over a person’s: whoever pushes right before the app does stays on top', async () => {
  let pushed = '';
  const world: SmallWorld = smallWorld({
    ...revising(),
    around: async (name, call) => {
      const now = head(world);
      if (name === 'repository.push' && now !== '' && pushed === '')
        pushed = world.repository.commitOn(world.state.pull?.branch ?? '', { 'docs/x.md': 'Mine.' });
      return call();
    },
  });
  await world.proposed();
  world.requestChanges('bob', 'Say it in other words.');
  await world.settle();
  expect(head(world)).toBe(pushed);
  expect(await count(world, 'revised')).toBe(0);
  expect(onPull(world).map(({ body }) => body)).toEqual([expect.stringContaining('I put no commit over a person’s')]);
  world.approve('carol');
  await world.settle();
  expect(world.state.merges).toEqual([]);
});

test('a head of ours that comes back is not taken for what a revision made', async () => {
  const world = smallWorld(revising());
  await world.proposed();
  const first = head(world);
  world.requestChanges('bob', 'Say it in other words.');
  await world.settle();
  const second = head(world);
  world.repository.remote.set(world.state.pull?.branch ?? '', first);
  await world.settle();
  const { proposal } = (await world.stage()) as { proposal: { head: string; lastPusher: unknown } };
  expect(proposal).toMatchObject({ head: first, lastPusher: { login: '' } });
  expect(second).not.toBe(first);
});

test('whoever wants another outcome, or takes the label off, spends nothing', async () => {
  const world = smallWorld(revising({ sort: () => '{"remarks":[{"n":1,"is":"what"}]}' }));
  await world.proposed();
  const { length } = world.seen.briefs;
  world.requestChanges('bob', 'It costs 8.');
  await world.settle();
  world.requestChanges('bob', 'Say it in other words.');
  world.unlabel();
  await world.settle();
  expect(onPull(world).map(({ body }) => body)).toEqual([
    expect.stringContaining('it asks for another outcome'),
    expect.stringContaining('the label was taken off'),
  ]);
  expect(world.seen.briefs).toHaveLength(length);
});

test('a thread that is gone, and a reviewer who cannot be asked, hold nothing up', async () => {
  const world = smallWorld(
    revising({
      around: async (name, call) => {
        if (name === 'repository.push' && world.state.threads.length > 0) world.state.threads = [];
        return call();
      },
    }),
  );
  await world.proposed();
  world.state.unaskable.push('bob');
  world.requestChanges('bob', '', ['Say it in other words.']);
  await world.settle();
  expect(await count(world, 'revision-ended')).toBe(1);
  expect(onPull(world)).toEqual([]);
});
