import { expect, test } from 'vitest';
import { GithubRefused } from '../../src/adapters/github/refused.ts';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import type { Forge } from '../../src/ports.ts';
import { Weather } from '../../src/ports.ts';
import { readSettings } from '../../src/read-settings.ts';
import { approvalOf, firstLine, inWorld, REPO } from '../github/support.ts';
import { permit } from '../support/permit.ts';
import { type Around, smallWorld } from './support/small-world.ts';

/** The ways in which a read fails, as the adapter for GitHub tells them. */
const failures: Readonly<Record<string, () => Error>> = {
  'a 500': () => new Weather('GitHub answered 500.'),
  'a 403': () => new GithubRefused(403, 'GET /x', 'Resource not accessible by integration'),
  'a 404': () => new GithubRefused(404, 'GET /x', 'Not Found'),
};

interface Broken {
  readonly around: Around;
  /** From now on this call fails; null for none. */
  break(name: string | null, error?: () => Error): void;
  /** How often the broken call was met. */
  met(): number;
}

function breakable(): Broken {
  let broken: string | null = null;
  let raise: () => Error = () => new Error();
  let met = 0;
  return {
    around: async (name, call) => {
      if (name !== broken) return call();
      met++;
      throw raise();
    },
    break: (name, error) => {
      broken = name;
      raise = error ?? raise;
      met = 0;
    },
    met: () => met,
  };
}

const onMerge = ['forge.issue', 'forge.pullRequest', 'forge.reviews', 'forge.permission', 'forge.checks'] as const;
const ofMerge = [...onMerge, 'forge.branchRules', 'forge.statuses', 'forge.gitAccess', 'repository.fetch'] as const;
const ofClearance = ['forge.issue', 'forge.comment', 'forge.labelEvents', 'forge.permission'] as const;
const ofStart = [...ofClearance, 'forge.gitAccess', 'repository.fetch', 'repository.read'] as const;
const everyWay = (calls: readonly string[]) =>
  calls.flatMap((call) => Object.keys(failures).map((failure) => [call, failure] as const));

test.each(everyWay(ofMerge))(
  'invariant 12: nothing merges while %s fails with %s, and then it does',
  async (call, failure) => {
    const broken = breakable();
    const world = smallWorld({ around: broken.around });
    world.state.required = [{ name: 'ci', app: null }];
    await world.proposed();
    world.state.statuses.push({ name: 'ci', state: 'success' });
    world.approve();
    broken.break(call, failures[failure]);
    await expect(world.settle()).rejects.toThrow();
    expect(broken.met(), 'the read is made').toBeGreaterThan(0);
    expect(world.state.merges).toEqual([]);
    expect(await world.stageName()).toBe('proposed');
    broken.break(null);
    await world.settle();
    expect(world.state.merges).toHaveLength(1);
  },
);

test.each(everyWay(ofStart))(
  'invariant 12: nothing starts while %s fails with %s, and then it does',
  async (call, failure) => {
    const broken = breakable();
    const world = smallWorld({ around: broken.around });
    await world.ready();
    world.label();
    broken.break(call, failures[failure]);
    await expect(world.settle()).rejects.toThrow();
    expect(broken.met(), 'the read is made').toBeGreaterThan(0);
    expect([world.state.pull, world.seen.briefs]).toEqual([null, []]);
    expect(await world.stageName()).toBe('drafted');
    broken.break(null);
    await world.settle();
    expect(world.state.pull).not.toBe(null);
  },
);

test('invariant 12: where nothing may run, nothing is drafted, and it says so', async () => {
  const world = smallWorld({ sandboxRefusal: 'bubblewrap is not installed. Run: apt-get install bubblewrap' });
  await world.settle();
  expect(world.said().join('\n')).toContain('Run: apt-get install bubblewrap');
  expect(world.seen.prompts).toEqual([]);
  expect(await world.stageName()).toBe('accepted');
});

test('invariant 12: a sandbox that goes away before the work ends the attempt in words, and nothing runs', async () => {
  const world = smallWorld();
  await world.ready();
  world.label();
  Object.assign(world.ports.sandbox, { refusal: async () => 'bubblewrap is gone' });
  await world.settle();
  expect(world.seen.briefs).toEqual([]);
  expect(world.status()).toContain('nothing may run here. bubblewrap is gone');
});

test('invariant 12: a configuration that became unreadable stops the merge, and mended lets it through', async () => {
  const world = smallWorld();
  await world.proposed();
  const good = world.mainFiles()['.github/corrigible.yml'] ?? '';
  await world.push('main', { '.github/corrigible.yml': 'version: 2\n' });
  world.approve();
  await world.settle();
  expect(world.state.merges).toEqual([]);
  expect(world.said().join('\n')).toContain('`.github/corrigible.yml:');
  await world.push('main', { '.github/corrigible.yml': good });
  await world.settle();
  expect(world.state.merges).toHaveLength(1);
});

const environment = {
  APP_ID: '1',
  PRIVATE_KEY: makeAppIdentity(1, 'app').privateKey,
  WEBHOOK_SECRET: 'sixteen letters!',
};

test.each([
  ['a missing', { WEBHOOK_SECRET: undefined }, 'WEBHOOK_SECRET: '],
  ['an empty', { WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET: '],
  ['a short', { WEBHOOK_SECRET: 'fifteen letters' }, 'WEBHOOK_SECRET: '],
  ['no private key and a good', { PRIVATE_KEY: 'key' }, 'PRIVATE_KEY: '],
])('invariant 12: with %s webhook secret the server does not start, in words', (_, change, words) => {
  expect(readSettings(environment)).toMatchObject({ settings: { appId: 1 } });
  const read = readSettings({ ...environment, ...change });
  expect(read).toMatchObject({ problems: [expect.stringContaining(words)] });
});

type Read = readonly [string, RegExp, (forge: Forge, head: string) => Promise<unknown>];
const reads: readonly Read[] = [
  ['issue', /\/issues\/\d+$/, (forge) => forge.issue(1)],
  ['labelEvents', /\/issues\/\d+\/events$/, (forge) => forge.labelEvents(1)],
  ['comments', /\/issues\/\d+\/comments$/, (forge) => forge.comments(1)],
  ['pullRequest', /\/pulls\/\d+$/, (forge) => forge.pullRequest(2)],
  ['reviews', /\/reviews$/, (forge) => forge.reviews(2)],
  ['checks', /\/check-runs$/, (forge, head) => forge.checks(head)],
  ['statuses', /\/status$/, (forge, head) => forge.statuses(head)],
  ['required checks by rules', /\/rules\/branches\/main$/, (forge) => forge.branchRules('main')],
  ['required checks by protection', /shop\/branches\/main$/, (forge) => forge.branchRules('main')],
];

test('invariant 12: a read of GitHub that fails is an error for the loop, never an empty answer', () =>
  inWorld(async ({ local, forge, as, branch }) => {
    await as('ada', 'POST', `/repos/${REPO}/issues`, { title: 'One', body: '' });
    const head = await branch('fix', { 'rules.json': '{"a":1}\n' });
    const { title, body } = firstLine;
    expect(await forge.openPullRequest(permit, { branch: 'fix', base: 'main', title, body })).toBe(2);
    for (const [name, path, read] of reads) {
      await read(forge, head);
      for (const status of [500, 403, 404, 0]) {
        local.fault({ method: 'GET', path }, { status });
        await expect(read(forge, head), `${name}: ${status}`).rejects.toThrow();
      }
      for (const answer of [{}, null, 'x']) {
        local.fault({ method: 'GET', path }, { status: 200, body: answer });
        await expect(read(forge, head), `${name}: ${JSON.stringify(answer)}`).rejects.toThrow();
      }
    }
    for (const status of [500, 403, 0]) {
      local.fault({ path: /\/permission$/ }, { status });
      await expect(forge.permission('ada')).rejects.toThrow();
    }
    local.fault({ path: /\/permission$/ }, { status: 404 });
    expect(await forge.permission('ada')).toBe('none');
    expect((await forge.merge(permit, 2, approvalOf('0'.repeat(40)), firstLine)).merged).toBe(false);
  }));
