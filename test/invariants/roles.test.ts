import { expect, test } from 'vitest';
import type { Permission } from '../../src/domain/approval.ts';
import { allYes, type SmallWorld, smallWorld } from './support/small-world.ts';

interface Labeller {
  readonly login: string;
  readonly permission: Permission;
  readonly how?: { readonly byPerson?: boolean; readonly viaApp?: boolean };
  /** Whether the label of this one counts at the right moment; else the code of the refusal. */
  readonly ends: 'run' | 'clear-no-write' | 'clear-bot';
}

const labellers: Readonly<Record<string, Labeller>> = {
  write: { login: 'wanda', permission: 'write', ends: 'run' },
  maintain: { login: 'mona', permission: 'maintain', ends: 'run' },
  admin: { login: 'ada', permission: 'admin', ends: 'run' },
  triage: { login: 'tina', permission: 'triage', ends: 'clear-no-write' },
  read: { login: 'rudi', permission: 'read', ends: 'clear-no-write' },
  bot: { login: 'dependabot[bot]', permission: 'admin', how: { byPerson: false }, ends: 'clear-bot' },
  app: { login: 'ada', permission: 'admin', how: { viaApp: true }, ends: 'clear-bot' },
  reporter: { login: 'rita', permission: 'read', ends: 'clear-no-write' },
};

const answered = (world: SmallWorld) => world.editSpec((spec) => Object.assign(spec, { answers: allYes }));
const label = (world: SmallWorld, { login, permission, how = {} }: Labeller) => {
  world.state.roles.set(login, permission);
  world.label(login, how);
};

/** When the label is set, up to a spec that is ready or would be. */
const moments: Readonly<Record<string, (world: SmallWorld, by: Labeller) => Promise<void>>> = {
  'before there is a spec': async (world, by) => {
    label(world, by);
    await world.settle();
    answered(world);
    await world.settle();
  },
  'after it is ready': async (world, by) => {
    await world.ready();
    label(world, by);
    await world.settle();
  },
  'after an edit that nobody has looked at': async (world, by) => {
    await world.ready();
    world.editSpec((spec) => Object.assign(spec, { title: 'Another title' }));
    label(world, by);
    await world.settle();
  },
  'in the payload that opened it': async (world, by) => {
    world.state.roles.set(by.login, by.permission);
    world.state.issue.author = by.login;
    world.state.issue.labels.push('fix-clear');
    await world.ready();
  },
};

const cells = Object.entries(labellers).flatMap(([role, by]) =>
  Object.entries(moments).map(([moment, act]) => [role, moment, by, act] as const),
);

test.each(cells)('invariant 2: the label of %s, %s', async (_, moment, by, act) => {
  const world = smallWorld();
  await act(world, by);
  const facts = await world.facts();
  const counts = by.ends === 'run' && moment === 'after it is ready';
  expect(facts.some(({ kind }) => kind === 'spec-approved')).toBe(counts);
  expect(facts.some(({ kind }) => kind === 'run-queued')).toBe(counts);
  expect([...world.repository.remote.keys()].length > 1).toBe(counts);
  const refusal = facts.findLast((fact) => fact.kind === 'clearance-refused');
  if (moment === 'after it is ready') expect(refusal?.reason.code).toBe(counts ? undefined : by.ends);
  if (refusal !== undefined) expect(world.status()).toContain('starts nothing, because');
});
