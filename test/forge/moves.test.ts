import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type ForgeWorld, inForge } from './forge-world.ts';

const run = promisify(execFile);

/** A call over the wire, following no redirect. */
async function send(world: ForgeWorld, token: string, method: string, target: string, body?: unknown) {
  const response = await fetch(new URL(target, world.forge.url), {
    method,
    redirect: 'manual',
    headers: { authorization: `token ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, location: response.headers.get('location'), body: text && JSON.parse(text) };
}

test('a renamed repository is found under its old name until somebody takes that name', () =>
  inForge(async (world) => {
    const { forge, tokens } = world;
    const token = await world.appToken();
    const { body: before } = await world.get(tokens.ann, world.repo);
    await forge.acts.rename('ann/demo', 'shop');
    expect(await world.events()).toContain('repository.renamed');
    expect(world.received.at(-1)!.payload).toMatchObject({
      repository: { id: before.id, full_name: 'ann/shop' },
      changes: { repository: { name: { from: 'demo' } } },
    });
    const read = await send(world, token, 'GET', `${world.repo}/issues?state=all`);
    expect(read).toMatchObject({ status: 301, body: { message: 'Moved Permanently' } });
    expect(read.location).toBe(`${forge.url}/repositories/${before.id}/issues?state=all`);
    expect((await world.get(token, new URL(read.location!).pathname)).status).toBe(200);
    const write = await send(world, token, 'POST', `${world.repo}/issues`, { title: 'x' });
    expect(write).toMatchObject({ status: 307, location: `${forge.url}/repositories/${before.id}/issues` });
    expect(await send(world, token, 'POST', write.location!, { title: 'x' })).toMatchObject({ status: 201 });
    await run('git', ['ls-remote', `${forge.url}/ann/demo.git`], { env: { PATH: process.env['PATH'] } });
    await forge.addRepository('ann/demo', { files: { a: 'a' } });
    expect((await world.get(token, `${world.repo}/issues`)).body).toEqual([]);
    expect((await world.get(token, '/repositories/1')).status).toBe(404);
  }));

test('a repository goes to another owner: the old installation loses it, the new one gains it', () =>
  inForge(async (world) => {
    const { forge } = world;
    await forge.addRepository('eve/hers', { files: { a: 'a' } });
    const token = await world.appToken();
    await forge.acts.transfer('ann/demo', 'eve');
    const { body } = await world.get(world.jwt(), '/repos/eve/demo/installation');
    const told = (await world.events()).filter((name) => /^(?:installation_repositories|repository)\./.test(name));
    expect(told).toEqual([
      'installation_repositories.removed',
      'installation_repositories.added',
      'repository.transferred',
    ]);
    const last = world.received.at(-1)!.payload;
    expect(last).toMatchObject({
      installation: { id: body.id },
      changes: { owner: { from: { user: { login: 'ann' } } } },
    });
    expect((await world.get(token, '/repos/eve/demo')).status).toBe(404);
    await forge.acts.transfer('eve/demo', 'bob');
    expect((await world.get(world.jwt(), '/repos/bob/demo/installation')).status).toBe(404);
  }));

test('an archived repository can be read and not written, by API or git', () =>
  inForge(async (world) => {
    const { forge, repo, tokens } = world;
    const checkout = await world.clone(tokens.bob);
    forge.acts.archive('ann/demo', true);
    const refused = { status: 403, body: { message: 'Repository was archived so is read-only.' } };
    expect(await world.post(tokens.bob, `${repo}/issues`, { title: 'x' })).toMatchObject(refused);
    expect(await world.get(tokens.bob, repo)).toMatchObject({ status: 200, body: { archived: true } });
    await expect(checkout.push('fix', { a: 'a' })).rejects.toThrow('403');
    await world.patch(tokens.ann, repo, { archived: false });
    expect((await world.post(tokens.bob, `${repo}/issues`, { title: 'x' })).status).toBe(201);
    expect(await world.events()).toEqual(expect.arrayContaining(['repository.archived', 'repository.unarchived']));
  }));

test('a deleted repository is 404, and its name leads nowhere', () =>
  inForge(async (world) => {
    await world.forge.acts.rename('ann/demo', 'shop');
    await world.remove(world.tokens.ann, '/repos/ann/shop');
    expect(await world.events()).toContain('repository.deleted');
    for (const name of ['demo', 'shop'])
      expect((await world.get(world.tokens.ann, `/repos/ann/${name}`)).status).toBe(404);
  }));

test('a deleted issue is 410; one that went elsewhere leads there', () =>
  inForge(async (world) => {
    const { forge, repo, tokens } = world;
    await forge.addRepository('ann/other', { files: { a: 'a' } });
    for (const title of ['gone', 'moves']) await world.post(tokens.bob, `${repo}/issues`, { title });
    await world.post(tokens.bob, `${repo}/issues/2/comments`, { body: 'hello' });
    await forge.acts.deleteIssue('ann/demo', 1);
    expect(await world.get(tokens.bob, `${repo}/issues/1`)).toMatchObject({
      status: 410,
      body: { message: 'This issue was deleted' },
    });
    expect(await forge.acts.transferIssue('ann/demo', 2, 'ann/other')).toBe(1);
    const { status, location } = await send(world, tokens.ann, 'GET', `${repo}/issues/2/comments`);
    expect(status).toBe(301);
    expect((await world.get(tokens.ann, new URL(location!).pathname)).body).toMatchObject([{ body: 'hello' }]);
    const told = (await world.events()).filter((name) => /^issues\.(?:deleted|transferred)/.test(name));
    expect(told).toEqual(['issues.deleted', 'issues.transferred']);
  }));

test('a suspended installation gets no token and no webhook, and is heard of again', () =>
  inForge(async (world) => {
    const { forge, repo, tokens } = world;
    const token = await world.appToken();
    const { body: installation } = await world.get(world.jwt(), `${repo}/installation`);
    const mint = () => world.post(world.jwt(), `/app/installations/${installation.id}/access_tokens`, {});
    forge.acts.suspend('ann', true);
    const refused = { status: 403, body: { message: 'This installation has been suspended' } };
    expect(await mint()).toMatchObject(refused);
    expect(await world.get(token, repo)).toMatchObject(refused);
    expect((await world.get(world.jwt(), `${repo}/installation`)).body.suspended_at).toMatch(/^20/);
    await world.post(tokens.bob, `${repo}/issues`, { title: 'unheard' });
    forge.acts.suspend('ann', false);
    expect((await mint()).status).toBe(201);
    const told = (await world.events()).filter((name) => /^(?:installation|issues)\./.test(name));
    expect(told).toEqual(['installation.created', 'installation.suspend', 'installation.unsuspend']);
    forge.acts.uninstall('ann');
    expect((await mint()).status).toBe(404);
    expect((await world.get(token, repo)).status).toBe(401);
    expect(await world.events()).toContain('installation.deleted');
  }));

test('after the key was rotated, only the new one signs', () =>
  inForge(async (world) => {
    expect((await world.get(world.jwt(), '/app')).status).toBe(200);
    const { privateKey } = world.forge.acts.rotateKey();
    expect((await world.get(world.jwt(), '/app')).status).toBe(401);
    expect((await world.get(world.jwt({}, privateKey), '/app')).status).toBe(200);
  }));

test('limits refuse installations in GitHub’s words, and nobody else', () =>
  inForge(async (world) => {
    const { forge, repo, tokens } = world;
    const [token, other] = [await world.appToken(), await world.appToken()];
    forge.limits.primary(2);
    expect((await world.get(token, repo)).headers).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
    });
    expect((await world.get(other, repo)).status).toBe(200);
    const refused = await world.get(token, repo);
    expect(refused).toMatchObject({ status: 403, headers: { 'x-ratelimit-remaining': '0' } });
    expect(refused.body.message).toMatch(/^API rate limit exceeded for installation ID \d+\.$/);
    expect(Number(refused.headers['x-ratelimit-reset']) * 1000).toBeGreaterThan(Date.now());
    expect((await world.get(tokens.bob, repo)).status).toBe(200);
    forge.limits.primary(5000);
    forge.limits.secondary(1, 30);
    const slowed = await world.get(token, repo);
    expect(slowed).toMatchObject({ status: 403, headers: { 'retry-after': '30' } });
    expect(slowed.body.message).toContain('secondary rate limit');
    expect((await world.get(token, repo)).status).toBe(200);
  }));
