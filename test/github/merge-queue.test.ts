import { expect, test } from 'vitest';
import { eventOf } from '../../src/adapters/github/event.ts';
import { Weather } from '../../src/ports.ts';
import { permit } from '../support/permit.ts';
import { approvalOf, inWorld, REPO, type World } from './support.ts';

const BRANCH = 'corrigible/1-1';
const checks = { required_status_checks: [{ context: 'gate' }], strict_required_status_checks_policy: false };

/** A pull request into a branch that takes merges from its queue alone, once `gate` has passed on its head. */
async function queued(world: World) {
  const head = await world.branch(BRANCH, { 'a.txt': 'a' });
  const number = await world.forge.openPullRequest(permit, {
    branch: BRANCH,
    base: 'main',
    title: 'Fix',
    body: 'Why.',
  });
  await world.as('ada', 'POST', `/repos/${REPO}/rulesets`, {
    name: 'queue',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [{ type: 'merge_queue' }, { type: 'required_status_checks', parameters: checks }],
  });
  const pass = () => world.as('ada', 'POST', `/repos/${REPO}/statuses/${head}`, { state: 'success', context: 'gate' });
  return { number, head, pass };
}

test('a queue is told by the rules, and a merge past it is refused as such', () =>
  inWorld(async (world) => {
    const { number, head } = await queued(world);
    expect((await world.forge.branchRules('main')).queue).toBe(true);
    const result = await world.forge.merge(permit, number, approvalOf(head), { title: 'Fix', body: '' });
    expect(result).toMatchObject({ merged: false, why: 'queue' });
  }));

test('a head is put into the queue once, and found there', () =>
  inWorld(async (world) => {
    const { number, head, pass } = await queued(world);
    await pass();
    expect(await world.forge.isQueued(number)).toBe(false);
    expect(await world.forge.enqueue(permit, number, approvalOf(head), false)).toEqual({ queued: true });
    expect(await world.forge.isQueued(number)).toBe(true);
    expect(await world.forge.enqueue(permit, number, approvalOf(head), true)).toEqual({ queued: true });
    expect(await world.forge.enqueue(permit, number, approvalOf(head), false)).toEqual({ queued: true });
  }));

test('what is in the queue is taken out, and what is out stays out, whatever answer gets lost', () =>
  inWorld(async (world) => {
    const { number, head, pass } = await queued(world);
    const { forge } = world;
    await pass();
    expect(await forge.dequeue(permit, number)).toBe(true);
    await forge.enqueue(permit, number, approvalOf(head), false);
    expect(await forge.dequeue(permit, number)).toBe(true);
    expect(await forge.isQueued(number)).toBe(false);
    await forge.enqueue(permit, number, approvalOf(head), false);
    world.local.fault({ path: /graphql/, method: 'POST' }, { status: 502, body: {}, afterwards: true }, 2);
    await expect(forge.dequeue(permit, number)).rejects.toThrow(Weather);
    expect(await forge.dequeue(permit, number).catch(() => forge.dequeue(permit, number))).toBe(true);
    expect(await forge.isQueued(number)).toBe(false);
  }));

test('what the queue does not take is told in its words: another head, checks that have not passed', () =>
  inWorld(async (world) => {
    const { number, head, pass } = await queued(world);
    const put = (at: string) => world.forge.enqueue(permit, number, approvalOf(at), false);
    expect(await put(head)).toEqual({ queued: false, message: 'Required status check "gate" is expected.' });
    await pass();
    expect(await put('a'.repeat(40))).toMatchObject({ queued: false, message: expect.stringContaining('modified') });
  }));

test('an answer that gets lost is settled by looking', () =>
  inWorld(async (world) => {
    const { number, head, pass } = await queued(world);
    await pass();
    const { forge } = world;
    // The first call asks what is there; the answer of the second, which puts it in, is lost.
    world.local.fault({ path: /graphql/, method: 'POST' }, { status: 502, body: {}, afterwards: true }, 2);
    await expect(forge.enqueue(permit, number, approvalOf(head), false)).rejects.toThrow(Weather);
    await expect(forge.isQueued(number)).rejects.toThrow(Weather);
    expect(await forge.enqueue(permit, number, approvalOf(head), true)).toEqual({ queued: true });
    expect(await forge.isQueued(number)).toBe(true);
  }));

const sha = (digit: string) => digit.repeat(40);
const payload = (ref: string) => ({
  action: 'checks_requested',
  installation: { id: 1 },
  repository: { id: 2, full_name: 'acme/shop' },
  sender: { login: 'github-merge-queue[bot]', type: 'Bot' },
  merge_group: { head_sha: sha('1'), head_ref: ref, base_sha: sha('2'), base_ref: 'refs/heads/main' },
});
const groupOf = (body: unknown) => eventOf({ event: 'merge_group', payload: body })?.group;

test('a merge group is told by its commits, its base branch and its pull request', () => {
  const ref = `refs/heads/gh-readonly-queue/main/pr-17-${sha('2')}`;
  const group = { head: sha('1'), base: sha('2'), into: 'main', pull: 17, because: '' };
  expect(groupOf(payload(ref))).toEqual(group);
  expect(groupOf({ ...payload(ref), action: 'destroyed', reason: 'dequeued' })).toEqual({
    ...group,
    because: 'dequeued',
  });
});

test.each([
  'refs/heads/gh-readonly-queue/main/17',
  `refs/heads/main/pr-17-${sha('2')}`,
  `refs/heads/gh-readonly-queue/main/pr-0-${sha('2')}`,
  `refs/heads/gh-readonly-queue/main/pr-99999999999999999999-${sha('2')}`,
  `refs/tags/gh-readonly-queue/main/pr-17-${sha('2')}`,
  17,
])('a group whose branch is %s is about no pull request that could be told', (ref) => {
  expect(groupOf(payload(ref as string))).toMatchObject({ pull: 0 });
});

test('without its commits there is no group to answer', () => {
  const good = payload('refs/heads/gh-readonly-queue/main/pr-17-x');
  for (const broken of [{ head_sha: 'x' }, { base_sha: null }, { base_ref: 'main' }])
    expect(groupOf({ ...good, merge_group: { ...good.merge_group, ...broken } })).toBeUndefined();
  expect(eventOf({ event: 'push', payload: good })?.group).toBeUndefined();
});
