import { expect, test } from 'vitest';
import type { AgentEvent, Intervention } from '../../src/domain/agent-event.ts';
import { watchRound } from '../../src/watch-round.ts';
import { smallWorld } from './support/small-world.ts';

const rules = { round: 1, paths: ['rules/**'], oracle: [] };
const writing = (path: string): AgentEvent => ({
  is: 'called',
  call: path,
  tool: 'write',
  paths: [path],
  input: path,
});
/** An agent that writes these, and is told whatever is wanted. */
const writes =
  (...paths: readonly string[]) =>
  async (on: (event: AgentEvent) => Intervention | null) =>
    paths.map((path) => {
      const wanted = on(writing(path));
      if (wanted?.do === 'nudge') on({ is: 'told', text: wanted.text });
      return wanted?.do ?? null;
    });

test('a nudge is recorded by the end of the round, whatever the round itself came to', async () => {
  const world = smallWorld();
  await world.ready();
  expect(await watchRound(world.ports, rules, writes('rules/a', 'b', 'c'))).toEqual([null, 'nudge', 'stop']);
  const failing = watchRound(world.ports, rules, async (on) => {
    on(writing('d'));
    throw new Error('the agent broke off');
  });
  await expect(failing).rejects.toThrow('the agent broke off');
  const nudged = (await world.facts()).filter(({ kind }) => kind === 'nudged');
  expect(nudged).toMatchObject([{ reason: { detail: 'b' } }, { reason: { detail: 'd' } }]);
});

test('a nudge that cannot be recorded is told to the log, and takes nothing of the round with it', async () => {
  let down = false;
  const world = smallWorld({
    around: (name, call) => (down && name === 'ledger.append' ? Promise.reject(new Error('no database')) : call()),
  });
  await world.ready();
  down = true;
  expect(await watchRound(world.ports, rules, writes('b', 'c'))).toEqual(['nudge', 'stop']);
  expect(world.seen.log.join()).toContain('a nudge could not be recorded');
});
