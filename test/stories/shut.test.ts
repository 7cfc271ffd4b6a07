import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, REPO, type World, yes } from '../support/world.ts';

/** A rejection whose spec waits for its label. */
const ready = async (world: World): Promise<number> => {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  return issue;
};

/** Work that met the trouble may be tried again a little later. */
const proposed = async (world: World): Promise<void> => {
  await expect.poll(async () => (await world.pulls()).length, { timeout: 60_000 }).toBe(1);
  await world.settled();
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
    await proposed(world);
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
    await proposed(world);
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

test('after its issue was deleted the same fault told again is no duplicate of it', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    await world.act(world.forge.acts.deleteIssue(REPO, issue));
    const again = await world.reject(clear);
    expect((await world.specComment(again)).body).toContain('### Spec: ');
  }));

test('a repository that goes to another owner who has the app takes its rejections along', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    // The other owner has the app as well.
    await world.forge.addRepository('newco/other', { files: { 'README.md': 'x' }, collaborators: { alice: 'admin' } });
    await world.settled();
    await world.act(world.forge.acts.transfer(REPO, 'newco'));
    const [alice, bob] = ['alice', 'bob'].map((login) => world.forge.addUser(login).token) as [string, string];
    const at = '/repos/newco/support';
    await world.act(world.forge.api(alice, 'POST', `${at}/issues/${issue}/labels`, { labels: ['fix-clear'] }));
    const { body: pulls } = await world.forge.api(alice, 'GET', `${at}/pulls`);
    expect(pulls).toHaveLength(1);
    const review = { event: 'APPROVE', body: '' };
    await world.act(world.forge.api(bob, 'POST', `${at}/pulls/${pulls[0].number}/reviews`, review));
    expect((await world.forge.api(alice, 'GET', `${at}/issues/${issue}`)).body).toMatchObject({ state: 'closed' });
  }));

test('while GitHub does not accept the App’s key nothing is lost, and the log says what to do', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    const { privateKey } = world.forge.acts.rotateKey();
    await world.restart();
    await world.label(issue, 'fix-clear', 'alice', false);
    const sentence = 'GitHub does not accept the App’s key. Make a new private key on the App’s page, set PRIVATE_KEY';
    await expect.poll(() => world.logs.join(''), { timeout: 60_000 }).toContain(sentence);
    expect(await world.pulls()).toEqual([]);
    const readiness = async () => (await fetch(`${world.app().url}/readyz`)).text();
    expect(await readiness()).toContain(`ready to take webhooks in, but not to work: ${sentence}`);
    world.setKey(privateKey);
    await world.restart();
    await proposed(world);
    expect(await readiness()).toBe('ready\n');
    expect(await world.status(issue)).toContain('Proposed in #');
  }));
