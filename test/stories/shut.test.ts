import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, REPO, type World, yes } from '../support/world.ts';

/** A rejection whose spec waits for its label. */
const ready = async (world: World): Promise<number> => {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  return issue;
};

test('a repository that is archived before the fix is written waits, and goes on when it is not any more', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    world.forge.webhooks.hold();
    await world.label(issue, 'fix-clear', 'alice', false);
    world.forge.acts.archive(REPO, true);
    await world.forge.webhooks.release();
    await world.settled();
    expect(await world.pulls()).toEqual([]);
    world.forge.acts.archive(REPO, false);
    await world.settled();
    const pull = await world.onlyPull();
    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(true);
    expect((await world.said(issue)).length).toBe(3);
  }));

test('a suspended installation leaves everything as it is until it is lifted', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    world.forge.webhooks.hold();
    await world.label(issue, 'fix-clear', 'alice', false);
    world.forge.acts.suspend('acme', true);
    await world.forge.webhooks.release();
    await world.settled();
    expect(await world.pulls()).toEqual([]);
    world.forge.acts.suspend('acme', false);
    await world.settled();
    const pull = await world.onlyPull();
    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(true);
  }));

test('a repository that is renamed between any two moves keeps its rejections', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    await world.forge.acts.rename(REPO, 'helpdesk');
    await world.settled();
    const alice = world.forge.addUser('alice').token;
    const at = '/repos/acme/helpdesk';
    await world.act(world.forge.api(alice, 'POST', `${at}/issues/${issue}/labels`, { labels: ['fix-clear'] }));
    const { body: pulls } = await world.forge.api(alice, 'GET', `${at}/pulls`);
    expect(pulls).toHaveLength(1);
    const bob = world.forge.addUser('bob').token;
    const review = { event: 'APPROVE', body: '' };
    await world.act(world.forge.api(bob, 'POST', `${at}/pulls/${pulls[0].number}/reviews`, review));
    expect((await world.forge.api(alice, 'GET', `${at}/issues/${issue}`)).body).toMatchObject({ state: 'closed' });
    expect((await world.forge.api(alice, 'GET', `${at}/issues/${issue}/comments`)).body).toHaveLength(3);
  }));

test.each<[string, (world: World, issue: number) => Promise<void>]>([
  ['an issue', (world, issue) => world.forge.acts.deleteIssue(REPO, issue)],
  ['a repository', (world) => world.forge.acts.deleteRepository(REPO)],
])('%s that is deleted once the fix is cleared ends the work there, and the app goes on', (_, remove) =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    world.forge.webhooks.hold();
    await world.label(issue, 'fix-clear', 'alice', false);
    await remove(world, issue);
    await world.forge.webhooks.release();
    await world.settled();
    await world.forge.addRepository('acme/other', { files: { 'README.md': 'x' } });
    await world.settled();
    const labels = await world.forge.api(world.forge.addUser('alice').token, 'GET', '/repos/acme/other/labels');
    expect(labels.body.map(({ name }: { name: string }) => name)).toContain('fix-clear');
  }),
);
