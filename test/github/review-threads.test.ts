import { expect, test } from 'vitest';
import { Weather } from '../../src/ports.ts';
import { permit } from '../support/permit.ts';
import { inWorld, REPO, type World } from './support.ts';

const BRANCH = 'corrigible/1-1';

async function reviewed(world: World, comments: readonly object[]) {
  const head = await world.branch(BRANCH, { 'rules.json': '{"refund":"billing"}\n' });
  const from = { branch: BRANCH, base: 'main', title: 'Fix', body: 'Why.' };
  const number = await world.forge.openPullRequest(permit, from);
  const review = { event: 'REQUEST_CHANGES', body: 'Please look.', comments };
  const { id } = await world.as('grace', 'POST', `/repos/${REPO}/pulls/${number}/reviews`, review);
  return { number, head, review: id as number };
}

const inline = (body: string) => ({ path: 'rules.json', line: 1, body });

test('threads tell where, who, what and of which review', () =>
  inWorld(async (world) => {
    const { number, review } = await reviewed(world, [inline('Why billing?'), inline('A second thread')]);
    const [first, second] = await world.forge.reviewThreads(number);
    expect(first).toMatchObject({
      isResolved: false,
      isOutdated: false,
      path: 'rules.json',
      line: 1,
      comments: [{ review, by: 'grace', byPerson: true, body: 'Why billing?' }],
      more: false,
    });
    expect(second?.comments).toMatchObject([{ body: 'A second thread' }]);
    expect(second?.id).not.toBe(first?.id);
  }));

test('a thread is resolved, and again is the same', () =>
  inWorld(async (world) => {
    const { number } = await reviewed(world, [inline('One'), inline('Two')]);
    const [one] = await world.forge.reviewThreads(number);
    await world.forge.resolveThread(permit, one!.id);
    await world.forge.resolveThread(permit, one!.id);
    const after = await world.forge.reviewThreads(number);
    expect(after.map(({ isResolved }) => isResolved)).toEqual([true, false]);
  }));

test('two hundred threads are all found', () =>
  inWorld(async (world) => {
    const bodies = Array.from({ length: 200 }, (_, i) => `Thread ${i}`);
    const { number } = await reviewed(world, bodies.map(inline));
    const found = await world.forge.reviewThreads(number);
    expect(found.map(({ comments }) => comments[0]?.body)).toEqual(bodies);
  }));

test('a thread is outdated once its file changed', () =>
  inWorld(async (world) => {
    const { number } = await reviewed(world, [inline('One')]);
    const file = `/repos/${REPO}/contents/rules.json`;
    const { sha } = await world.as('ada', 'GET', `${file}?ref=${BRANCH}`);
    const content = Buffer.from('{}\n').toString('base64');
    await world.as('ada', 'PUT', file, { message: 'Back', content, sha, branch: BRANCH });
    expect(await world.forge.reviewThreads(number)).toMatchObject([{ isOutdated: true, line: null }]);
  }));

test('what GraphQL refuses is refused as by REST', () =>
  inWorld(async (world) => {
    const { number } = await reviewed(world, [inline('One')]);
    await expect(world.forge.reviewThreads(number + 1)).rejects.toMatchObject({ name: 'GithubRefused', status: 404 });
  }));

test('that a thread is gone, or may not be resolved, stops nothing', () =>
  inWorld(async (world) => {
    const { number } = await reviewed(world, [inline('One')]);
    const [one] = await world.forge.reviewThreads(number);
    await world.forge.resolveThread(permit, 'PRRT_0');
    const errors = [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }];
    world.local.fault({ path: /^\/graphql$/ }, { status: 200, body: { data: { resolveReviewThread: null }, errors } });
    await world.forge.resolveThread(permit, one!.id);
    expect(await world.forge.reviewThreads(number)).toMatchObject([{ isResolved: false }]);
    world.local.fault({ path: /^\/graphql$/ }, { status: 502 });
    await expect(world.forge.resolveThread(permit, one!.id)).rejects.toThrow(Weather);
  }));

test('a reply stands in its thread once, and is found again by its marker', () =>
  inWorld(async (world) => {
    const { number } = await reviewed(world, [inline('One'), inline('Two')]);
    const [one] = await world.forge.reviewThreads(number);
    expect(await world.forge.hasReplied(number, 'reply-1')).toBe(false);
    expect(await world.forge.replyToThread(permit, number, one!.comments[0]!.id, 'reply-1', 'Done.')).toBe(true);
    expect(await world.forge.hasReplied(number, 'reply-1')).toBe(true);
    const after = await world.forge.reviewThreads(number);
    expect(after.map(({ comments }) => comments.length)).toEqual([2, 1]);
    expect(after[0]!.comments[1]).toMatchObject({ by: world.forge.me.login, byPerson: false });
    expect(await world.forge.replyToThread(permit, number, 4, 'reply-2', 'Done.')).toBe(false);
  }));

test('a marker that somebody else wrote is not ours', () =>
  inWorld(async (world) => {
    const { number } = await reviewed(world, [inline('<!-- corrigible:reply-1 -->')]);
    expect(await world.forge.hasReplied(number, 'reply-1')).toBe(false);
  }));

test('a limit of GraphQL, its own failures and an answer that is none are weather', () =>
  inWorld(async (world) => {
    const { number } = await reviewed(world, [inline('One')]);
    const answers = [
      { status: 200, body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] } },
      { status: 200, body: { errors: [{ message: 'Something went wrong while executing your query.' }] } },
      { status: 200, body: { data: { repository: { pullRequest: { reviewThreads: 'no list' } } } } },
      { status: 502 },
      { status: 0 },
    ];
    for (const answer of answers) {
      world.local.fault({ path: /^\/graphql$/ }, answer);
      await expect(world.forge.reviewThreads(number), JSON.stringify(answer)).rejects.toThrow(Weather);
    }
    expect(await world.forge.reviewThreads(number)).toHaveLength(1);
  }));
