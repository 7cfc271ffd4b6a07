import { generateKeyPairSync } from 'node:crypto';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type GithubApp, githubApp } from '../../src/adapters/github/app.ts';
import { GithubRefused } from '../../src/adapters/github/refused.ts';
import { type Forge, Weather } from '../../src/ports.ts';
import { permit } from '../support/permit.ts';
import { silent } from '../support/silent-log.ts';
import { approvalOf, firstLine } from './support.ts';

const API = 'https://github.test';
const HEAD = 'a'.repeat(40);
const SHA = 'b'.repeat(40);
const secret = 'ghs_4711_aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl';
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  expect(pending).toEqual([]);
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const options = { appId: 1, privateKey, webhookSecret: 'a-secret-of-22-letters', log: silent };

function answerToken(token: string, minutes = 60): void {
  const body = { token, expires_at: new Date(Date.now() + minutes * 60_000).toISOString(), permissions: {} };
  nock(API).post('/app/installations/5/access_tokens').reply(201, body);
}

/** The port over `o/r`, with the calls that every session begins with. */
async function openForge(
  more: Partial<Parameters<typeof githubApp>[0]> = {},
): Promise<{ app: GithubApp; forge: Forge }> {
  const app = await githubApp({ ...options, apiUrl: API, ...more });
  nock(API).get('/app').reply(200, { id: 1, slug: 'corrigible' });
  answerToken(secret);
  return { app, forge: await app.forge(5, 'o/r') };
}

const failureOf = async (call: Promise<unknown>): Promise<Error & Record<string, unknown>> =>
  call.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error,
  );

const now = () => Math.floor(Date.now() / 1000);

test.each([
  [
    'a primary limit',
    403,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now() + 600) },
    'API rate limit exceeded',
    [500_000, 601_000],
  ],
  ['a secondary limit', 403, { 'retry-after': '17' }, 'You have exceeded a secondary rate limit.', [17_000, 17_000]],
  ['a secondary limit without a time', 403, {}, 'You have exceeded a secondary rate limit.', [60_000, 60_000]],
  ['too many requests', 429, { 'retry-after': '3' }, 'Too many requests', [3_000, 3_000]],
] as const)('%s is weather that says when to come back', async (_, status, headers, message, [from, to]) => {
  const { forge } = await openForge();
  nock(API).get('/repos/o/r/issues/7').reply(status, { message }, headers);
  const failure = await failureOf(forge.issue(7));
  expect(failure).toBeInstanceOf(Weather);
  expect(failure['retryAfterMs']).toBeGreaterThanOrEqual(from);
  expect(failure['retryAfterMs']).toBeLessThanOrEqual(to);
});

test('invariant 8: a write that takes longer than its leave is cut off', async () => {
  const slow = (_: unknown, init: RequestInit) =>
    new Promise<Response>((__, cut) => init.signal?.addEventListener('abort', () => cut(init.signal?.reason)));
  const posting = (input: string | URL | Request, init: RequestInit = {}) =>
    String(input).endsWith('/comments') ? slow(input, init) : fetch(input, init);
  const { forge } = await openForge({ fetch: posting });
  const short = { ...permit, signal: AbortSignal.timeout(50) };
  expect(await failureOf(forge.postComment(short, 7, 'status', 'Hello.'))).toBeInstanceOf(Weather);
});

test('a plain no is a refusal in GitHub’s words, without what was sent', async () => {
  const { forge } = await openForge();
  const errors = [
    {
      resource: 'IssueComment',
      field: 'body',
      code: 'custom',
      value: 'the whole comment',
      message: 'body is too long',
    },
  ];
  nock(API)
    .post('/repos/o/r/issues/7/comments')
    .reply(422, { message: `Validation Failed for ${secret}`, errors });
  const failure = await failureOf(forge.postComment(permit, 7, 'status', 'the whole comment'));
  expect(failure).toBeInstanceOf(GithubRefused);
  expect(failure.message).toMatchInlineSnapshot(
    `"GitHub refused with status 422: Validation Failed for [secret-1]: body is too long"`,
  );
  expect(failure['operation']).toBe('POST /repos/o/r/issues/7/comments');
  expect(JSON.stringify(failure) + failure.stack).not.toContain('the whole comment');
});

test.each([
  ['an HTML page', 200, '<html>Sign in to the wifi</html>', { 'content-type': 'text/html' }],
  ['half an answer', 200, '[{"id":1,"state":"APPRO', { 'content-type': 'application/json' }],
  ['a 500', 500, { message: 'oops' }, {}],
  ['a 502 with a page', 502, '<html>Bad gateway</html>', { 'content-type': 'text/html' }],
] as const)(
  'invariant 12: %s instead of the reviews is weather, not an empty list',
  async (_, status, body, headers) => {
    const { forge } = await openForge();
    nock(API).get('/repos/o/r/pulls/7/reviews?per_page=100&page=1').reply(status, body, headers);
    expect(await failureOf(forge.reviews(7))).toBeInstanceOf(Weather);
  },
);

test('invariant 12: a page that is refused makes no short list', async () => {
  const { forge } = await openForge();
  const link = `<${API}/repos/o/r/pulls/7/reviews?per_page=100&page=2>; rel="next"`;
  const review = { id: 1, user: { login: 'grace', type: 'User' }, state: 'APPROVED', commit_id: HEAD, body: '' };
  nock(API).get('/repos/o/r/pulls/7/reviews?per_page=100&page=1').reply(200, [review], { link });
  nock(API).get('/repos/o/r/pulls/7/reviews?per_page=100&page=2').reply(409, { message: 'Conflict' });
  expect(await failureOf(forge.reviews(7))).toBeInstanceOf(GithubRefused);
});

test('reviews by accounts that are gone and by apps are no person’s', async () => {
  const { forge } = await openForge();
  const review = { state: 'APPROVED', commit_id: HEAD, body: '' };
  nock(API)
    .get('/repos/o/r/pulls/7/reviews?per_page=100&page=1')
    .reply(200, [
      { ...review, id: 1, user: null },
      { ...review, id: 2, user: { login: 'ci[bot]', type: 'Bot' } },
      { ...review, id: 3, user: { login: 'grace', type: 'User' }, commit_id: null, state: 'A_NEW_STATE' },
    ]);
  expect(await forge.reviews(7)).toMatchObject([
    { by: 'ghost', byPerson: false, head: HEAD },
    { by: 'ci[bot]', byPerson: false },
    { by: 'grace', byPerson: true, head: '', state: 'commented' },
  ]);
});

test('a branch of a fork is not taken for one of ours', async () => {
  const { forge } = await openForge();
  const base = { sha: SHA, ref: 'main', repo: { id: 1 } };
  const head = { sha: HEAD, ref: 'corrigible/7-1', label: 'mallory:corrigible/7-1', repo: { id: 2 } };
  const pull = { number: 8, state: 'open', merged: false, user: null, head, base, mergeable: null, labels: [] };
  nock(API).get('/repos/o/r/pulls/8').reply(200, pull);
  nock(API)
    .get('/repos/o/r/pulls/9')
    .reply(200, { ...pull, head: { ...head, repo: null } });
  expect((await forge.pullRequest(8)).headBranch).toBe('mallory:corrigible/7-1');
  expect((await forge.pullRequest(9)).headBranch).toBe('mallory:corrigible/7-1');
});

test.each([
  ['a custom role', { permission: 'write', role_name: 'release-captain' }, 'write'],
  ['an older server', { permission: 'read' }, 'read'],
  ['a word that is new', { permission: 'emperor', role_name: 'emperor' }, 'none'],
])('%s is read by its base permission', async (_, answer, expected) => {
  const { forge } = await openForge();
  nock(API).get('/repos/o/r/collaborators/joan/permission').reply(200, answer);
  expect(await forge.permission('joan')).toBe(expected);
});

test('writers that may not be read are none, but a limit is weather', async () => {
  const { forge } = await openForge();
  const path = '/repos/o/r/collaborators?permission=push&per_page=100&page=1';
  nock(API).get(path).reply(403, { message: 'Resource not accessible by integration' });
  expect(await forge.writers()).toEqual([]);
  nock(API).get(path).reply(403, { message: 'Slow down' }, { 'retry-after': '5' });
  expect(await failureOf(forge.writers())).toBeInstanceOf(Weather);
});

test('a token that ended early is replaced once', async () => {
  const { forge } = await openForge();
  const issue = nock(API).get('/repos/o/r/collaborators/joan/permission');
  issue.matchHeader('authorization', `token ${secret}`).reply(401, { message: 'Bad credentials' });
  answerToken('ghs_second');
  nock(API)
    .get('/repos/o/r/collaborators/joan/permission')
    .matchHeader('authorization', 'token ghs_second')
    .reply(200, { permission: 'read', role_name: 'read' });
  expect(await forge.permission('joan')).toBe('read');
});

test('a second refusal of a token is weather', async () => {
  const { forge } = await openForge();
  nock(API).get('/repos/o/r/issues/7').twice().reply(401, { message: 'Bad credentials' });
  answerToken('ghs_second');
  expect(await failureOf(forge.issue(7))).toBeInstanceOf(Weather);
});

test('a wrong private key is no weather: a person has to mend it', async () => {
  const app = await githubApp({ ...options, apiUrl: API });
  nock(API).get('/app').reply(401, { message: 'A JSON web token could not be decoded' });
  expect(await failureOf(app.me())).toMatchObject({
    because: 'app-refused',
    message: expect.stringContaining('set PRIVATE_KEY'),
  });
  nock(API).get('/app').reply(200, { id: 1, slug: 'corrigible' });
  expect(await app.me()).toEqual({ login: 'corrigible[bot]', app: 1 });
});

test('why GitHub refuses the App is told by its last answer: the key, the clock of this machine, or nothing', async () => {
  const app = await githubApp({ ...options, apiUrl: API });
  const clock = "'Expiration time' claim ('exp') must be a numeric value representing the future time";
  const answers: readonly [number, object, RegExp | null][] = [
    [401, { message: 'A JSON web token could not be decoded' }, /set PRIVATE_KEY/],
    [502, {}, /set PRIVATE_KEY/],
    [401, { message: clock }, /Set its clock/],
    [404, { message: 'Integration not found' }, /set PRIVATE_KEY and APP_ID/],
    [429, { message: 'Too many' }, /set PRIVATE_KEY/],
    [200, [], null],
  ];
  expect(app.refusal()).toBe(null);
  for (const [status, body, words] of answers) {
    // Once more where the time of this machine is corrected by GitHub's.
    nock(API).get('/app/installations?per_page=100&page=1').times(2).reply(status, body);
    await app.installations().catch(() => {});
    nock.cleanAll();
    if (words === null) expect(app.refusal(), String(status)).toBe(null);
    else expect(app.refusal(), String(status)).toMatch(words);
  }
});

test('every call names the version of the API, also the one for a token', async () => {
  const badly = nock(API, { badheaders: ['x-github-api-version'] }).persist();
  badly.get('/app').reply(200, { id: 1, slug: 'unversioned' });
  const versions: unknown[] = [];
  nock(API).get('/app').matchHeader('x-github-api-version', '2022-11-28').reply(200, { id: 1, slug: 'corrigible' });
  nock(API)
    .post('/app/installations/5/access_tokens', { repositories: ['r'] })
    .matchHeader('x-github-api-version', (value) => versions.push(value) > 0)
    .reply(201, { token: secret, expires_at: '2100-01-01T00:00:00Z' });
  nock(API)
    .get('/repos/o/r/collaborators/joan/permission')
    .matchHeader('x-github-api-version', '2022-11-28')
    .reply(200, { permission: 'read' });
  const app = await githubApp({ ...options, apiUrl: API });
  const forge = await app.forge(5, 'o/r');
  expect(forge.me.login).toBe('corrigible[bot]');
  await forge.permission('joan');
  expect([versions].flat(2)).toContain('2022-11-28');
  nock.cleanAll();
});

test('a token for git reaches one repository, and writes only where asked', async () => {
  const { app } = await openForge({ webUrl: 'https://web.test/' });
  nock.cleanAll();
  const forge = await app.forge(5, 'o/r');
  const mint = (contents: 'read' | 'write', token: string, expires_at: string) =>
    nock(API)
      .post('/app/installations/5/access_tokens', { repositories: ['r'], permissions: { contents, metadata: 'read' } })
      .reply(201, { token, expires_at });
  mint('read', 'ghs_read', '2100-01-01T00:00:00Z');
  mint('write', 'ghs_write', '2100-01-01T00:00:00Z');
  const url = 'https://web.test/o/r.git';
  expect(await forge.gitAccess(false)).toEqual({ url, token: 'ghs_read' });
  expect(await forge.gitAccess(true)).toEqual({ url, token: 'ghs_write' });
  expect(await (await app.forge(5, 'o/r')).gitAccess(true)).toEqual({ url, token: 'ghs_write' });
});

test('a token is not used in its last five minutes, and one call serves who asks meanwhile', async () => {
  const { app } = await openForge();
  nock.cleanAll();
  const forge = await app.forge(5, 'o/r');
  answerToken('ghs_old', 4);
  expect((await Promise.all([forge.gitAccess(true), forge.gitAccess(true)])).map(({ token }) => token)).toEqual([
    'ghs_old',
    'ghs_old',
  ]);
  answerToken('ghs_new');
  expect((await forge.gitAccess(true)).token).toBe('ghs_new');
});

test('an answer that does not come in time is weather', async () => {
  const hanging: typeof fetch = (url, init) => {
    if (!String(url).includes('/issues/')) return fetch(url, init);
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  };
  const { forge } = await openForge({ timeoutMs: 200, fetch: hanging });
  expect(await failureOf(forge.issue(7))).toBeInstanceOf(Weather);
});

const MERGE = '/repos/o/r/pulls/7/merge';
const merged = { merged: true, merge_commit_sha: SHA, head: { sha: HEAD }, mergeable: null };

test('after a lost merge the commit is found even where the API no longer names it', async () => {
  const { forge } = await openForge();
  nock(API).put(MERGE).reply(502, 'Bad gateway');
  nock(API)
    .get('/repos/o/r/pulls/7')
    .reply(200, { ...merged, merge_commit_sha: undefined });
  const events = [
    { event: 'referenced', commit_id: HEAD },
    { event: 'merged', commit_id: SHA },
    { event: 'closed', commit_id: null },
  ];
  nock(API).get('/repos/o/r/issues/7/events?per_page=100&page=1').reply(200, events);
  expect(await forge.merge(permit, 7, approvalOf(HEAD), firstLine)).toEqual({ merged: true, sha: SHA });
});

test('a merge is sent once, whatever comes back', async () => {
  const { forge } = await openForge();
  nock(API).put(MERGE).reply(405, { message: 'Pull Request is not mergeable' });
  nock(API)
    .get('/repos/o/r/pulls/7')
    .reply(200, { ...merged, merged: false });
  const computing = await forge.merge(permit, 7, approvalOf(HEAD), firstLine);
  expect(computing).toEqual({ merged: false, why: 'retry', message: 'Pull Request is not mergeable' });
  nock(API).put(MERGE).reply(405, { message: 'Pull Request is not mergeable' });
  nock(API)
    .get('/repos/o/r/pulls/7')
    .reply(200, { ...merged, merged: false, mergeable: false });
  expect(await forge.merge(permit, 7, approvalOf(HEAD), firstLine)).toMatchObject({ why: 'refused' });
  nock(API).put(MERGE).reply(409, { message: 'Head branch was modified. Review and try the merge again.' });
  expect(await forge.merge(permit, 7, approvalOf(HEAD), firstLine)).toMatchObject({ why: 'moved' });
});

test('a limit on a merge needs no look: nothing has begun', async () => {
  const { app, forge } = await openForge();
  const seen: string[] = [];
  app.onCall = ({ method, path, status }) => seen.push(`${status} ${method} ${path}`);
  nock(API).put(MERGE).reply(403, { message: 'secondary rate limit' }, { 'retry-after': '9' });
  expect((await failureOf(forge.merge(permit, 7, approvalOf(HEAD), firstLine)))['retryAfterMs']).toBe(9_000);
  expect(seen).toEqual(['201 POST /app/installations/5/access_tokens', `403 PUT ${MERGE}`]);
});

test('after a lost merge that cannot be looked up either, it is weather', async () => {
  const { forge } = await openForge();
  nock(API).put(MERGE).reply(502, 'Bad gateway');
  nock(API).get('/repos/o/r/pulls/7').reply(502, 'Bad gateway');
  expect(await failureOf(forge.merge(permit, 7, approvalOf(HEAD), firstLine))).toBeInstanceOf(Weather);
});

test('a pull request that another worker opened meanwhile is found, one of a fork is not', async () => {
  const { forge } = await openForge();
  const opening = { branch: 'corrigible/7-1', base: 'main', title: 'Fix', body: '' };
  const errors = [{ message: 'A pull request already exists for o:corrigible/7-1.' }];
  const list = '/repos/o/r/pulls?state=open&head=o%3Acorrigible%2F7-1&base=main&per_page=100';
  const pull = (number: number, id: number) => ({
    number,
    head: { ref: 'corrigible/7-1', repo: { id } },
    base: { repo: { id: 1 } },
  });
  nock(API).post('/repos/o/r/pulls').twice().reply(422, { message: 'Validation Failed', errors });
  nock(API)
    .get(list)
    .reply(200, [pull(3, 2), pull(4, 1)]);
  expect(await forge.openPullRequest(permit, opening)).toBe(4);
  nock(API)
    .get(list)
    .reply(200, [pull(3, 2)]);
  expect((await failureOf(forge.openPullRequest(permit, opening))).message).toMatchInlineSnapshot(
    `"GitHub refused with status 422: Validation Failed: A pull request already exists for o:corrigible/7-1."`,
  );
});

test('a branch that may not be deleted is refused, though GitHub uses one status for both', async () => {
  const { forge } = await openForge();
  const path = '/repos/o/r/git/refs/heads%2Fcorrigible%2F7-1';
  nock(API).delete(path).reply(422, { message: 'Reference does not exist' });
  await forge.deleteBranch(permit, 'corrigible/7-1');
  nock(API).delete(path).reply(422, { message: 'Cannot delete a protected branch' });
  expect(await failureOf(forge.deleteBranch(permit, 'corrigible/7-1'))).toBeInstanceOf(GithubRefused);
});

test('an app without a long secret does not start, since Probot would take a known one', async () => {
  for (const webhookSecret of ['', 'development'])
    await expect(githubApp({ ...options, webhookSecret })).rejects.toThrow('WEBHOOK_SECRET');
});

test('what is no name of a repository is refused before any call', async () => {
  const app = await githubApp({ ...options, apiUrl: API });
  for (const name of ['r', 'o/../app', 'o/r/x', 'o/..', 'o /r', ''])
    await expect(app.forge(5, name)).rejects.toThrow('owner/name');
});

test('what an App writes in somebody’s name is no word of theirs', async () => {
  const { forge } = await openForge();
  const read = (viaApp: object | null) => ({
    ...{ id: 3, body: '/accept-oracle', created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
    ...{ user: { login: 'ada', id: 9, type: 'User' }, performed_via_github_app: viaApp },
  });
  nock(API)
    .get('/repos/o/r/issues/comments/3')
    .reply(200, read({ id: 4, slug: 'helper' }));
  nock(API).get('/repos/o/r/issues/comments/3').reply(200, read(null));
  expect(await forge.comment(3)).toMatchObject({ by: 'ada', byPerson: false });
  expect(await forge.comment(3)).toMatchObject({ by: 'ada', byPerson: true });
});

test('a conflict that GraphQL answers with is nobody’s refusal, and passes', async () => {
  const { forge } = await openForge();
  nock(API).post('/graphql').reply(409, { message: 'Conflict' });
  expect(await failureOf(forge.resolveThread(permit, 'PRRT_1'))).toBeInstanceOf(Weather);
});
