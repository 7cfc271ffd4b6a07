import { expect, test } from 'vitest';
import { renderBrief } from '../../src/domain/prompts/brief.ts';
import { allYes, smallWorld } from '../invariants/support/small-world.ts';
import { late } from '../support/rejections.ts';
import { inWorld, yes } from '../support/world.ts';

const whole = '/hint In rules/price.json#/lamp: it gives 5 and should be 9, but not for a vase, which stays as it is.';

test('a hint is answered once with what it does not say, a second one adds to it, and one to nowhere is refused', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(late);
    await world.comment(issue, '/hint It should be a delivery question', 'bob');
    const answers = async () => (await world.said(issue)).filter((text) => text.includes('I draft from this hint.'));
    const [first = ''] = await answers();
    expect([...first.matchAll(/- \*\*([a-z-]+)\*\*/g)].map(([, name]) => name)).toEqual([
      'file',
      'locator',
      'observed',
      'counter-example',
    ]);
    await world.comment(issue, '/hint See config/intents.json#/intent/nowhere', 'bob');
    expect((await world.said(issue)).at(-1)).toContain(
      '`config/intents.json#/intent/nowhere` is not on the base branch: `config/intents.json` is there, and has no such place.',
    );
    await world.comment(issue, '/hint config/intents.json:1 gives other today; opening hours stay other', 'bob');
    expect(await answers()).toHaveLength(1);
  }));

test('a spec’s locators have to be places of base, in the files that it changes, and of a person’s own spec they are asked for', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(late);
    await world.comment(issue, '/spec', 'bob');
    const fill = (locators: readonly string[]) =>
      world.editSpec(issue, (spec) => {
        const [only] = spec['acceptance'] as object[];
        Object.assign(only!, { name: 'late is delivery', expect: [{ path: '/intent', op: 'eq', value: 'delivery' }] });
        Object.assign(spec, {
          title: 'Late is delivery',
          step: 'classify',
          change: 'extend-other-into-sub-intent',
          files: ['config/intents.json'],
          locators,
          observed: 'A lamp that has not turned up is other.',
          expected: 'It is about delivery.',
          'no-hold-out': 'One is enough.',
          answers: yes,
        });
      });
    await fill([]);
    expect(await world.status(issue)).toContain('locators: there is none.');
    await fill(['config/intents.json', 'config/fetch.json#/weights', 'config/intents.json#/nowhere']);
    const status = await world.status(issue);
    expect(status).toContain('locators: `config/intents.json` is none.');
    expect(status).toContain('locators: `config/fetch.json#/weights` is in none of `files`.');
    expect(status).toContain('locators: `config/intents.json#/nowhere` is not on the base branch');
    await fill(['config/intents.json:1']);
    expect(await world.status(issue)).not.toContain('locators:');
  }));

test('a hint that says all five is followed without a word', async () => {
  const world = smallWorld();
  await world.settle();
  await world.command(whole, 'bob');
  await world.settle();
  expect(world.said().join('\n')).not.toContain('I draft from this hint.');
  expect(await world.stageName()).toBe('drafted');
});

test('what a draft’s own words point to has to be there as well', async () => {
  const world = smallWorld();
  await world.ready();
  world.editSpec((spec) => Object.assign(spec, { observed: 'At rules/price.json:40 the lamp costs 5.' }));
  await world.settle();
  expect(world.status()).toContain('locators: `rules/price.json:40` is not on the base branch');
  world.editSpec((spec) => Object.assign(spec, { observed: 'At rules/price.json:1 the lamp costs 5.' }));
  await world.settle();
  expect(world.status()).toContain('**Ready:**');
});

test('whoever makes the fix is told the places that were approved', async () => {
  const world = smallWorld();
  await world.settle();
  world.editSpec((spec) => Object.assign(spec, { locators: ['rules/price.json#/lamp'], answers: allYes }));
  await world.settle();
  world.label();
  await world.settle();
  const [brief] = world.seen.briefs;
  expect(brief && renderBrief(brief)).toContain('- rules/price.json\nThere at:\n- rules/price.json#/lamp\n');
});
