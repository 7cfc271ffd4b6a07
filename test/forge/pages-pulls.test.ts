import { expect, test } from 'vitest';
import { browse, signedIn } from './browse.ts';
import { inForge, openFix } from './forge-world.ts';

test('a pull request shows its conversation, checks, commits and changed lines', () =>
  inForge(async (world) => {
    const { token, number, head } = await openFix(world);
    const output = { title: '1 case broken', summary: '| case | now |\n|-|-|\n| greets | **red** |' };
    const annotation = { path: 'fix.txt', start_line: 1, end_line: 1, annotation_level: 'failure', message: 'got <b>' };
    const run = await world.post(token, `${world.repo}/check-runs`, {
      ...{ name: 'corrigible/step: plan', head_sha: head, conclusion: 'failure' },
      output: { ...output, annotations: [annotation] },
    });
    await world.post(token, `${world.repo}/statuses/${head}`, { state: 'success', context: 'ci/old' });
    const { text } = await browse(world.forge).get(`/ann/demo/pull/${number}`);
    for (const words of [
      'corrigible/step: plan',
      '1 case broken',
      'ci/old',
      'Change fix.txt',
      '<tr class="add">',
      'fixed',
    ]) {
      expect(text).toContain(words);
    }
    const check = await browse(world.forge).get(`/ann/demo/checks/${run.body.id}`);
    for (const words of ['<strong>red</strong>', 'got &lt;b&gt;', `/ann/demo/blob/${head}/fix.txt#L1`]) {
      expect(check.text).toContain(words);
    }
  }));

test('an approval is of the head that the page showed, whatever was pushed since', () =>
  inForge(async (world) => {
    const { number, head, checkout } = await openFix(world);
    const path = `/ann/demo/pull/${number}`;
    const bob = await signedIn(world.forge, 'bob');
    const { text } = await bob.get(path);
    const shown = /name="commit_id" value="([0-9a-f]{40})"/.exec(text)![1]!;
    expect(shown).toBe(head);
    await checkout.push('fix', { 'more.txt': 'slipped in\n' });
    await bob.send(path, `${path}/review`, { event: 'APPROVE', body: '', commit_id: shown });
    const reviews = await world.get(null, `${world.repo}/pulls/${number}/reviews`);
    expect(reviews.body).toMatchObject([{ user: { login: 'bob' }, state: 'APPROVED', commit_id: head }]);
    expect((await bob.get(path)).text).toContain('which is no longer the head');
    expect(await world.events()).toContain('pull_request_review.submitted');
  }));

test.each([
  ['an approval without a commit', { event: 'APPROVE', body: '', commit_id: '' }, 'names no commit'],
  ['a request for changes without words', { event: 'REQUEST_CHANGES', body: '' }, 'Review body cannot be blank'],
  ['an unknown verdict', { event: 'MERGE', body: 'kept words' }, 'kept words'],
])('%s is refused beside its form', (_, fields, words) =>
  inForge(async (world) => {
    const { number, head } = await openFix(world);
    const path = `/ann/demo/pull/${number}`;
    const bob = await signedIn(world.forge, 'bob');
    const refused = await bob.send(path, `${path}/review`, { commit_id: head, ...fields });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(words);
    expect((await world.get(null, `${world.repo}/pulls/${number}/reviews`)).body).toEqual([]);
  }),
);

test('a person pushes a commit by editing a file of the branch, and the head follows', () =>
  inForge(async (world) => {
    const { number, head } = await openFix(world);
    const path = `/ann/demo/pull/${number}`;
    const bob = await signedIn(world.forge, 'bob');
    const editor = `${path}/edit?path=fix.txt`;
    const sha = /name="sha" value="([0-9a-f]{40})"/.exec((await bob.get(editor)).text)![1]!;
    const fields = { path: 'fix.txt', sha, content: 'one\r\ntwo\r\n', message: 'Say it better' };
    expect((await bob.send(editor, `${path}/push`, fields)).to).toBe(`${path}#commits`);
    const pull = await world.get(null, `${world.repo}/pulls/${number}`);
    expect(pull.body.head.sha).not.toBe(head);
    const file = await world.get(null, `${world.repo}/contents/fix.txt?ref=fix`);
    expect(Buffer.from(file.body.content, 'base64').toString()).toBe('one\ntwo\n');
    const late = await bob.send(editor, `${path}/push`, { ...fields, content: 'my late words' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('The branch has moved since you opened the file');
    expect(late.text).toContain('my late words');
    const rob = await signedIn(world.forge, 'rob');
    expect((await rob.send(editor, `${path}/push`, fields)).text).toContain('needs the role write');
  }));

test.each(['../pulls/1/merge', 'a/../../pulls/1/merge', './x', 'a//b'])(
  'the path %s leads nowhere else in the API',
  (path) =>
    inForge(async (world) => {
      const { number } = await openFix(world);
      const bob = await signedIn(world.forge, 'bob');
      const from = `/ann/demo/pull/${number}`;
      const fields = { path, sha: '', content: 'x', message: 'x' };
      expect((await bob.send(from, `${from}/push`, fields)).status).toBe(404);
      expect((await bob.get(`${from}/edit?path=${encodeURIComponent(path)}`)).status).toBe(404);
      expect((await world.get(null, `${world.repo}/pulls/${number}`)).body.merged).toBe(false);
    }),
);

test('files can be browsed on branches with slashes, and raw ones are nobody’s page', () =>
  inForge(async (world) => {
    const checkout = await world.clone(world.tokens.ann);
    const sha = await checkout.push('corrigible/1', { 'docs/a b.md': '<script>1</script>\n' });
    const nobody = browse(world.forge);
    expect((await nobody.get('/ann/demo')).text).toContain('/ann/demo/tree/corrigible/1');
    expect((await nobody.get('/ann/demo/tree/corrigible/1/docs')).text).toContain(
      '/ann/demo/blob/corrigible/1/docs/a%20b.md',
    );
    expect((await nobody.get('/ann/demo/blob/corrigible/1/docs/a%20b.md')).text).toContain(
      '&lt;script&gt;1&lt;/script&gt;',
    );
    const raw = await nobody.get('/ann/demo/raw/corrigible/1/docs/a%20b.md');
    expect(raw.text).toBe('<script>1</script>\n');
    expect(raw.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(raw.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect((await nobody.get(`/ann/demo/commit/${sha}`)).text).toContain('<tr class="add">');
    expect((await nobody.get('/ann/demo/commits/corrigible/1')).text).toContain('Start the repository');
  }));

test.each([
  '/nobody/nothing',
  '/ann/demo/issues/99',
  '/ann/demo/pull/99',
  '/ann/demo/blob/main/none',
  '/ann/demo/checks/1',
  '/ann/demo/commit/abcdef1',
  '/ann/demo/tree/%E0%A4%A',
  '/deliveries/1',
])('%s is a page that says so', (path) =>
  inForge(async ({ forge }) => {
    const page = await browse(forge).get(path);
    expect([404, 422]).toContain(page.status);
    expect(page.text).toMatch(/Nothing here|Not accepted/);
  }),
);

test('a private repository is there only for those who may see it, in deliveries too', () =>
  inForge(async (world) => {
    await world.forge.addRepository('ann/hidden', { files: { a: 'b' }, private: true });
    await world.post(world.tokens.ann, '/repos/ann/hidden/issues', { title: 'Secret plan' });
    await world.events();
    const [rob, ann] = [await signedIn(world.forge, 'rob'), await signedIn(world.forge, 'ann')];
    const opened = world.forge.webhooks.log.at(-1)!;
    expect(opened.event).toBe('issues');
    for (const path of ['/', '/deliveries']) {
      expect((await rob.get(path)).text).not.toContain('ann/hidden');
      expect((await ann.get(path)).text).toContain('ann/hidden');
    }
    expect((await rob.get('/ann/hidden')).status).toBe(404);
    expect((await rob.get(`/deliveries/${opened.id}`)).status).toBe(404);
    expect((await ann.get(`/deliveries/${opened.id}`)).text).toContain('Secret plan');
  }));

test('a delivery is sent again from its page', () =>
  inForge(async (world) => {
    await world.post(world.tokens.rob, `${world.repo}/issues`, { title: 'Wrong' });
    world.forge.webhooks.dropNext(1);
    await world.events();
    const lost = world.forge.webhooks.log.at(-1)!;
    const bob = await signedIn(world.forge, 'bob');
    expect((await bob.get('/deliveries')).text).toContain('issues.opened');
    expect((await bob.send('/deliveries', `/deliveries/${lost.id}/redeliver`, {})).to).toBe('/deliveries');
    expect(world.forge.webhooks.log.at(-1)).toMatchObject({ guid: lost.guid, redelivery: true, statusCode: 200 });
    expect((await bob.get('/deliveries')).text).toContain('redelivery');
  }));

test('an app’s manifest is taken from its own page, and a person says yes before a code is made', () =>
  inForge(async (world) => {
    const bob = await signedIn(world.forge, 'bob');
    const manifest = JSON.stringify({
      name: 'Fixer <b>',
      redirect_url: 'http://localhost:3000/probot/setup',
      default_permissions: { issues: 'write' },
    });
    const asked = await bob.post('/settings/apps/new?state=s1', { manifest }, { origin: 'http://localhost:3000' });
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('Create Fixer &lt;b&gt;?');
    expect(asked.headers.get('content-security-policy')).toContain("form-action 'self' http://localhost:3000");
    const done = await bob.send('/', '/settings/apps/create', { manifest, state: 's1' });
    const target = new URL(done.to!);
    expect(target.origin + target.pathname).toBe('http://localhost:3000/probot/setup');
    expect(target.searchParams.get('state')).toBe('s1');
    const converted = await world.post(null, `/app-manifests/${target.searchParams.get('code')}/conversions`);
    expect(converted).toMatchObject({ status: 201, body: { name: 'Fixer <b>' } });
    const away = manifest.replace('localhost:3000', 'evil.example');
    expect((await bob.post('/settings/apps/new', { manifest: away })).status).toBe(422);
    expect((await bob.send('/', '/settings/apps/create', { manifest: away })).status).toBe(422);
    expect((await browse(world.forge).post('/settings/apps/new', { manifest })).status).toBe(403);
  }));
