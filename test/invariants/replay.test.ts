import { expect, test } from 'vitest';
import { keyOf } from '../../src/domain/rejection.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { tellStatus } from '../../src/domain/tell-status.ts';
import { goodDraft, shopFiles } from './support/shop.ts';
import { type Around, allYes, REF, type SmallScript, type SmallWorld, smallWorld } from './support/small-world.ts';

type World = SmallWorld;

/** What people do from the rejection to the merge, each after the app has done what was due. */
const acts: readonly ((world: World) => unknown)[] = [
  () => {},
  (world) => world.editSpec((spec) => Object.assign(spec, { answers: allYes })),
  (world) => world.label(),
  (world) => world.approve(),
];

/** And then to its revert. */
const undoing: typeof acts = [...acts, (world) => world.askUndo('/undo It was a mistake.')];

const readyHash = (world: World): string => /\*\*Ready:\*\* `([0-9a-f]+)`/.exec(world.status())?.[1] ?? 'none';

/** A label before there is a spec, a hint, a question why, and the approval by a comment. */
const commanding: typeof acts = [
  (world) => world.label(),
  (world) => world.command('/hint It is in rules/price.json', 'bob'),
  (world) => world.command('/why', 'rita'),
  (world) => world.editSpec((spec) => Object.assign(spec, { answers: allYes })),
  (world) => world.command(`/approve ${readyHash(world)}`, 'carol'),
];

/** A spec that a person fills in. */
const byHand: typeof acts = [
  (world) => world.command('/spec', 'bob'),
  (world) => world.command('/decline It is all right.', 'bob'),
];

class Killed extends Error {}

/** How a world stands at the end: everything that others can see, each thing once. */
async function endOf(world: World) {
  const { state } = world;
  const marks = state.comments.map(({ on, marker }) => `${on} ${marker?.replace(/-[0-9a-f]{10,}$/, '')}`);
  return {
    stage: await world.stageName(),
    merges: state.merges.length,
    open: state.issue.open,
    comments: marks.sort(),
    checks: state.checks.map(({ name, conclusion }) => `${name} ${conclusion}`).sort(),
    reverts: state.reverts,
    branches: [...world.repository.remote.keys()].sort(),
    files: world.mainFiles(),
  };
}

/** Calls that leave a trace. Dying before a call that only reads is dying before the next of these. */
const LEAVES_A_TRACE =
  /^(?:ledger\.append|repository\.push|forge\.(?:post|edit|close|remove|open|request|merge|delete))/;

async function undisturbed(all = acts) {
  const traces: string[] = [];
  const world = smallWorld({
    around: (name, call) => {
      if (LEAVES_A_TRACE.test(name)) traces.push(name);
      return call();
    },
  });
  for (const act of all) {
    await act(world);
    await world.settle();
  }
  return { end: await endOf(world), traces, world };
}

/**
 * A process that dies before its nth call that leaves a trace. A dead process calls nothing more: what would tidy up
 * after an exception does not run either.
 */
function dyingBefore(nth: number): { around: Around; revive: () => void } {
  let traces = 0;
  let dead = false;
  const around: Around = async (name, call) => {
    if (!dead && LEAVES_A_TRACE.test(name)) dead = ++traces === nth;
    if (dead) throw new Killed();
    return call();
  };
  return {
    around,
    revive: () => {
      dead = false;
    },
  };
}

async function killedBefore(nth: number, all = acts) {
  const { around, revive } = dyingBefore(nth);
  const world = smallWorld({ around } satisfies SmallScript);
  for (const act of all) {
    await act(world);
    // The next process is woken by what is owed in the store, and takes up the work that was queued.
    await world.settle().catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
      revive();
      world.wait(60);
      return world.settle();
    });
  }
  return endOf(world);
}

test('invariant 8: a process that is killed at any call loses nothing and doubles nothing', async () => {
  const { end, traces } = await undisturbed();
  expect(end).toMatchObject({ stage: 'merged', merges: 1, open: false });
  expect(traces.length).toBeGreaterThan(30);
  for (const [i, name] of traces.entries())
    expect(await killedBefore(i + 1), `killed before ${name}, the ${i + 1}th`).toEqual(end);
});

test('invariant 8: nor does one that is killed at any call of undoing a fix', async () => {
  const before = (await undisturbed()).traces.length;
  const { end, traces } = await undisturbed(undoing);
  expect(end).toMatchObject({ stage: 'returned', merges: 1, open: true, reverts: [{ number: 101 }] });
  expect(traces.length).toBeGreaterThan(before + 10);
  for (const [i, name] of traces.entries())
    if (i >= before) expect(await killedBefore(i + 1, undoing), `killed before ${name}, the ${i + 1}th`).toEqual(end);
});

test.each([
  ['a wish, a hint and an approval', commanding, { stage: 'proposed', merges: 0 }],
  ['a spec by hand, and its end', byHand, { stage: 'declined', merges: 0 }],
])('invariant 8: nor does one that is killed at any call of following %s', async (_, all, ends) => {
  const { end, traces } = await undisturbed(all);
  expect(end).toMatchObject(ends);
  for (const [i, name] of traces.entries())
    expect(await killedBefore(i + 1, all), `killed before ${name}, the ${i + 1}th`).toEqual(end);
});

test('invariant 8: a status that a crash left behind is brought up to date, not taken for what holds now', async () => {
  let killed = false;
  const around: Around = async (name, call) => {
    if (killed && name === 'ledger.append') throw new Killed();
    const result = await call();
    if (name === 'forge.postComment' && world.state.comments.at(-1)?.marker === 'status') killed = true;
    return result;
  };
  const world: World = smallWorld({ files: { '.github/corrigible.yml': 'version: 2\n' }, around });
  await expect(world.settle()).rejects.toThrow(Killed);
  expect(world.status()).toContain('files that I am set up by have mistakes');
  world.repository.commitOn('main', { '.github/corrigible.yml': shopFiles['.github/corrigible.yml']! });
  killed = false;
  await world.settle().catch(() => {});
  killed = false;
  await world.settle();
  expect(world.status()).toContain('The spec is **not ready** yet');
});

test('invariant 8: a model that says something else after a crash changes nothing of what was decided', async () => {
  let drafts = 0;
  let lost = true;
  const world: World = smallWorld({
    draft: () => JSON.stringify({ ...goodDraft, title: `Draft ${++drafts}` }),
    around: async (name, call) => {
      const result = await call();
      const draft = world.state.comments.at(-1)?.marker?.startsWith('draft-');
      if (lost && name === 'forge.postComment' && draft) {
        lost = false;
        throw new Killed();
      }
      return result;
    },
  });
  await expect(world.settle()).rejects.toThrow(Killed);
  await expect(world.settle()).rejects.toThrow('An earlier try of the same write may still be under way.');
  world.wait(60);
  await world.settle();
  expect(drafts).toBe(3);
  expect(world.said().filter((text) => text.includes('```yaml corrigible-spec'))).toHaveLength(1);
  expect(await world.stageName()).toBe('drafted');
});

test('invariant 8: further advances at any stage change nothing', async () => {
  const { end } = await undisturbed();
  const world = smallWorld();
  for (const act of acts) {
    await act(world);
    for (let again = 0; again < 3; again++) await world.settle();
    const before = JSON.stringify([world.state, await world.recorded()]);
    await world.settle();
    expect(JSON.stringify([world.state, await world.recorded()])).toBe(before);
  }
  expect(await endOf(world)).toEqual(end);
});

test('invariant 8: the standing follows from the facts alone, for every prefix of them', async () => {
  const { world } = await undisturbed();
  const recorded = await world.recorded();
  const copy = structuredClone(recorded);
  const stages: string[] = [];
  for (let n = 0; n <= recorded.length; n++) {
    const standing = standingOf(recorded.slice(0, n));
    expect(standingOf(structuredClone(recorded.slice(0, n)))).toEqual(standing);
    expect(tellStatus(standing)).toBe(tellStatus(standingOf(recorded.slice(0, n))));
    expect(standing.last).toBe(n);
    if (stages.at(-1) !== standing.stage.name) stages.push(standing.stage.name);
  }
  expect(recorded).toEqual(copy);
  expect(stages).toEqual(['new', 'accepted', 'drafted', 'cleared', 'proven', 'proposed', 'merged']);
});

test('invariant 8: two advances at once do the work of one', async () => {
  const { end } = await undisturbed();
  const world = smallWorld();
  for (const act of acts) {
    await act(world);
    // The queue keeps advances of one rejection apart; a run and an advance do meet.
    await world.settle();
    await Promise.all([world.settle(), world.settle()]);
  }
  expect(await endOf(world)).toEqual(end);
});

test('invariant 8: facts are appended after what was read, or not at all', async () => {
  const world = smallWorld();
  await world.settle();
  const { ledger } = world.ports;
  const last = (await world.recorded()).at(-1)?.seq ?? 0;
  expect(await ledger.append(keyOf(REF), last - 1, [{ kind: 'intent', what: 'x' }])).toBe(false);
  expect(await world.recorded()).toHaveLength(last);
});
