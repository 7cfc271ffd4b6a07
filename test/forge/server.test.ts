import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startForge } from '../../src/forge/forge.ts';
import { openOracle } from '../../src/forge/oracle/check.ts';
import { type ForgeWorld, inForge, openFix } from './forge-world.ts';

interface Sent {
  method?: string;
  target?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Over a real socket, with headers that `fetch` would not let us choose. */
function send(world: ForgeWorld, { method = 'GET', target = world.repo, headers = {}, body = '' }: Sent) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: world.forge.port, method, path: target, headers };
    const sent = request(options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    sent.on('error', reject).end(body);
  });
}

test('a forge binds to this machine and to nothing else', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.org']) {
    await expect(startForge({ root: '/nonexistent', host })).rejects.toThrow('answers only this machine');
  }
  await expect(startForge({ root: '/nonexistent', webhookUrl: 'http://example.org' })).rejects.toThrow(
    'only to this machine',
  );
});

test('it answers to its own name and port only, for pages, API and git', () =>
  inForge(async (world) => {
    const { port } = world.forge;
    const asHost = async (host: string, target = world.repo) =>
      (await send(world, { target, headers: { host } })).status;
    expect(await asHost(`127.0.0.1:${port}`)).toBe(200);
    expect(await asHost(`localhost:${port}`)).toBe(200);
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `localhost:${port + 1}`,
      `127.0.0.1.evil.example:${port}`,
    ];
    for (const host of hosts) {
      expect(await asHost(host), host).toBe(421);
      expect(await asHost(host, '/ann/demo.git/info/refs?service=git-upload-pack'), host).toBe(421);
    }
  }));

test('a write that comes from another page is refused, a reading is not', () =>
  inForge(async (world) => {
    const authorization = `Bearer ${world.tokens.bob}`;
    const from = (origin: string, method: string) =>
      send(world, {
        method,
        target: `${world.repo}/issues`,
        headers: { origin, authorization },
        body: '{"title":"x"}',
      });
    const own = `http://127.0.0.1:${world.forge.port}`;
    expect((await from(own, 'POST')).status).toBe(201);
    for (const origin of ['http://evil.example', 'null', `${own}0`, own.replace('http', 'https')]) {
      expect((await from(origin, 'POST')).status, origin).toBe(403);
    }
    const read = await send(world, { headers: { origin: 'http://evil.example' } });
    expect(read.status).toBe(200);
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
  }));

test('the API is the same under / and /api/v3, with pages of results that link on', () =>
  inForge(async (world) => {
    for (const title of ['one', 'two', 'three']) await world.post(world.tokens.bob, `${world.repo}/issues`, { title });
    const prefix = `${world.forge.url}/api/v3`;
    const seen: string[] = [];
    for (let next: string | undefined = `${prefix}${world.repo}/issues?per_page=2&state=all`; next; ) {
      expect(next.startsWith(prefix)).toBe(true);
      const response = await fetch(next);
      seen.push(...((await response.json()) as { title: string }[]).map(({ title }) => title));
      next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(['three', 'two', 'one']);
  }));

test('an answer that the caller has already is 304 and costs nothing; every other call counts against the hour', () =>
  inForge(async (world) => {
    const authorization = `token ${world.tokens.bob}`;
    const first = await send(world, { headers: { authorization } });
    const etag = String(first.headers['etag']);
    const second = await send(world, { headers: { authorization, 'if-none-match': etag } });
    expect(second).toMatchObject({ status: 304, text: '' });
    const strong = etag.replace('W/', '');
    const third = await send(world, { headers: { authorization, 'if-none-match': `"other", ${strong}` } });
    expect(third.status).toBe(304);
    const byAnother = { authorization: `token ${world.tokens.tom}`, 'if-none-match': etag };
    expect((await send(world, { headers: byAnother })).status).toBe(200);
    const remaining = (answer: typeof first) => Number(answer.headers['x-ratelimit-remaining']);
    expect(remaining(first) - remaining(third)).toBe(0);
    expect(remaining(first) - remaining(await send(world, { headers: { authorization } }))).toBe(1);
    await world.patch(world.tokens.bob, `${world.repo}/issues/1`, {});
    await world.post(world.tokens.bob, `${world.repo}/issues`, { title: 'x' });
    expect((await send(world, { headers: { authorization, 'if-none-match': etag } })).status).toBe(200);
  }));

test('a malformed call is refused and remembered; a refusal by rule is not', () =>
  inForge(
    async (world) => {
      expect((await world.post(world.tokens.bob, `${world.repo}/issues`, { titel: 'x' })).status).toBe(422);
      expect((await world.get(world.tokens.bob, `${world.repo}/stargazers`)).status).toBe(404);
      expect((await world.post(world.tokens.rob, `${world.repo}/issues/1/labels`, { labels: ['x'] })).status).toBe(403);
      const headers = { authorization: `Bearer ${world.tokens.bob}`, 'x-github-api-version': '2026-03-10' };
      expect((await send(world, { headers })).status).toBe(400);
      expect((await send(world, { method: 'POST', target: `${world.repo}/issues`, body: '{' })).status).toBe(400);
      expect(world.forge.problems).toEqual([
        expect.stringContaining("REQUEST POST /repos/ann/demo/issues: body must have required property 'title'"),
        'REQUEST GET /repos/ann/demo/stargazers: no such operation',
        expect.stringContaining('API version 2026-03-10'),
      ]);
      const last = world.forge.calls.find(({ path }) => path.endsWith('/labels'));
      expect(last).toMatchObject({ method: 'POST', operation: 'issues/add-labels', status: 403, by: 'rob' });
    },
    { expectProblems: true },
  ));

test('faults come on command: an answer instead, a cut line, or a lost answer to what was done', () =>
  inForge(async (world) => {
    const { forge, tokens, repo } = world;
    forge.fault({ method: 'GET', path: /\/issues$/ }, { status: 502, body: { message: 'Bad gateway' } }, 2);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await world.get(tokens.bob, `${repo}/issues`)).status);
    expect(statuses).toEqual([502, 502, 200]);
    forge.fault({ path: /\/demo$/ }, { status: 0 });
    await expect(fetch(`${forge.url}${repo}`)).rejects.toThrow();
    forge.fault({ method: 'POST', path: /\/issues$/ }, { status: 0, afterwards: true });
    await expect(world.post(tokens.bob, `${repo}/issues`, { title: 'done all the same' })).rejects.toThrow('cut');
    expect((await world.get(tokens.bob, `${repo}/issues`)).body).toMatchObject([{ title: 'done all the same' }]);
  }));

test('a fault can spare people, and the first calls', () =>
  inForge(async (world) => {
    const { forge, tokens, repo } = world;
    const app = await world.appToken();
    forge.fault({ path: /\/issues$/, by: 'app', skip: 1 }, { status: 502 });
    const statuses = [];
    for (const token of [app, tokens.bob, app, app]) statuses.push((await world.get(token, `${repo}/issues`)).status);
    expect(statuses).toEqual([200, 200, 502, 200]);
  }));

test('every operation that reads answers a well-formed question in the shape that GitHub describes', () =>
  inForge(async (world) => {
    const { tokens, repo } = world;
    const { number, head } = await openFix(world);
    const app = await world.appToken();
    await world.post(tokens.tom, `${repo}/issues/${number}/labels`, { labels: ['x'] });
    await world.post(app, `${repo}/check-runs`, { name: 'gate', head_sha: head, conclusion: 'success' });
    await world.post(tokens.bob, `${repo}/statuses/${head}`, { state: 'success' });
    const parameters: Record<string, string | number> = {
      owner: 'ann',
      repo: 'demo',
      issue_number: number,
      pull_number: number,
      username: 'bob',
    };
    Object.assign(parameters, {
      ref: head,
      commit_sha: head,
      tree_sha: head,
      branch: 'main',
      path: 'README.md',
      name: 'x',
    });
    Object.assign(parameters, { basehead: 'main...fix', code: 'x' });
    const asked = openOracle().routes.filter(({ method }) => method === 'GET');
    for (const { template } of asked) {
      const target = template.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? 1));
      const token =
        template.startsWith('/app') || template.endsWith('/installation')
          ? world.jwt()
          : template === '/user'
            ? tokens.bob
            : app;
      const { status } = await world.get(token, target);
      expect([200, 204, 403, 404], `${template} ${status}`).toContain(status);
    }
    expect(asked.length).toBeGreaterThan(50);
  }));

test('a forge that was killed between a push and its snapshot believes git', () =>
  inForge(async (world) => {
    const { number, head, checkout, token } = await openFix(world);
    await world.forge.close();
    const before = await readFile(path.join(world.root, 'state.json'));
    const alive = await startForge({ root: world.root, app: world.forge.app, port: world.forge.port });
    const next = await checkout.push('fix', { 'more.txt': 'more' });
    await alive.close();
    await writeFile(path.join(world.root, 'state.json'), before);
    const again = await startForge({ root: world.root, app: world.forge.app });
    try {
      expect(next).not.toBe(head);
      const pull = await again.api(token, 'GET', `${world.repo}/pulls/${number}`);
      expect(pull.body).toMatchObject({ head: { sha: next }, commits: 2 });
    } finally {
      await again.close();
    }
  }));

test('a forge started again knows its world', () =>
  inForge(async (world) => {
    const { repo, tokens, root } = world;
    const { number, head, token } = await openFix(world);
    await world.post(tokens.bob, `${repo}/pulls/${number}/reviews`, { event: 'APPROVE' });
    await world.events();
    await world.forge.close();
    const again = await startForge({ root, app: world.forge.app });
    try {
      const pull = await again.api(token, 'GET', `${repo}/pulls/${number}`);
      expect(pull.body).toMatchObject({ head: { sha: head }, mergeable: true });
      expect(again.addUser('bob').token).toBe(tokens.bob);
      expect(again.webhooks.log.at(-1)).toMatchObject({ event: 'pull_request_review', status: 'OK' });
      const issue = await again.api(tokens.bob, 'POST', `${repo}/issues`, { title: 'after' });
      expect(issue.body.number).toBe(number + 1);
      expect((await again.api(token, 'PUT', `${repo}/pulls/${number}/merge`, { sha: head })).status).toBe(200);
      expect(again.problems).toEqual([]);
    } finally {
      await again.close();
    }
  }));
