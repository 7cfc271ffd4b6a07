import path from 'node:path';
import { expect, test } from 'vitest';
import { moveRef, readRef } from '../../src/forge/git-repository.ts';
import { parseReceiveCommands } from '../../src/forge/receive-commands.ts';
import { inForge, openFix } from './forge-world.ts';

test('ten pushes at once make ten push events', () =>
  inForge(async (world) => {
    const checkout = await world.clone(world.tokens.bob);
    const branches = Array.from({ length: 10 }, (_, index) => `b${index}`);
    await Promise.all(branches.map((branch) => checkout.git('push', '-q', 'origin', `HEAD:refs/heads/${branch}`)));
    await world.events();
    const pushed = world.received.filter(({ event }) => event === 'push').map(({ payload }) => payload['ref']);
    expect(pushed.sort()).toEqual(branches.map((branch) => `refs/heads/${branch}`));
  }));

test('one push of several refs, a forced one and a deletion are told as they were', () =>
  inForge(async (world) => {
    const checkout = await world.clone(world.tokens.bob);
    const first = await checkout.push('one', { 'a.txt': 'a' });
    await checkout.git('tag', 'v1');
    await checkout.git('push', '-q', 'origin', 'HEAD:refs/heads/two', 'v1');
    await checkout.git('commit', '-q', '--amend', '-m', 'Other words');
    await checkout.git('push', '-q', '-f', 'origin', 'HEAD:refs/heads/two');
    await checkout.git('push', '-q', 'origin', ':two');
    await world.events();
    const about = world.received.filter(({ event }) => ['push', 'create', 'delete'].includes(event));
    const told = about.map(({ event, payload }) => [event, payload['ref'], payload['forced'], payload['deleted']]);
    expect(told).toEqual([
      ['create', 'one', undefined, undefined],
      ['push', 'refs/heads/one', false, false],
      ['create', 'two', undefined, undefined],
      ['push', 'refs/heads/two', false, false],
      ['create', 'v1', undefined, undefined],
      ['push', 'refs/heads/two', true, false],
      ['delete', 'two', undefined, undefined],
      ['push', 'refs/heads/two', false, true],
    ]);
    const push = about.find(({ event }) => event === 'push')!.payload as { commits: object[]; pusher: object };
    expect(push.commits).toMatchObject([{ id: first, added: ['a.txt'], author: { name: 'Someone' } }]);
    expect(push.pusher).toMatchObject({ name: 'bob' });
  }));

test('readers, strangers and unknown tokens cannot push; nobody can push to the refs of a pull request', () =>
  inForge(async (world) => {
    const push = async (token: string) => (await world.clone(token)).push('x', { 'x.txt': 'x' });
    await expect(push(world.tokens.rob)).rejects.toThrow('403');
    await expect(push(world.tokens.tom)).rejects.toThrow('403');
    await expect(push('ghp_unknown')).rejects.toThrow();
    const { number, head, checkout } = await openFix(world);
    expect(await checkout.git('ls-remote', 'origin', `refs/pull/${number}/head`)).toContain(head);
    await expect(checkout.git('push', '-q', 'origin', `HEAD:refs/pull/${number}/head`)).rejects.toThrow('hidden ref');
  }));

const workflow = { '.github/workflows/ci.yml': 'on: push\n' };
const words =
  'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission';

test('an app without the permission for workflows pushes none, by no way', () =>
  inForge(async (world) => {
    const token = await world.appToken();
    await expect((await world.clone(token)).push('ci', workflow)).rejects.toThrow(words);
    const file = { message: 'x', content: Buffer.from('on: push').toString('base64') };
    const put = await world.put(token, `${world.repo}/contents/.github/workflows/ci.yml`, file);
    expect(put).toMatchObject({ status: 403, body: { message: words } });
    const tree = { tree: [{ path: '.github/workflows/ci.yml', mode: '100644', type: 'blob', content: 'on: push' }] };
    expect((await world.post(token, `${world.repo}/git/trees`, tree)).status).toBe(403);
    expect((await world.get(token, `${world.repo}/branches/ci`)).status).toBe(404);
    await (await world.clone(world.tokens.bob)).push('ci', workflow);
    expect((await world.get(token, `${world.repo}/branches/ci`)).status).toBe(200);
  }));

test('a branch that takes only pull requests refuses a push', () =>
  inForge(async (world) => {
    await world.put(world.tokens.ann, `${world.repo}/branches/main/protection`, {
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: {},
      restrictions: null,
    });
    const checkout = await world.clone(world.tokens.bob);
    await expect(checkout.push('main', { 'x.txt': 'x' })).rejects.toThrow('GH006: Protected branch update failed');
    expect((await world.get(null, `${world.repo}/commits`)).body).toHaveLength(1);
  }));

test('files, trees, commits and refs can be written through the API, each time against what is there', () =>
  inForge(async (world) => {
    const { repo } = world;
    const token = await world.appToken();
    const content = (text: string) => Buffer.from(text).toString('base64');
    const main = (await world.get(token, `${repo}/git/ref/heads/main`)).body.object.sha;
    const branch = await world.post(token, `${repo}/git/refs`, { ref: 'refs/heads/fix/1', sha: main });
    expect(branch.status).toBe(201);
    expect((await world.post(token, `${repo}/git/refs`, { ref: 'refs/heads/fix/1', sha: main })).status).toBe(422);
    expect((await world.post(token, `${repo}/git/refs`, { ref: 'refs/heads/../x', sha: main })).status).toBe(422);
    const file = { message: 'Add', content: content('one'), branch: 'fix/1' };
    const added = await world.put(token, `${repo}/contents/a%20b/c.txt`, file);
    expect(added).toMatchObject({ status: 201, body: { content: { path: 'a b/c.txt' } } });
    expect((await world.put(token, `${repo}/contents/a%20b/c.txt`, file)).status).toBe(422);
    const stale = { ...file, sha: '1'.repeat(40) };
    expect((await world.put(token, `${repo}/contents/a%20b/c.txt`, stale)).status).toBe(409);
    const { body: read } = await world.get(token, `${repo}/contents/a%20b/c.txt?ref=fix/1`);
    expect(Buffer.from(read.content, 'base64').toString()).toBe('one');
    expect((await world.get(token, `${repo}/contents/..%2Fstate.json`)).status).toBe(422);

    const tree = { base_tree: main, tree: [{ path: 'd.sh', mode: '100755', type: 'blob', content: 'd' }] };
    const made = await world.post(token, `${repo}/git/trees`, tree);
    const commit = { message: 'By hand', tree: made.body.sha, parents: [main] };
    const { body: by } = await world.post(token, `${repo}/git/commits`, commit);
    const move = (more: object) => world.patch(token, `${repo}/git/refs/heads/fix/1`, { sha: by.sha, ...more });
    expect(await move({})).toMatchObject({ status: 422, body: { message: 'Update is not a fast forward' } });
    expect((await move({ force: true })).status).toBe(200);
    const { body: all } = await world.get(token, `${repo}/git/trees/fix%2F1?recursive=1`);
    expect(all.tree.map(({ path, mode }: { path: string; mode: string }) => `${mode} ${path}`)).toEqual([
      '100644 README.md',
      '100755 d.sh',
    ]);
    expect((await world.remove(token, `${repo}/git/refs/heads/fix/1`)).status).toBe(204);
    expect((await world.get(token, `${repo}/git/ref/heads/fix/1`)).status).toBe(404);
  }));

test('a ref moves only from where it is said to stand', () =>
  inForge(async (world) => {
    const { head } = await openFix(world);
    const directory = path.join(world.root, 'repositories/ann/demo.git');
    const main = await readRef(directory, 'refs/heads/main');
    expect(await moveRef(directory, 'refs/heads/main', head, head)).toBe(false);
    expect(await readRef(directory, 'refs/heads/main')).toBe(main);
    expect(await moveRef(directory, 'refs/heads/main', head, main!)).toBe(true);
    expect(await readRef(directory, 'refs/heads/main')).toBe(head);
  }));

test('the commands of a push are read from whatever pieces arrive', () => {
  const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
  const zero = '0'.repeat(40);
  const one = '1'.repeat(40);
  const bytes = Buffer.from(
    `${line(`${zero} ${one} refs/heads/a\0 report-status\n`)}${line(`${one} ${zero} refs/heads/b`)}0000PACK`,
  );
  const expected = [
    { before: zero, after: one, ref: 'refs/heads/a' },
    { before: one, after: zero, ref: 'refs/heads/b' },
  ];
  const end = bytes.indexOf('PACK');
  for (let length = 0; length < end; length++) expect(parseReceiveCommands(bytes.subarray(0, length))).toBeNull();
  expect(parseReceiveCommands(bytes)).toEqual(expected);
  expect(() => parseReceiveCommands(Buffer.from('zzzzhello'))).toThrow('pkt-line');
  expect(() => parseReceiveCommands(Buffer.from('0003'))).toThrow('pkt-line');
});
