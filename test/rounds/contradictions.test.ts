import { expect, test } from 'vitest';
import { advance } from '../../src/loop.ts';
import { shopFiles } from '../invariants/support/shop.ts';
import { smallWorld } from '../invariants/support/small-world.ts';

test('a spec whose guard contradicts its acceptance case is never ready, in words, and is when it is corrected', async () => {
  const world = smallWorld();
  await world.ready();
  let guards: unknown;
  world.editSpec((spec) => {
    const [acceptance] = spec['acceptance'] as { input: unknown }[];
    guards = spec['guards'];
    const guard = {
      name: 'stays',
      step: 'price',
      input: acceptance?.input,
      expect: [{ path: '/price', op: 'lt', value: 9 }],
    };
    spec['guards'] = [guard];
  });
  await world.settle();
  expect(world.status()).toContain(
    'the cases “The lamp costs 9” and “stays” contradict each other: for the same input, no output can meet what both expect at `/price`.',
  );
  world.label();
  await world.settle();
  expect(world.seen.briefs).toEqual([]);
  expect(world.status()).toContain('starts nothing');
  world.editSpec((spec) => Object.assign(spec, { guards }));
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
});

test('a case that came to base after the approval, and that the spec contradicts, ends the attempt before any agent runs', async () => {
  const world = smallWorld();
  await world.ready();
  world.label();
  await advance(world.ports);
  expect(await world.stageName()).toBe('cleared');
  const spec = world.specComment().body;
  const input = /acceptance:[\s\S]*?input:\n([\s\S]*?)\n {4}expect:/.exec(spec)?.[1] ?? '';
  expect(input).toContain('lamp');
  const standing = `${shopFiles['evals/price.yml']}  - name: a lamp is 5\n    input:\n${input}\n    expect: [{ path: /price, op: eq, value: 5 }]\n`;
  world.repository.commitOn('main', { 'evals/price.yml': standing });
  await world.settle();
  expect(world.seen.briefs).toEqual([]);
  expect(await world.stageName()).toBe('drafted');
  expect(world.status()).toContain(
    'The last attempt ended, because the spec cannot be met: the cases “The lamp costs 9” and “a lamp is 5” contradict',
  );
});
