import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, type World, yes } from '../support/world.ts';

const ready = async (world: World): Promise<number> => {
  const issue = await world.reject(clear);
  await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
  expect(await world.status(issue)).toContain('**Ready:**');
  return issue;
};

test('invariant 2: a label set by somebody below write starts nothing, and says so', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    await world.label(issue, 'fix-clear', 'tom');
    expect(await world.status(issue)).toContain(
      'The label set by tom starts nothing, because tom has no write permission here.',
    );
    expect(await world.pulls()).toEqual([]);

    // The same person's label does not come to count by somebody else's touching the issue.
    await world.comment(issue, 'Please have a look.');
    expect(await world.pulls()).toEqual([]);

    await world.unlabel(issue);
    await world.label(issue);
    expect(await world.pulls()).toHaveLength(1);
  }));

test('invariant 2: a label set before “Ready” was shown approves nothing', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.label(issue);
    expect(await world.status(issue)).toContain('starts nothing, because the spec still has the problems listed above');
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    expect(await world.status(issue)).toContain('**Ready:**');
    expect(await world.pulls()).toEqual([]);
  }));

test('invariant 2: a label that came with the issue approves nothing', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject({ ...clear, labels: ['rejection', 'fix-clear'], by: 'alice' });
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }), 'bob');
    expect(await world.status(issue)).toContain('**Ready:**');
    expect(await world.pulls()).toEqual([]);
  }));

test('invariant 2: an edit of the spec between “Ready” and the label voids what was announced', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    world.forge.webhooks.hold();
    await world.editSpec(issue, (spec) => Object.assign(spec, { title: 'Something else entirely' }), 'bob', false);
    await world.label(issue, 'fix-clear', 'alice', false);
    await world.forge.webhooks.release('reversed');
    await world.settled();
    expect(await world.pulls()).toEqual([]);
    expect(await world.status(issue)).toMatch(
      /The label set by alice starts nothing, because the spec (?:or the rejection was changed|was not announced as ready)/,
    );
  }));

test('invariant 2: an edit of the rejection after the draft voids it', () =>
  inWorld({}, async (world) => {
    const issue = await ready(world);
    await world.editIssue(issue, { title: 'Now it is about something else' });
    await world.label(issue);
    expect(await world.status(issue)).toContain('the rejection was edited after this draft');
    expect(await world.pulls()).toEqual([]);
  }));

test('an answer that speaks against the fix declines the rejection with that reason', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: { ...yes, 'customer-right': 'no' } }));
    expect(await world.status(issue)).toContain(
      'Declined, because the customer was answered as not right, so the output stays as it is.',
    );
    await world.label(issue);
    expect(await world.pulls()).toEqual([]);
  }));

test('a spec whose acceptance case is green on base already is not ready', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => {
      const { acceptance } = spec as { acceptance: { expect: { value: string }[] }[] };
      acceptance[0]!.expect[0]!.value = 'KB-104';
      Object.assign(spec, { answers: yes });
    });
    expect(await world.status(issue)).toContain('it passes on the base branch already, so it proves nothing');
    await world.label(issue);
    expect(await world.pulls()).toEqual([]);
  }));

test('a broken spec block is answered with its line and what is wrong', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    const { id, body } = await world.specComment(issue);
    await world.act(
      world.call('alice', 'PATCH', `/issues/comments/${id}`, { body: body.replace('step: fetch', 'step: [fetch') }),
    );
    expect(await world.status(issue)).toMatch(/\*\*not ready\*\* yet:\n\n- Line \d+: /);
    await world.act(world.call('alice', 'PATCH', `/issues/comments/${id}`, { body: 'gone' }));
    expect(await world.status(issue)).toContain('is gone. Restore it from the comment’s history.');
  }));
