import { expect, test } from 'vitest';
import type { FactKind } from '../../src/domain/fact.ts';
import { renderBrief } from '../../src/domain/prompts/brief.ts';
import { keyOf } from '../../src/domain/rejection.ts';
import type { Brief } from '../../src/ports.ts';
import { configuration, shopFiles } from './support/shop.ts';
import { BOT } from './support/small-forge.ts';
import { REF, type SmallScript, type SmallWorld, smallWorld } from './support/small-world.ts';

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

/** All bytes that reached an agent or a model since `from` prompts and briefs. */
function reached({ seen }: SmallWorld, from = { prompts: 0, briefs: 0 }): string {
  const briefs = seen.briefs.slice(from.briefs).map(renderBrief);
  return JSON.stringify([seen.prompts.slice(from.prompts), briefs, seen.worktrees.slice(from.briefs)]);
}

const soFar = ({ seen }: SmallWorld) => ({ prompts: seen.prompts.length, briefs: seen.briefs.length });

test('invariant 4: the agent of a revision starts without the approved cases, and gets only the wishes', async () => {
  const world = smallWorld(revising());
  await world.proposed();
  world.requestChanges('bob', 'Why is this?', ['Say it in other words.']);
  await world.settle();
  expect(Object.keys(world.seen.worktrees.at(-1) ?? {})).toContain(RULES);
  expect(Object.keys(world.seen.worktrees.at(-1) ?? {}).filter((path) => path.includes('rejection-'))).toEqual([]);
  expect(world.seen.briefs.at(-1)?.review).toMatchObject([{ words: 'Say it in other words.' }]);
});

const HOLD_OUT = /asked loudly|WHAT DOES THE LAMP COST/;

/** To the pull request of the second fix, where the first one was merged and taken back. */
async function proposedAgain(world: SmallWorld): Promise<void> {
  await world.proposed();
  world.approve();
  await world.settle();
  await world.askUndo('/undo');
  await world.settle();
  world.repository.remote.set('main', world.repository.remote.get('corrigible/7-undo-1') ?? '');
  world.unlabel();
  await world.settle();
  world.state.pull = null;
  world.state.reviews.length = 0;
  world.label();
  await world.settle();
}

test('invariant 4: no hold-out of any fix of a rejection reaches the agent or the model that reads its review', async () => {
  const world = smallWorld(revising());
  await proposedAgain(world);
  expect(Object.keys(world.repository.filesOf(head(world)))).toContain('evals/price/rejection-7-2.yml');
  const from = soFar(world);
  world.requestChanges('bob', 'Say it in other words.');
  await world.settle();
  expect(await count(world, 'revised')).toBe(1);
  expect(soFar(world)).toEqual({ prompts: from.prompts + 1, briefs: from.briefs + 1 });
  expect(reached(world, from)).not.toMatch(HOLD_OUT);
  expect(Object.keys(world.repository.filesOf(head(world)))).toContain('evals/price/rejection-7-2.yml');
});

test('invariant 4: nor do the cases of a fix that still stands on base, which are judged as before', async () => {
  const left =
    'cases:\n  - { name: asked loudly, input: { thing: vase }, expect: [{ path: /price, op: eq, value: 7 }] }\n';
  const world = smallWorld({ ...revising(), files: { 'evals/price/rejection-7.yml': left } });
  await world.proposed();
  world.requestChanges('bob', 'Say it in other words.');
  const from = { ...soFar(world), briefs: 0 };
  await world.settle();
  expect(world.seen.briefs).toHaveLength(2);
  expect(reached(world, from)).not.toMatch(HOLD_OUT);
});

test('invariant 4: nor do they where the place of the suite has moved on base since', async () => {
  const world = smallWorld(revising());
  await world.proposed();
  world.repository.commitOn('main', {
    '.github/corrigible.yml': configuration.replace('evals/price.yml', 'suites/price.yml'),
    'suites/price.yml': shopFiles['evals/price.yml'] ?? '',
  });
  const from = soFar(world);
  world.requestChanges('bob', 'Say it in other words.');
  await world.settle();
  expect(soFar(world)).toEqual({ prompts: from.prompts + 1, briefs: from.briefs + 1 });
  expect(reached(world, from)).not.toMatch(HOLD_OUT);
});

test('invariant 4: the model that reads a review sees what the pull request changes, and nothing private', async () => {
  const world = smallWorld(revising());
  await world.proposed();
  world.state.upToDate = true;
  world.repository.commitOn('main', {
    'tickets/T-9.json': '{"text":"canary-of-a-ticket"}',
    'docs/long.md': 'canary-of-base '.repeat(5000),
  });
  await world.settle();
  expect(await count(world, 'branch-updated')).toBe(1);
  const from = soFar(world);
  world.requestChanges('bob', 'Say it in other words.');
  await world.settle();
  const [prompt = ''] = world.seen.prompts.slice(from.prompts);
  expect(prompt).toContain(`+++ ${RULES}`);
  expect(prompt).not.toMatch(/canary-of/);
});

test('invariant 4: a file that the pull request changes is not shown where base calls it private since', async () => {
  const world = smallWorld(revising());
  await world.proposed();
  world.repository.commitOn('main', {
    '.github/corrigible.yml': configuration.replace('tickets/**', 'tickets/**, rules/price.json'),
  });
  const from = soFar(world);
  world.requestChanges('bob', 'Say it in other words.');
  await world.settle();
  expect(soFar(world)).toEqual({ prompts: from.prompts + 1, briefs: from.briefs + 1 });
  expect(world.seen.prompts.at(-1)).not.toContain(`+++ ${RULES}`);
  expect(Object.keys(world.seen.worktrees.at(-1) ?? {})).not.toContain(RULES);
});

test('invariant 4: nothing of what stored tickets come to reaches an agent or a model', async () => {
  const ticket = '{ "thing": "lamp", "text": "canary of a ticket" }';
  let made = 0;
  const fix = ({ review, rejected }: Brief): Record<string, string> =>
    review.length > 0 || rejected.length > 0 ? inOtherWords(++made) : { [RULES]: '{ "lamp": 8, "vase": 7 }' };
  const files = {
    '.github/corrigible.yml': `${configuration}budget: { rounds: 3 }\n`,
    'tickets/T-canary.json': ticket,
  };
  const world = smallWorld({ files, fix });
  await world.proposed();
  world.requestChanges('bob', 'Nearly.', ['Say it in other words.']);
  await world.settle();
  const told = (await world.facts()).flatMap((fact) => (fact.kind === 'reported' ? [fact.blob ?? ''] : []));
  const bytes = await Promise.all(told.map((blob) => world.ports.blobs.get(keyOf(REF), blob)));
  expect(bytes.map((one) => new TextDecoder().decode(one))).toEqual([
    expect.stringContaining('canary of a ticket'),
    expect.stringContaining('canary of a ticket'),
  ]);
  expect(world.state.pull?.body).toContain('T-canary');
  expect(world.seen.briefs).toHaveLength(3);
  expect(reached(world)).toContain('Say it in other words.');
  expect(reached(world)).not.toMatch(/canary/);
});

test('invariant 4: a few words of a hold-out that a reviewer quotes go back to people, and to no agent or model', async () => {
  const world = smallWorld(revising());
  await world.proposed();
  const from = soFar(world);
  world.requestChanges('bob', 'Make it work for WHAT DOES THE LAMP too.');
  await world.settle();
  expect(soFar(world)).toEqual(from);
  expect(onPull(world).map(({ body }) => body)).toEqual([expect.stringContaining('words or numbers of a hold-out')]);
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
