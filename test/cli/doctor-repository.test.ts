import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import nock from 'nock';
import { afterEach, expect, test } from 'vitest';
import { checkRepository } from '../../src/cli/doctor/repository.ts';
import { finding } from '../../src/domain/messages/cli.ts';
import { type Forge, startForge } from '../../src/forge/forge.ts';

const REPO = 'ada/shop';
const OWN = 77;
const valid = await readFile(resolve('examples/support-pipeline/.github/corrigible.yml'), 'utf8');

interface World {
  readonly forge: Forge;
  readonly token: string;
  call(method: string, path: string, body?: unknown): Promise<void>;
  look(token?: string, repo?: string): Promise<string>;
}

async function inForge(files: Record<string, string>, story: (world: World) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'corrigible-doctor-'));
  const forge = await startForge({ root });
  try {
    const { token } = forge.addUser('ada');
    await forge.addRepository(REPO, { files: { 'README.md': 'hello\n', ...files } });
    await story({
      forge,
      token,
      call: async (method, path, body) => {
        const { status, body: answer } = await forge.api(token, method, `/repos/${REPO}${path}`, body);
        if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
      },
      look: async (as = token, repo = REPO) => {
        const found = await checkRepository({ repo, token: as, apiUrl: forge.url, app: OWN });
        return `\n${found.map(finding).join('\n')}\n`;
      },
    });
    expect(forge.problems).toEqual([]);
  } finally {
    await forge.close();
    await rm(root, { recursive: true, force: true });
  }
}

const labels = async ({ call }: World) => {
  for (const name of ['rejection', 'fix-clear']) await call('POST', '/labels', { name, color: 'ffffff' });
};

const protection = (app_id: number, strict: boolean, count: number) => ({
  required_status_checks: { strict, contexts: [], checks: [{ context: 'corrigible/gate', app_id }] },
  enforce_admins: true,
  required_pull_request_reviews: { required_approving_review_count: count },
  restrictions: null,
});

const ruleset = (rules: readonly object[]) => ({
  name: 'gate',
  target: 'branch',
  enforcement: 'active',
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
  rules,
});

const checksRule = (strict: boolean, integration_id?: number) => ({
  type: 'required_status_checks',
  parameters: {
    strict_required_status_checks_policy: strict,
    required_status_checks: [{ context: 'corrigible/gate', ...(integration_id && { integration_id }) }],
  },
});

test('a repository where everything is missing gets one line for each', () =>
  inForge({}, async ({ look }) => {
    expect(await look()).toMatchInlineSnapshot(`
      "
      ✓ The default branch is main.
      ✗ .github/corrigible.yml:1: The file is missing, so I do not know the steps of this pipeline. Add it to the default branch. docs/configuration.md shows a small one.
      ✗ The label rejection is missing. Make it, or install the App anew: it makes the labels when it may.
      ✗ The label fix-clear is missing. Make it, or install the App anew: it makes the labels when it may.
      ✗ The branch does not require corrigible/gate. Require the check corrigible/gate by a ruleset or branch protection.
      ✗ A branch may merge although its base has moved. Switch on “Require branches to be up to date before merging”, or a merge queue.
      ✗ GitHub requires no approval. Require a pull request with at least one approval.
      "
    `);
  }));

test('a mistake in the configuration is told with its line', () =>
  inForge({ '.github/corrigible.yml': valid.replace('steps:', 'stepz:') }, async ({ look }) => {
    const lines = (await look()).split('\n').filter((line) => line.includes('corrigible.yml'));
    expect(lines).toMatchInlineSnapshot(`
      [
        "✗ .github/corrigible.yml:2: “steps” is missing. Add it: The steps of the pipeline, in order.",
        "✗ .github/corrigible.yml:4: The key “stepz” is not known here. Did you mean “steps”?",
      ]
    `);
  }));

test('branch protection that holds everything is all right', () =>
  inForge({ '.github/corrigible.yml': valid }, async (world) => {
    await labels(world);
    await world.call('PUT', '/branches/main/protection', protection(OWN, true, 1));
    expect(await world.look()).toMatchInlineSnapshot(`
      "
      ✓ The default branch is main.
      ✓ .github/corrigible.yml is valid.
      ✓ The label rejection is there.
      ✓ The label fix-clear is there.
      ✓ The branch requires corrigible/gate, from the App 77 alone.
      ✓ Branches have to be up to date before they merge.
      ✓ Approvals required by GitHub: 1.
      "
    `);
  }));

test('a gate pinned to another app, a moved base and no approval are found in branch protection', () =>
  inForge({}, async (world) => {
    await world.call('PUT', '/branches/main/protection', protection(OWN + 1, false, 0));
    expect((await world.look()).split('\n').slice(-4)).toMatchInlineSnapshot(`
      [
        "✗ corrigible/gate is required from the App 78, but yours is 77. Choose your App as its source in the rule.",
        "✗ A branch may merge although its base has moved. Switch on “Require branches to be up to date before merging”, or a merge queue.",
        "✗ GitHub requires no approval. Require a pull request with at least one approval.",
        "",
      ]
    `);
  }));

test('a ruleset is as good as branch protection', () =>
  inForge({}, async (world) => {
    const parameters = {
      required_approving_review_count: 2,
      dismiss_stale_reviews_on_push: true,
      require_code_owner_review: false,
      require_last_push_approval: true,
      required_review_thread_resolution: false,
    };
    const approvals = { type: 'pull_request', parameters };
    await world.call('POST', '/rulesets', ruleset([checksRule(true, OWN), approvals]));
    expect((await world.look()).split('\n').slice(-4)).toMatchInlineSnapshot(`
      [
        "✓ The branch requires corrigible/gate, from the App 77 alone.",
        "✓ Branches have to be up to date before they merge.",
        "✓ Approvals required by GitHub: 2.",
        "",
      ]
    `);
  }));

test('a ruleset that any app satisfies is not', () =>
  inForge({}, async (world) => {
    await world.call('POST', '/rulesets', ruleset([checksRule(false)]));
    expect((await world.look()).split('\n').slice(-4)).toMatchInlineSnapshot(`
      [
        "✗ Any App may give the required corrigible/gate. Choose your App as its source in the rule.",
        "✗ A branch may merge although its base has moved. Switch on “Require branches to be up to date before merging”, or a merge queue.",
        "✗ GitHub requires no approval. Require a pull request with at least one approval.",
        "",
      ]
    `);
  }));

test('a token that may not read branch protection is told apart from a missing rule', () =>
  inForge({}, async (world) => {
    await world.call('PUT', '/branches/main/protection', protection(OWN, true, 1));
    world.forge.fault({ path: /\/branches\/main\/protection$/ }, { status: 403, body: { message: 'Forbidden' } });
    expect((await world.look()).split('\n').slice(-4)).toMatchInlineSnapshot(`
      [
        "✓ The branch requires corrigible/gate, from the App 77 alone.",
        "✗ Whether branches have to be up to date cannot be read with this token. Give it read access to administration, or use a ruleset.",
        "✗ Whether approvals are required cannot be read with this token. Give it read access to administration, or use a ruleset.",
        "",
      ]
    `);
  }));

test('an unknown token, an unknown repository and a bad name end in one line', () =>
  inForge({}, async ({ look, token }) => {
    expect([await look('nobody'), await look(token, 'ada/other'), await look(token, 'shop')]).toMatchInlineSnapshot(`
      [
        "
      ✗ GitHub does not accept the token. Make a new one and set GITHUB_TOKEN to it.
      ",
        "
      ✗ ada/other does not exist, or the token cannot see it. Correct the name, or give the token access to it.
      ",
        "
      ✗ “shop” is no repository. Name it like owner/name.
      ",
      ]
    `);
  }));

const API = 'https://api.github.com';
const ask = async () =>
  (await checkRepository({ repo: REPO, token: 'tokentoken', apiUrl: API, app: OWN })).map(finding);

afterEach(() => {
  nock.abortPendingRequests();
  nock.cleanAll();
  nock.enableNetConnect();
});

test.each([
  ['a token that ended', 401, {}, 'GitHub does not accept the token.'],
  ['a token without the right', 403, {}, 'The token may not read ada/shop.'],
  ['a limit', 403, { 'x-ratelimit-remaining': '0' }, 'GitHub asks to wait'],
  ['a second limit', 429, { 'retry-after': '60' }, 'GitHub asks to wait'],
  ['a repository out of sight', 404, {}, 'ada/shop does not exist, or the token cannot see it.'],
  ['a failing GitHub', 502, {}, 'GitHub answered with status 502.'],
] as const)('%s (%i) is one line in words', async (_, status, headers, words) => {
  nock.disableNetConnect();
  nock(API).get('/repos/ada/shop').reply(status, { message: 'no' }, headers);
  expect(await ask()).toEqual([expect.stringContaining(words)]);
});

test('a GitHub that cannot be reached is told in words', async () => {
  nock.disableNetConnect();
  nock(API).get('/repos/ada/shop').replyWithError('getaddrinfo ENOTFOUND');
  expect(await ask()).toMatchInlineSnapshot(`
    [
      "✗ https://api.github.com could not be reached. Check GITHUB_API_URL and the network.",
    ]
  `);
});

test('one call that fails hides only what it would have told', async () => {
  nock.disableNetConnect();
  const at = '/repos/ada/shop';
  nock(API).get(at).reply(200, { default_branch: 'trunk' });
  nock(API).get(`${at}/contents/.github%2Fcorrigible.yml`).reply(502, { message: 'bad gateway' });
  nock(API).get(`${at}/labels?per_page=100`).reply(403, { message: 'not accessible' });
  nock(API).get(`${at}/rules/branches/trunk?per_page=100`).reply(200, []);
  nock(API)
    .get(`${at}/branches/trunk`)
    .reply(200, { protected: false, protection: { enabled: false } });
  expect(await ask()).toMatchInlineSnapshot(`
    [
      "✓ The default branch is trunk.",
      "✗ GitHub answered with status 502. Try again later.",
      "✗ The token may not read labels. Give it read access to metadata, contents, issues and administration.",
      "✗ The branch does not require corrigible/gate. Require the check corrigible/gate by a ruleset or branch protection.",
      "✗ A branch may merge although its base has moved. Switch on “Require branches to be up to date before merging”, or a merge queue.",
      "✗ GitHub requires no approval. Require a pull request with at least one approval.",
    ]
  `);
});
