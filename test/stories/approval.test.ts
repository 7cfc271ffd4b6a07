import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, type World, yes } from '../support/world.ts';

const proposed = async (world: World): Promise<{ issue: number; pull: number; head: string; branch: string }> => {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await world.label(issue);
  const pull = await world.onlyPull();
  return { issue, pull: pull.number, head: pull.head.sha, branch: pull.head.ref };
};
const merged = async (world: World, pull: number): Promise<boolean> => (await world.pull(pull)).merged;

test('invariant 1: an approval of an older commit does not merge what was pushed after it', () =>
  inWorld({}, async (world) => {
    const { issue, pull, head, branch } = await proposed(world);
    await world.push(branch, 'README.md', 'Pushed by a person.\n', 'carol');
    await world.approve(pull, 'bob', head);
    expect(await merged(world, pull)).toBe(false);
    const said = await world.said(pull);
    expect(said.at(-1)).toMatch(
      /^This approval does not count, because the approval was given for `\w{10}`, but the head is now `\w{10}`\./,
    );
    expect(await world.status(issue)).toContain('carol pushed to the branch. The agent has stopped for good');
  }));

test('invariant 1: whoever cleared the fix cannot approve it', () =>
  inWorld({}, async (world) => {
    const { pull } = await proposed(world);
    await world.approve(pull, 'alice');
    expect(await merged(world, pull)).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('alice cleared this fix, so somebody else has to approve it');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(true);
  }));

test('in solo mode whoever cleared the fix may approve it', async () => {
  const { exampleFiles } = await import('../support/world.ts');
  const configuration = (await exampleFiles())['.github/corrigible.yml'];
  await inWorld({ files: { '.github/corrigible.yml': `${configuration}\nsolo: true\n` } }, async (world) => {
    const { pull } = await proposed(world);
    await world.approve(pull, 'alice');
    expect(await merged(world, pull)).toBe(true);
  });
});

test('invariant 1: an approval by somebody below write does not merge', () =>
  inWorld({}, async (world) => {
    const { pull } = await proposed(world);
    await world.approve(pull, 'rita');
    await world.approve(pull, 'tom');
    expect(await merged(world, pull)).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('tom has no write permission here');
  }));

test('invariant 1: the permission that counts is the one at the moment of the merge', () =>
  inWorld({}, async (world) => {
    const { pull } = await proposed(world);
    world.forge.setPermission('acme/support', 'bob', 'read');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
  }));

test('a request for changes by a writer holds an approval back', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.requestChanges(pull, 'Not like this.', 'carol');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('carol asked for changes.');
  }));

test('whoever pushed last cannot approve, somebody else can, and the gate judges what was pushed', () =>
  inWorld({}, async (world) => {
    const { pull, branch } = await proposed(world);
    const fetchRules = await world.file('config/fetch.json', branch);
    await world.push(branch, 'config/fetch.json', fetchRules.replace('"KB-107": 9', '"KB-107": 10'), 'bob');
    const { head } = await world.pull(pull);
    expect(await world.checks(head.sha)).toMatchObject({ 'corrigible/gate': 'success', 'corrigible/spec': 'success' });
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('bob pushed the last commit, so somebody else has to approve it');
    await world.approve(pull, 'carol');
    expect(await merged(world, pull)).toBe(true);
  }));

test('invariant 5: a push that touches what it is judged by is red and does not merge', () =>
  inWorld({}, async (world) => {
    const { issue, pull, branch } = await proposed(world);
    const cases = await world.file('evals/fetch.yml', branch);
    await world.push(branch, 'evals/fetch.yml', `${cases}\n# easier now\n`, 'bob');
    const { head } = await world.pull(pull);
    expect(await world.checks(head.sha)).toMatchObject({
      'corrigible/gate': 'failure',
      'corrigible/integrity': 'failure',
    });
    await world.approve(pull, 'carol');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('it changes what it is judged by: `evals/fetch.yml`');
  }));

test('a base that moved is judged together with the head before the merge', () =>
  inWorld({}, async (world) => {
    const { pull } = await proposed(world);
    await world.push('main', 'README.md', 'The base moves.\n', 'carol');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(true);
    expect(await world.file('README.md')).toBe('The base moves.\n');
    expect(await world.file('config/fetch.json')).toContain('"KB-107": 9');
  }));

test('a base that moved into a conflict is not merged, and the files are named', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    const rules = await world.file('config/fetch.json');
    await world.push('main', 'config/fetch.json', rules.replace('"KB-107": 5', '"KB-107": 7'), 'carol');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('it conflicts with the base branch in config/fetch.json');
  }));

test('a rejection closed by hand is not merged; reopened, it goes on', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.editIssue(issue, { state: 'closed' }, 'alice');
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain('Not merged, because the rejection is closed. Reopen it to go on.');
    await world.editIssue(issue, { state: 'open' }, 'alice');
    expect(await merged(world, pull)).toBe(true);
  }));

test('a pull request closed by hand ends the work in words; reopened, it goes on', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { state: 'closed' }));
    expect(await world.status(issue)).toContain('closed the pull request, so the work ended. Reopen it to go on.');
    await world.act(world.call('carol', 'PATCH', `/pulls/${pull}`, { state: 'open' }));
    await world.approve(pull, 'bob');
    expect(await merged(world, pull)).toBe(true);
  }));
