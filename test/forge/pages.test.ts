import { expect, test } from 'vitest';
import { browse, signedIn } from './browse.ts';
import { type ForgeWorld, inForge } from './forge-world.ts';

const issues = '/ann/demo/issues';
const openIssue = async (world: ForgeWorld, title = 'Wrong reply', body = 'It greets twice.') =>
  (await world.post(world.tokens.rob, `${world.repo}/issues`, { title, body })).body.number as number;
const issueOf = async (world: ForgeWorld, number = 1) => (await world.get(null, `${world.repo}/issues/${number}`)).body;

test('a sign-in address works once, and its session belongs to the pages alone', () =>
  inForge(async ({ forge }) => {
    const token = forge.createLoginToken('ann');
    const first = await browse(forge).get(`/login?token=${token}`);
    expect(first).toMatchObject({ status: 303, to: '/' });
    expect(first.headers.get('set-cookie')).toMatch(/^forge_session_\d+=\S{20,}; Path=\/; HttpOnly; SameSite=Strict$/);
    const again = await browse(forge).get(`/login?token=${token}`);
    expect(again.status).toBe(403);
    expect(again.text).toContain('A fresh one has been printed where the forge runs');
    expect((await browse(forge).get('/login?token=made-up')).status).toBe(403);
  }));

test('without a session everything public can be read and nothing written', () =>
  inForge(async (world) => {
    await openIssue(world);
    const nobody = browse(world.forge);
    const page = await nobody.get(`${issues}/1`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('You are nobody');
    expect(page.text).not.toContain('<form');
    const refused = await nobody.post(`${issues}/1/comment`, { body: 'hi' });
    expect(refused).toMatchObject({ status: 403 });
    expect((await issueOf(world)).comments).toBe(0);
  }));

test.each([
  ['another site', { origin: 'http://evil.example' }, true, 'another origin'],
  ['another port of this machine', { origin: 'http://127.0.0.1:1' }, true, 'another origin'],
  ['a page without an origin', {}, true, 'another site'],
  ['the forge, without its token', null, false, 'does not belong to your session'],
] as const)('a form from %s is refused', (_, headers, withToken, words) =>
  inForge(async (world) => {
    await openIssue(world);
    const ann = await signedIn(world.forge, 'ann');
    const csrf = /name="csrf" value="([^"]+)"/.exec((await ann.get(`${issues}/1`)).text)![1]!;
    const fields = { body: 'hi', ...(withToken ? { csrf } : { csrf: 'x'.repeat(csrf.length) }) };
    const refused = await ann.post(`${issues}/1/comment`, fields, headers ?? { origin: world.forge.url });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain(words);
    expect((await issueOf(world)).comments).toBe(0);
  }),
);

test('the token of one session is worth nothing in another', () =>
  inForge(async (world) => {
    await openIssue(world);
    const [ann, bob] = [await signedIn(world.forge, 'ann'), await signedIn(world.forge, 'bob')];
    const csrf = /name="csrf" value="([^"]+)"/.exec((await ann.get(`${issues}/1`)).text)![1]!;
    expect((await bob.post(`${issues}/1/comment`, { csrf, body: 'hi' })).status).toBe(403);
  }));

test('one person tries the roles that were given out, and only these', () =>
  inForge(async ({ forge }) => {
    const ann = await signedIn(forge, 'ann');
    forge.createLoginToken('bob');
    expect(await ann.send('/', '/login/act-as', { login: 'bob', back: issues })).toMatchObject({
      status: 303,
      to: issues,
    });
    expect((await ann.get('/')).text).toContain('You are <b>bob</b>');
    expect((await ann.send('/', '/login/act-as', { login: 'tom', back: '/' })).status).toBe(403);
    expect((await ann.send('/', '/login/act-as', { login: 'ann', back: '//evil.example' })).to).toBe('/');
    await ann.send('/', '/login/out', {});
    expect((await ann.get('/')).text).toContain('You are nobody');
  }));

test('nothing of a page may run, be framed or come from elsewhere', () =>
  inForge(async ({ forge }) => {
    const { headers } = await browse(forge).get('/');
    expect(headers.get('content-security-policy')).toMatchInlineSnapshot(
      `"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"`,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }));

test.each([
  ['script', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['handler', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
  ['link that runs', '[a](javascript:alert)', 'a <span class="away">(javascript:alert)</span>'],
  ['link elsewhere', '[a](https://evil.example/)', 'a <span class="away">(https://evil.example/)</span>'],
  ['attribute', '[a](http://x"onclick="y)', '(http://x&quot;onclick=&quot;y)'],
  ['code', '`<b>`', '<code>&lt;b&gt;</code>'],
  ['fence', '```"><script>\n<i>\n```', '&quot;&gt;&lt;script&gt;</span><pre tabindex="0"><code>&lt;i&gt;</code>'],
  ['direction', 'a\u202Eb', 'a<span class="hidden-character" title="hidden character">U+202E</span>b'],
  ['tag character', 'a\u{E0041}', 'U+E0041'],
  ['closed comment', 'a <!-- secret --> b', 'a  b'],
  ['comment in code', '`<!-- seen -->`', '<code>&lt;!-- seen --&gt;</code>'],
  ['reference', 'see #12.', 'see <a href="/ann/demo/issues/12">#12</a>.'],
  ['small print', '<sub>a `b`</sub>', '<small>a <code>b</code></small>'],
  ['unbalanced small print', '<sub>a', '&lt;sub&gt;a'],
  ['table', '|a|\n|-|\n|<b>|', '<td>&lt;b&gt;</td>'],
  ['end of a text area', '</textarea><script>', '&lt;/textarea&gt;&lt;script&gt;'],
])('hostile text is shown, never acted on: %s', (_, hostile, shown) =>
  inForge(async (world) => {
    await openIssue(world, hostile.slice(0, 20), hostile);
    const rob = await signedIn(world.forge, 'rob');
    const { text } = await rob.get(`${issues}/1`);
    expect(text).toContain(shown);
    // The one script is the page's own; no other tag that acts, and no tag with a handler.
    expect(text.match(/<(?:script|img|iframe|object|base|style)\b[^>]*/gi)).toEqual(['<script src="/live.js" defer']);
    expect(text.replace(/"[^"]*"/g, '""').match(/<[a-z][^<>]*\son\w+\s*=/i)).toBeNull();
    expect(text).not.toMatch(/href="(?!\/|#|http:\/\/127)/);
  }),
);

test('huge and deeply nested text takes no time', () =>
  inForge(async (world) => {
    const nested = `${'> '.repeat(500)}x\n${'- '.repeat(500)}y\n`;
    const odd = ['`', '*', '[', '<!--', '<sub>', '(', '|', '~~', '_a', '![', '\\']
      .map((one) => one.repeat(2000))
      .join('\n');
    await openIssue(world, 'Huge', (nested + odd).slice(0, 65_000));
    await openIssue(world, 'One line', '*a **b `c [d]( <!-- '.repeat(3000));
    expect((await browse(world.forge).get(`${issues}/1`)).status).toBe(200);
    expect((await browse(world.forge).get(`${issues}/2`)).status).toBe(200);
  }));

test('comments, edits, labels and closing go through the API and out as webhooks', () =>
  inForge(async (world) => {
    await openIssue(world);
    const bot = await world.appToken();
    const spec = await world.post(bot, `${world.repo}/issues/1/comments`, { body: 'the spec' });
    const bob = await signedIn(world.forge, 'bob');
    const send = (to: string, fields: Record<string, string>) => bob.send(`${issues}/1`, to, fields);
    expect((await send(`${issues}/1/comment`, { body: 'Seen.' })).to).toMatch(
      /^\/ann\/demo\/issues\/1#issuecomment-\d+$/,
    );
    await send(`/ann/demo/comments/${spec.body.id}`, { body: 'the spec, better' });
    await world.post(world.tokens.bob, `${world.repo}/labels`, { name: 'fix clear/now', color: '0e8a16' });
    await send(`${issues}/1/label`, { label: 'fix clear/now' });
    await send(`${issues}/1/unlabel`, { label: 'fix clear/now' });
    await send(`${issues}/1/edit`, { title: 'Wrong greeting', body: 'Twice.' });
    await send(`${issues}/1/state`, { state: 'closed' });
    const { text } = await bob.get(`${issues}/1`);
    for (const words of ['the spec, better', 'took off the label', 'renamed this from', 'closed this', 'Reopen this']) {
      expect(text).toContain(words);
    }
    expect((await world.events()).slice(2)).toEqual([
      ...['issues.opened', 'issue_comment.created', 'issue_comment.created', 'issue_comment.edited', 'label.created'],
      ...['issues.labeled', 'issues.unlabeled', 'issues.edited', 'issues.closed'],
    ]);
    expect(world.received.at(-1)).toMatchObject({ signed: true, payload: { sender: { login: 'bob' } } });
  }));

test('a refusal stands beside its form, and what was typed is kept', () =>
  inForge(async (world) => {
    await openIssue(world);
    await world.post(world.tokens.ann, `${world.repo}/labels`, { name: 'fix-clear' });
    const rob = await signedIn(world.forge, 'rob');
    const label = await rob.send(`${issues}/1`, `${issues}/1/label`, { label: 'fix-clear' });
    expect(label.status).toBe(403);
    expect(label.text).toContain('Not allowed: this needs the role triage or more in this repository.');
    const long = await rob.send(`${issues}/1`, `${issues}/1/comment`, { body: `<mine> ${'x'.repeat(65_536)}` });
    expect(long.status).toBe(422);
    expect(long.text).toContain('body is too long');
    expect(long.text).toContain('&lt;mine&gt; xxx');
    expect((await issueOf(world)).comments).toBe(0);
  }));

const form = `name: Reject an answer
title: "Wrong: "
labels: [rejection]
body:
  - type: markdown
    attributes: { value: "**Be** short." }
  - { type: input, attributes: { label: Ticket, description: The number }, validations: { required: true } }
  - { type: textarea, attributes: { label: Trace, render: json } }
  - { type: dropdown, attributes: { label: Step, options: [classify, no] } }
  - { type: checkboxes, attributes: { label: Sure, options: [{ label: I read it, required: true }, { label: Urgent }] } }
`;

test('an issue form becomes the body that GitHub makes of it, with the labels of the form', () =>
  inForge(async (world) => {
    const content = Buffer.from(form).toString('base64');
    await world.put(world.tokens.ann, `${world.repo}/contents/.github/ISSUE_TEMPLATE/reject.yml`, {
      message: 'Add a form',
      content,
    });
    await world.post(world.tokens.ann, `${world.repo}/labels`, { name: 'rejection' });
    const rob = await signedIn(world.forge, 'rob');
    expect((await rob.get(`${issues}/new`)).text).toContain('Reject an answer');
    const to = `${issues}/new/reject`;
    expect((await rob.get(to)).text).toContain('<strong>Be</strong> short.');
    const missing = await rob.send(to, to, { title: 'Wrong: it', 'field-2': 'my "trace"' });
    expect(missing.status).toBe(422);
    expect(missing.text).toContain('“Ticket” is missing. “I read it” has to be ticked.');
    expect(missing.text).toContain('my &quot;trace&quot;');
    const fields = { title: 'Wrong: it', 'field-1': 'T-0001', 'field-2': '{}', 'field-3': 'hacked', 'field-4': '0' };
    expect((await rob.send(to, to, fields)).to).toBe(`${issues}/1`);
    const issue = await issueOf(world);
    expect(issue).toMatchObject({ title: 'Wrong: it', user: { login: 'rob' }, labels: [{ name: 'rejection' }] });
    expect(issue.body).toMatchInlineSnapshot(`
      "### Ticket

      T-0001

      ### Trace

      \`\`\`json
      {}
      \`\`\`

      ### Step

      _No response_

      ### Sure

      - [X] I read it
      - [ ] Urgent"
    `);
  }));

test('a blank issue is opened without a template', () =>
  inForge(async (world) => {
    const rob = await signedIn(world.forge, 'rob');
    const to = `${issues}/new/blank`;
    expect((await rob.send(to, to, { title: '', body: 'kept words' })).text).toContain('kept words');
    expect((await rob.send(to, to, { title: 'Mine', body: 'text' })).to).toBe(`${issues}/1`);
    expect((await rob.get(`${issues}/new/other`)).status).toBe(404);
  }));
