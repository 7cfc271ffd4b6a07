import { expect, test } from 'vitest';
import { keyOf } from '../../src/domain/rejection.ts';
import { standingOf } from '../../src/domain/stage.ts';
import { tellStatus } from '../../src/domain/tell-status.ts';
import { allYes, type Around, REF, type SmallScript, smallWorld } from './support/small-world.ts';

type World = ReturnType<typeof smallWorld>;

/** What people do from the rejection to the merge, each after the app has done what was due. */
const acts: readonly ((world: World) => void)[] = [
  () => {},
  (world) => world.editSpec((spec) => Object.assign(spec, { answers: allYes })),
  (world) => world.label(),
  (world) => world.approve(),
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
    branches: [...world.repository.remote.keys()].sort(),
    files: world.mainFiles(),
  };
}

async function undisturbed() {
  let calls = 0;
  const world = smallWorld({
    around: (_, call) => {
      calls++;
      return call();
    },
  });
  for (const act of acts) {
    act(world);
    await world.settle();
  }
  return { end: await endOf(world), calls, world };
}

/**
 * A process that dies at its nth call of the world, before it or right after it was carried out. A dead process calls
 * nothing more: what would tidy up after an exception does not run either.
 */
function dyingAt(nth: number, when: 'before' | 'after'): { around: Around; revive: () => void } {
  let calls = 0;
  let dead = false;
  const around: Around = async (_, call) => {
    if (dead) throw new Killed();
    dead = ++calls === nth;
    if (dead && when === 'before') throw new Killed();
    const result = await call();
    if (dead) throw new Killed();
    return result;
  };
  return {
    around,
    revive: () => {
      dead = false;
    },
  };
}

async function killedAt(nth: number, when: 'before' | 'after') {
  const { around, revive } = dyingAt(nth, when);
  const world = smallWorld({ around } satisfies SmallScript);
  for (const act of acts) {
    act(world);
    // The next process is woken by what is owed in the store, and takes up the work that was queued.
    await world.settle().catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
      revive();
      return world.settle();
    });
  }
  return endOf(world);
}

test('invariant 8: a process that is killed at any call loses nothing and doubles nothing', async () => {
  const { end, calls } = await undisturbed();
  expect(end).toMatchObject({ stage: 'merged', merges: 1, open: false });
  expect(calls).toBeGreaterThan(100);
  for (let nth = 1; nth <= calls; nth++)
    for (const when of ['before', 'after'] as const)
      expect(await killedAt(nth, when), `killed ${when} call ${nth}`).toEqual(end);
});

test('invariant 8: further advances at any stage change nothing', async () => {
  const { end } = await undisturbed();
  const world = smallWorld();
  for (const act of acts) {
    act(world);
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
    act(world);
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
