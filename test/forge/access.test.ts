import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { type ForgeWorld, inForge } from './forge-world.ts';

const issue = { title: 'x' };

test('an unknown token is 401 everywhere, and nobody writes without one', () =>
  inForge(async (world) => {
    for (const token of ['ghp_nobody', 'ghs_77_a.b.c', 'x']) {
      expect(await world.get(token, world.repo)).toMatchObject({ status: 401, body: { message: 'Bad credentials' } });
    }
    expect((await world.get(null, world.repo)).status).toBe(200);
    expect((await world.post(null, `${world.repo}/issues`, issue)).status).toBe(401);
  }));

test("the app's own token must be its own, signed by its key, and short-lived", () =>
  inForge(async (world) => {
    const now = Math.floor(Date.now() / 1000);
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const status = async (token: string) => (await world.get(token, '/app')).status;
    expect(await status(world.jwt())).toBe(200);
    expect(await status(world.jwt({}, privateKey))).toBe(401);
    expect(await status(world.jwt({ iss: 78 }))).toBe(404);
    expect(await status(world.jwt({ exp: now - 1 }))).toBe(401);
    expect(await status(world.jwt({ exp: now + 3600 }))).toBe(401);
    expect(await status(world.jwt({ iat: now + 600 }))).toBe(401);
    expect(await status(world.tokens.ann)).toBe(401);
    expect((await world.post(world.jwt(), `${world.repo}/issues`, issue)).status).toBe(401);
    const algorithmless = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${world.jwt().split('.')[1]}.x`;
    expect(await status(algorithmless)).toBe(401);
  }));

test('an installation token reaches what it was narrowed to, and no more', () =>
  inForge(async (world) => {
    await world.forge.addRepository('ann/other', { files: { a: 'a' } });
    await world.forge.addRepository('eve/hers', { files: { a: 'a' } });
    const token = await world.appToken({ repositories: ['demo'], permissions: { issues: 'write', contents: 'read' } });
    const status = async (method: 'get' | 'post' | 'put', target: string, body?: unknown) =>
      (await world[method](token, target, body)).status;
    expect(await status('post', `${world.repo}/issues`, issue)).toBe(201);
    expect(await status('get', `${world.repo}/contents/README.md`)).toBe(200);
    const file = { message: 'm', content: '', branch: 'main' };
    const refused = await world.put(token, `${world.repo}/contents/new.txt`, file);
    expect(refused).toMatchObject({ status: 403, body: { message: 'Resource not accessible by integration' } });
    expect(await status('get', `${world.repo}/pulls`)).toBe(403);
    expect(await status('post', `${world.repo}/check-runs`, { name: 'x', head_sha: 'main' })).toBe(403);
    expect(await status('get', '/repos/ann/other')).toBe(404);
    expect(await status('post', '/repos/ann/other/issues', issue)).toBe(403);
    expect(await status('get', '/repos/eve/hers')).toBe(404);
    expect((await world.get(token, '/installation/repositories')).body.total_count).toBe(1);
    await expect((await world.clone(token)).push('fix', { 'a.txt': 'a' })).rejects.toThrow('403');
    await world.remove(token, '/installation/token');
    expect(await status('get', world.repo)).toBe(401);
  }));

test('a token cannot be widened beyond the installation', () =>
  inForge(async (world) => {
    const { body: installation } = await world.get(world.jwt(), `${world.repo}/installation`);
    const ask = (body: object) => world.post(world.jwt(), `/app/installations/${installation.id}/access_tokens`, body);
    expect((await ask({ permissions: { administration: 'write' } })).status).toBe(422);
    expect((await ask({ repositories: ['no-such'] })).status).toBe(422);
    expect((await ask({ permissions: { issues: 'read' } })).body.permissions).toEqual({
      metadata: 'read',
      issues: 'read',
    });
    expect((await world.post(world.tokens.ann, `/app/installations/${installation.id}/access_tokens`, {})).status).toBe(
      401,
    );
  }));

test('an app that may write issues may not write to pull requests, and the other way round', () =>
  inForge(async (world) => {
    await world.post(world.tokens.ann, `${world.repo}/issues`, issue);
    await (await world.clone(world.tokens.bob)).push('fix', { 'a.txt': 'a' });
    await world.post(world.tokens.bob, `${world.repo}/pulls`, { title: 'x', head: 'fix', base: 'main' });
    const comment = async (permission: string, number: number) =>
      (
        await world.post(
          await world.appToken({ permissions: { [permission]: 'write' } }),
          `${world.repo}/issues/${number}/comments`,
          { body: 'x' },
        )
      ).status;
    expect([await comment('issues', 1), await comment('pull_requests', 1)]).toEqual([201, 403]);
    expect(await comment('pull_requests', 2)).toBe(201);
  }));

type Act = (world: ForgeWorld, token: string) => Promise<{ status: number }>;

const acts: Record<string, Act> = {
  'open an issue': (world, token) => world.post(token, `${world.repo}/issues`, issue),
  'label an issue': (world, token) => world.post(token, `${world.repo}/issues/1/labels`, { labels: ['x'] }),
  'edit what another wrote': (world, token) => world.patch(token, `${world.repo}/issues/1`, { body: 'mine' }),
  'set a status': async (world, token) => {
    const { body } = await world.get(token, `${world.repo}/branches/main`);
    return world.post(token, `${world.repo}/statuses/${body.commit.sha}`, { state: 'success' });
  },
  'protect a branch': (world, token) =>
    world.put(token, `${world.repo}/branches/main/protection`, {
      required_status_checks: null,
      enforce_admins: null,
      required_pull_request_reviews: null,
      restrictions: null,
    }),
};

test.each<[string, string[]]>([
  ['open an issue', ['ann', 'bob', 'tom', 'rob']],
  ['label an issue', ['ann', 'bob', 'tom']],
  ['edit what another wrote', ['ann', 'bob']],
  ['set a status', ['ann', 'bob']],
  ['protect a branch', ['ann']],
])('who may %s: %j', (name, allowed) =>
  inForge(async (world) => {
    await world.post(world.tokens.ann, `${world.repo}/issues`, issue);
    const able: string[] = [];
    for (const [login, token] of Object.entries(world.tokens)) {
      const { status } = await acts[name]!(world, token);
      if (status < 300) able.push(login);
      else expect(status).toBe(403);
    }
    expect(able).toEqual(allowed);
  }),
);

test('checks are for apps alone', () =>
  inForge(async (world) => {
    const { body } = await world.get(null, `${world.repo}/branches/main`);
    const check = { name: 'gate', head_sha: body.commit.sha };
    const refused = await world.post(world.tokens.ann, `${world.repo}/check-runs`, check);
    expect(refused).toMatchObject({ status: 403, body: { message: 'You must authenticate via a GitHub App.' } });
  }));

test('the permission of a collaborator is told in the old words and in the exact one', () =>
  inForge(async (world) => {
    world.forge.addUser('max');
    world.forge.setPermission('ann/demo', 'max', 'maintain');
    world.forge.addUser('nell');
    world.forge.setPermission('ann/demo', 'nell', 'none');
    const level = async (login: string) => {
      const { status, body } = await world.get(world.tokens.ann, `${world.repo}/collaborators/${login}/permission`);
      return status === 200 ? `${body.permission}/${body.role_name}` : status;
    };
    const logins = ['ann', 'max', 'bob', 'tom', 'rob', 'nell', 'gho'];
    expect(await Promise.all(logins.map(level))).toEqual([
      'admin/admin',
      'write/maintain',
      'write/write',
      'read/triage',
      'read/read',
      'none/none',
      404,
    ]);
    const nell = world.forge.addUser('nell').token;
    expect((await world.get(nell, world.repo)).status).toBe(404);
  }));
