import { expect, test } from 'vitest';
import { advance } from '../../src/loop.ts';
import { configuration } from './support/shop.ts';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const good = { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' };
const cancelled = (world: SmallWorld) => world.seen.log.filter((line) => line.startsWith('run cancelled')).length;
const refusals = (world: SmallWorld) => world.said().filter((text) => text.startsWith('I did not do that'));

/** A world in which somebody asks to stop while the first round is made. */
function stoppedBy(by: string, around: Parameters<typeof smallWorld>[0] = {}): SmallWorld {
  let asked = false;
  const world: SmallWorld = smallWorld({
    ...around,
    fix: () => {
      if (!asked) void world.askStop('/stop', by);
      asked = true;
      return good;
    },
  });
  return world;
}

test('invariant 10: a writer’s /stop ends the work, and only a writer’s /retry has it go on', async () => {
  const world = stoppedBy('bob');
  await world.proposed();
  expect(await world.stageName()).toBe('halted');
  expect(world.state.pull).toBe(null);
  expect(world.status()).toContain('**Stopped** by bob.');
  expect(cancelled(world)).toBeGreaterThan(0);
  world.comment('/retry', 'rita');
  await world.settle();
  await world.settle();
  expect(refusals(world)).toEqual(['I did not do that, because rita has no write permission here.']);
  expect(world.state.pull).toBe(null);
  world.comment('/retry', 'alice');
  await world.settle();
  expect(world.state.pull).not.toBe(null);
  // What was made before is not made again.
  expect(world.seen.briefs).toHaveLength(1);
});

test('invariant 10: a /stop of somebody who may not write stops nothing, and is refused once', async () => {
  const world = stoppedBy('rita');
  await world.proposed();
  expect(world.state.pull).not.toBe(null);
  await world.settle();
  expect(refusals(world)).toEqual(['I did not do that, because rita has no write permission here.']);
});

test('invariant 8: a process that dies before it ended the run is followed by one that does', async () => {
  let dies = true;
  const world = stoppedBy('bob', {
    around: (name, call) => {
      if (name !== 'queue.cancelRun' || !dies) return call();
      dies = false;
      throw new Error('killed');
    },
  });
  await expect(world.proposed()).rejects.toThrow('killed');
  expect(await world.stageName()).toBe('halted');
  expect(cancelled(world)).toBe(0);
  await world.settle();
  expect(cancelled(world)).toBe(1);
});

test('a stopped attempt ends when its label is taken off, or its rejection is closed', async () => {
  const ends: readonly (readonly [(world: SmallWorld) => unknown, string])[] = [
    [(world) => world.unlabel(), 'drafted'],
    [(world) => Object.assign(world.state.issue, { open: false, closedBy: 'alice' }), 'closed'],
  ];
  for (const [act, stage] of ends) {
    const world = stoppedBy('bob');
    await world.proposed();
    act(world);
    await world.settle();
    expect(await world.stageName()).toBe(stage);
    expect(world.state.pull).toBe(null);
  }
});

test('a label that was taken off and set again in one moment begins a new attempt', async () => {
  const world = stoppedBy('bob');
  await world.proposed();
  world.unlabel();
  world.label();
  await world.settle();
  expect(world.state.pull).not.toBe(null);
  expect(world.seen.briefs).toHaveLength(2);
});

test('invariant 10: what is at work when base says paused ends, and is queued anew when it says so no more', async () => {
  const world = smallWorld();
  await world.ready();
  world.label();
  await advance(world.ports);
  expect(await world.stage()).toMatchObject({ name: 'cleared', queued: { restarts: 0 } });
  await world.push('main', { '.github/corrigible.yml': `${configuration}paused: true\n` });
  await advance(world.ports);
  expect(await world.stage()).toMatchObject({ name: 'cleared', queued: null });
  expect(cancelled(world)).toBe(1);
  await world.push('main', { '.github/corrigible.yml': configuration });
  world.wait(10);
  await world.settle();
  expect(world.state.pull).not.toBe(null);
  expect(world.seen.briefs).toHaveLength(1);
});
