import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, REPO, type World, yes } from '../support/world.ts';

const lock = (world: World, number: number) => world.act(world.call('alice', 'PUT', `/issues/${number}/lock`));
const unlock = (world: World, number: number) => world.act(world.call('alice', 'DELETE', `/issues/${number}/lock`));

const ready = async (world: World): Promise<number> => {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  return issue;
};

/** The rejection is there, and the app has heard nothing of it yet. */
const unheard = async (world: World): Promise<number> => {
  world.forge.webhooks.hold();
  const { title, form } = clear;
  const body = Object.entries(form).map(([heading, text]) => `### ${heading}\n\n${text}`);
  const token = world.forge.addUser('rita').token;
  const made = await world.forge.createIssueFromForm(token, REPO, {
    title,
    body: body.join('\n\n'),
    labels: ['rejection'],
  });
  return made.body.number;
};

const specsOn = async (world: World, issue: number) =>
  (await world.said(issue)).filter((text) => text.includes('```yaml corrigible-spec')).length;

test('a rejection that is locked before anything was said waits in words for the operator, and is drafted once it is unlocked', () =>
  inWorld({}, async (world) => {
    const issue = await unheard(world);
    await world.call('alice', 'PUT', `/issues/${issue}/lock`);
    await world.forge.webhooks.release();
    await world.settled();
    expect(await world.said(issue)).toEqual([]);
    expect(world.logs.join('')).toContain('The conversation is locked');
    await unlock(world, issue);
    expect(await specsOn(world, issue)).toBe(1);
    expect(await world.status(issue)).not.toContain('locked');
  }));

test('one that is locked once its spec is ready is cleared, proposed and merged all the same, and told when it is unlocked', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    await lock(world, issue);
    const before = await world.said(issue);
    await world.label(issue);
    const pull = await world.onlyPull();
    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(true);
    expect(await world.said(issue)).toEqual(before);
    await unlock(world, issue);
    expect((await world.said(issue)).filter((text) => text.includes('thank you: this is fixed'))).toHaveLength(1);
    expect(await world.issue(issue)).toMatchObject({ state: 'closed' });
  }));

test('a hint that a writer gives on a locked rejection is answered when it is unlocked', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    await lock(world, issue);
    await world.comment(issue, '/hint See config/fetch.json:4711', 'bob');
    expect(await world.said(issue)).toHaveLength(2);
    await unlock(world, issue);
    expect((await world.said(issue)).at(-1)).toContain('`config/fetch.json:4711` is not on the base branch');
  }));

test('a pull request that is locked is told on the rejection, and merged once it is unlocked', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    await world.label(issue);
    const pull = await world.onlyPull();
    await lock(world, pull.number);
    // Its approval does not count, which is said there.
    await world.approve(pull.number, 'alice');
    expect(await world.status(issue)).toContain('the conversation is locked');
    await unlock(world, pull.number);
    expect(await world.status(issue)).not.toContain('locked');
    await world.approve(pull.number, 'bob');
    expect((await world.pull(pull.number)).merged).toBe(true);
  }));

const leaves: readonly [string, (world: World, issue: number) => Promise<unknown>][] = [
  ['deleted', (world, issue) => world.forge.acts.deleteIssue(REPO, issue)],
  ['transferred', (world, issue) => world.forge.acts.transferIssue(REPO, issue, 'acme/other')],
];
const other = (world: World) =>
  world.act(
    world.forge.addRepository('acme/other', { files: { 'README.md': 'x' }, collaborators: { alice: 'admin' } }),
  );
const next = async (world: World): Promise<void> => {
  const again = await world.reject(clear);
  expect((await world.specComment(again)).body).toContain('### Spec: ');
};

test.each(leaves)('a rejection that is %s before anything was said ends there, and the app goes on', (_, leave) =>
  inWorld({}, async (world) => {
    await other(world);
    const issue = await unheard(world);
    await leave(world, issue);
    await world.forge.webhooks.release();
    await world.settled();
    await next(world);
  }),
);

test.each(leaves)(
  'a rejection that is %s while its fix waits for review is told on the pull request, which nobody but people merges',
  (_, leave) =>
    inWorld({}, async (world) => {
      await other(world);
      const issue = await ready(world);
      await world.label(issue);
      const pull = await world.onlyPull();
      await world.act(leave(world, issue));
      expect(
        (await world.said(pull.number)).filter((text) => text.includes('was deleted, or went to another repository')),
      ).toHaveLength(1);
      await world.approve(pull.number);
      expect(await world.pull(pull.number)).toMatchObject({ merged: false, state: 'open' });
    }),
);

test('a rejection that goes to another repository is one of that repository, which says what it lacks', () =>
  inWorld({}, async (world) => {
    await other(world);
    const issue = await ready(world);
    const number = await world.act(world.forge.acts.transferIssue(REPO, issue, 'acme/other'));
    const { body } = await world.forge.api(
      world.forge.addUser('alice').token,
      'GET',
      `/repos/acme/other/issues/${number}/comments`,
    );
    const said = body.map((comment: { body: string }) => comment.body).join('\n');
    expect(said).toContain('.github/corrigible.yml');
  }));
