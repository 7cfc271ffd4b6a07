import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arena, failedIn, openArena } from './support/arena.ts';
import { cheats, honest, unseen } from './support/cheats.ts';
import { honestBesideReport, withReport } from './support/cheats-in-reports.ts';

let arena: Arena & Disposable;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena[Symbol.dispose]());

test('a candidate that is right passes', async () => {
  expect(await arena.judge(honest)).toMatchObject({ name: 'gate', passed: true });
});

test('a candidate that is right passes beside a suite of the repository’s own, which notices what is planted in it', async () => {
  const verdict = await arena.judge(honestBesideReport, withReport);
  expect(verdict).toMatchObject({ name: 'gate', passed: true });
  const step = verdict.children?.find(({ name }) => name === 'step price');
  expect(step).toMatchObject({ because: '7 of 7 cases as before', children: [] });
});

test.each(cheats.map((cheat) => [cheat.way, cheat.check, cheat] as const))(
  'a candidate that %s is stopped by “%s”',
  async (_, check, { candidate, about, finding, says }) => {
    const verdict = await arena.judge(candidate, about);
    expect(verdict.passed).toBe(false);
    const failed = failedIn(verdict);
    expect(Object.keys(failed)).toEqual([check]);
    // Without the accepted case there is no evidence, and a hold-out of the same fault fails with it.
    const [first, ...others] = failed[check] ?? [];
    expect({ finding: first?.name, says: first?.because }).toEqual({ finding, says });
    expect(others.map(({ name }) => name).filter((name) => name !== 'hold-outs' && name !== 'evidence')).toEqual([]);
  },
);

test.each(unseen.map((cheat) => [cheat.way, cheat] as const))(
  'a candidate that %s passes, and only a person can see it',
  async (_, { candidate, about }) => {
    expect((await arena.judge(candidate, about)).passed).toBe(true);
  },
);
