import { expect, test } from 'vitest';
import { deaf } from '../support/by-sweeps.ts';
import { clear } from '../support/rejections.ts';
import { inWorld, type World, yes } from '../support/world.ts';

const proposed = async (world: World, sweep: () => Promise<unknown>): Promise<{ issue: number; pull: number }> => {
  const issue = await world.reject(clear);
  await sweep();
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  await sweep();
  await world.label(issue);
  await sweep();
  return { issue, pull: (await world.onlyPull()).number };
};

test('invariant 8: a rejection is merged though not one webhook arrives', () =>
  inWorld({}, async (world) => {
    const sweep = await deaf(world);
    const issue = await world.reject(clear);
    expect(await world.said(issue)).toEqual([]);
    await sweep();
    expect(await world.status(issue)).toContain('not answered yet');
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await sweep();
    expect(await world.status(issue)).toContain('**Ready:**');
    await world.label(issue);
    await sweep();
    const pull = await world.onlyPull();
    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(false);
    await sweep();
    expect((await world.pull(pull.number)).merged).toBe(true);
    await sweep();
    expect(await world.issue(issue)).toMatchObject({ state: 'closed', state_reason: 'completed' });
    expect((await world.said(issue)).length).toBe(3);
    expect(await world.said(pull.number)).toEqual([]);
  }));

test('closing, reopening, pushing to the branch and merging by hand are all seen without a webhook', () =>
  inWorld({}, async (world) => {
    const sweep = await deaf(world);
    const { issue, pull } = await proposed(world, sweep);
    await world.editIssue(issue, { state: 'closed' }, 'alice');
    await sweep();
    expect(await world.status(issue)).toContain('alice closed the rejection, so the work ended. Reopen it to go on.');
    await world.editIssue(issue, { state: 'open' }, 'alice');
    await sweep();
    expect(await world.status(issue)).not.toContain('closed the rejection');
    const { head } = await world.pull(pull);
    await world.push(head.ref, 'README.md', 'Pushed by a person.\n', 'carol');
    await sweep();
    await world.approve(pull, 'bob', head.sha);
    await sweep();
    expect((await world.pull(pull)).merged).toBe(false);
    expect((await world.said(pull)).at(-1)).toContain('the approval was given for');
    await world.act(world.call('alice', 'PUT', `/pulls/${pull}/merge`, {}));
    await sweep();
    expect(await world.status(issue)).toContain('Merged in #');
  }));

test('a change of the base branch that no webhook told is looked at', () =>
  inWorld({}, async (world) => {
    const sweep = await deaf(world);
    const { issue } = await proposed(world, sweep);
    const before = world.forge.calls.length;
    await world.push('main', 'NOTES.md', 'New.\n');
    await sweep();
    const looked = world.forge.calls.slice(before).filter(({ path }) => path === `/repos/acme/support/issues/${issue}`);
    expect(looked.length).toBeGreaterThan(0);
  }));

test('an /undo that no webhook told is followed, though issue and pull request are closed by then', () =>
  inWorld({}, async (world) => {
    const sweep = await deaf(world);
    const { issue, pull } = await proposed(world, sweep);
    await world.approve(pull);
    await sweep();
    await sweep();
    expect(await world.issue(issue)).toMatchObject({ state: 'closed' });
    await world.comment(pull, '/undo It broke the answers about invoices.', 'bob');
    await sweep();
    expect((await world.said(issue)).filter((said) => said.includes('this rejection is open again')).length).toBe(1);
    const said = await world.said(issue);
    await sweep();
    expect(await world.said(issue)).toEqual(said);
  }));
