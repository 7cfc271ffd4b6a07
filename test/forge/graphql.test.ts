import { expect, test } from 'vitest';
import { githubApp } from '../../src/adapters/github/app.ts';
import { documents } from '../../src/adapters/github/documents.ts';
import { silent } from '../support/silent-log.ts';
import { type ForgeWorld, inForge, openFix } from './forge-world.ts';

type Name = keyof typeof documents;

const ask = (world: ForgeWorld, token: string | null, operationName: Name, variables: object) =>
  world.post(token, '/graphql', { query: documents[operationName], operationName, variables });

const variables = (number: number) => ({ owner: 'ann', name: 'demo', number, after: null });

async function threadOf(world: ForgeWorld): Promise<{ number: number; id: string }> {
  const { number } = await openFix(world);
  const comments = [{ path: 'fix.txt', line: 1, body: 'Why?' }];
  const review = { event: 'COMMENT', body: 'Hm.', comments };
  await world.post(world.tokens.bob, `${world.repo}/pulls/${number}/reviews`, review);
  const { body } = await ask(world, world.tokens.bob, 'reviewThreads', variables(number));
  return { number, id: body.data.repository.pullRequest.reviewThreads.nodes[0].id };
}

test('nobody asks without a token, and each sees what is theirs to see', () =>
  inForge(async (world) => {
    await world.forge.addRepository('eve/hers', { files: { a: 'a' }, private: true });
    expect((await ask(world, null, 'reviewThreads', variables(1))).status).toBe(401);
    expect((await ask(world, 'ghp_nobody', 'reviewThreads', variables(1))).status).toBe(401);
    const hers = await ask(world, world.tokens.bob, 'reviewThreads', { ...variables(1), owner: 'eve', name: 'hers' });
    expect(hers).toMatchObject({
      status: 200,
      body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'] }] },
    });
  }));

test('to resolve, an app needs to write pull requests and contents, and a person to write', () =>
  inForge(async (world) => {
    const { id } = await threadOf(world);
    const by = async (permissions: object) =>
      (await ask(world, await world.appToken({ permissions }), 'resolveReviewThread', { threadId: id })).body;
    const forbidden = { data: { resolveReviewThread: null }, errors: [{ type: 'FORBIDDEN' }] };
    expect(await by({ pull_requests: 'write', contents: 'read' })).toMatchObject(forbidden);
    expect(await by({ pull_requests: 'read', contents: 'write' })).toMatchObject(forbidden);
    const tom = await ask(world, world.tokens.tom, 'resolveReviewThread', { threadId: id });
    expect(tom.body).toMatchObject(forbidden);
    expect(await by({ pull_requests: 'write', contents: 'write' })).toMatchObject({
      data: { resolveReviewThread: { thread: { id, isResolved: true } } },
    });
  }));

test('an archived repository takes no resolution, and a renamed one is found by its old name', () =>
  inForge(async (world) => {
    const { number, id } = await threadOf(world);
    await world.patch(world.tokens.ann, world.repo, { archived: true });
    const refused = await ask(world, world.tokens.ann, 'resolveReviewThread', { threadId: id });
    expect(refused.body.errors).toMatchObject([{ type: 'FORBIDDEN', message: expect.stringContaining('archived') }]);
    await world.patch(world.tokens.ann, world.repo, { archived: false });
    await world.patch(world.tokens.ann, world.repo, { name: 'shown' });
    const found = await ask(world, world.tokens.ann, 'reviewThreads', variables(number));
    expect(found.body.data.repository.pullRequest.reviewThreads.nodes).toHaveLength(1);
  }));

test('another document, another name and other variables are refused and noticed', () =>
  inForge(
    async (world) => {
      const { number } = await openFix(world);
      const query = documents.reviewThreads;
      const wrong = [
        { query: `${query} `, operationName: 'reviewThreads', variables: variables(number) },
        { query, operationName: 'toString', variables: variables(number) },
        { query, operationName: 'reviewThreads', variables: { ...variables(number), number: '1' } },
        { query, operationName: 'reviewThreads', variables: { owner: 'ann', name: 'demo' } },
        { query, operationName: 'reviewThreads', variables: { ...variables(number), more: 1 } },
        'no object',
        undefined,
      ];
      for (const body of wrong) {
        const before = world.forge.problems.length;
        const answer = await world.post(world.tokens.bob, '/graphql', body);
        expect(answer.body.errors, JSON.stringify(body)).toHaveLength(1);
        expect(answer.body.data).toBeUndefined();
        expect(world.forge.problems.length).toBe(before + 1);
      }
    },
    { expectProblems: true },
  ));

test('its calls are counted apart from those of REST, and told by the same headers', () =>
  inForge(async (world) => {
    const { number, token } = await openFix(world);
    world.forge.limits.primary(1);
    const first = await ask(world, token, 'reviewThreads', variables(number));
    expect(first.headers).toMatchObject({ 'x-ratelimit-resource': 'graphql', 'x-ratelimit-remaining': '0' });
    const second = await ask(world, token, 'reviewThreads', variables(number));
    expect(second).toMatchObject({ status: 200, body: { errors: [{ type: 'RATE_LIMITED' }] } });
    expect((await world.get(token, world.repo)).status).toBe(200);
  }));

test('the app finds it on a server of one’s own, too', () =>
  inForge(async (world) => {
    const { number } = await threadOf(world);
    const { id: appId, privateKey, webhookSecret } = world.forge.app;
    const apiUrl = `${world.forge.url}/api/v3`;
    const app = await githubApp({ appId, privateKey, webhookSecret, apiUrl, webUrl: world.forge.url, log: silent });
    const [installation] = await app.installations();
    const forge = await app.forge(installation!.id, 'ann/demo');
    expect(await forge.reviewThreads(number)).toMatchObject([{ path: 'fix.txt', comments: [{ by: 'bob' }] }]);
    expect(world.forge.calls.at(-1)).toMatchObject({ path: '/api/graphql', operation: 'graphql/reviewThreads' });
  }));
