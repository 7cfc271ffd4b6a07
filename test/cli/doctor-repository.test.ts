import nock from 'nock';
import { afterEach, expect, test } from 'vitest';
import { checkRepository } from '../../src/cli/doctor/repository.ts';
import { finding } from '../../src/domain/messages/cli.ts';
import {
  CONFIGURATION,
  inForge,
  OWN,
  protection,
  ruleset,
  valid,
  validForAll,
  type World,
} from './support/doctor-forge.ts';

// While it is active every connection goes by way of it, and one on which this side waits to be spoken to never comes to be.
nock.restore();

/** From now on nobody is reached but who is named. */
function mocked(): void {
  nock.activate();
  nock.disableNetConnect();
}

const labels = async ({ call }: World) => {
  for (const name of ['rejection', 'fix-clear', 'corrigible-hold'])
    await call('POST', '/labels', { name, color: 'ffffff' });
};

test('a repository where everything is missing gets one line for each', () =>
  inForge({}, async ({ look }) => {
    expect(await look()).toMatchInlineSnapshot(`
      "
      ✓ The default branch is main.
      ✗ .github/corrigible.yml:1: The file is missing, so I do not know the steps of this pipeline. Add it to the default branch. docs/configuration.md shows a small one.
      ✗ The label rejection is missing. Make it, or install the App anew: it makes the labels when it may.
      ✗ The label fix-clear is missing. Make it, or install the App anew: it makes the labels when it may.
      ✗ The label corrigible-hold is missing. Make it, or install the App anew: it makes the labels when it may.
      ✗ The branch does not require corrigible/gate. Require the check corrigible/gate by a ruleset or branch protection.
      ✗ A branch may merge although its base has moved. Switch on “Require branches to be up to date before merging”. (Without a required check it has no effect.)
      ✗ GitHub requires no approval. Require a pull request with at least one approval.
      ! A pull request may merge while questions in it are open. If you want answers first, switch on “Require conversation resolution before merging”.
      ✗ The branch may be force-pushed, which takes merged and judged commits away. Switch on “Block force pushes”, or off “Allow force pushes”.
      ✗ The branch may be deleted. Switch on “Restrict deletions”, or off “Allow deletions”.
      ✓ The app may merge by squash.
      "
    `);
  }));

test('a mistake in the configuration is told with its line', () =>
  inForge({ [CONFIGURATION]: valid.replace('steps:', 'stepz:') }, async ({ look }) => {
    const lines = (await look()).split('\n').filter((line) => line.includes('corrigible.yml'));
    expect(lines).toMatchInlineSnapshot(`
      [
        "✗ .github/corrigible.yml:2: “steps” is missing. Add it: The steps of the pipeline, in order.",
        "✗ .github/corrigible.yml:4: The key “stepz” is not known here. Did you mean “steps”?",
      ]
    `);
  }));

test('a repository where everything is right gets no cross', () =>
  inForge({ [CONFIGURATION]: validForAll }, async (world) => {
    await labels(world);
    await world.call('PUT', '/branches/main/protection', protection());
    await world.call('POST', '/rulesets', ruleset());
    expect(await world.look()).toMatchInlineSnapshot(`
      "
      ✓ The default branch is main.
      ✓ .github/corrigible.yml is valid.
      ✓ The label rejection is there.
      ✓ The label fix-clear is there.
      ✓ The label corrigible-hold is there.
      ✓ The branch requires corrigible/gate, from the App 77 alone.
      ✓ People’s pull requests are judged, so the required gate answers there, too.
      ✓ Branches have to be up to date before they merge.
      ✓ Approvals required by GitHub: 1.
      ✓ A push takes earlier approvals away.
      ✓ The last push has to be approved by somebody else than who pushed it.
      ✓ Conversations have to be resolved before a merge.
      ✓ The branch protection binds administrators, too.
      ✓ Nobody may force-push to the branch or delete it.
      ✓ The app may merge by squash.
      "
    `);
  }));

test('an unknown token, an unknown repository and a bad name end in one line', () =>
  inForge({}, async ({ look }) => {
    expect([
      await look({ as: 'nobody' }),
      await look({ repo: 'ada/other' }),
      await look({ repo: 'shop' }),
    ]).toMatchInlineSnapshot(`
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

const REPO = 'ada/shop';
const API = 'https://api.github.com';
const ask = async () =>
  (await checkRepository({ repo: REPO, token: 'tokentoken', apiUrl: API, app: OWN })).map(finding);

afterEach(() => {
  nock.abortPendingRequests();
  nock.cleanAll();
  nock.enableNetConnect();
  nock.restore();
});

test.each([
  ['a token that ended', 401, {}, 'GitHub does not accept the token.'],
  ['a token without the right', 403, {}, 'The token may not read ada/shop.'],
  ['a limit', 403, { 'x-ratelimit-remaining': '0' }, 'GitHub asks to wait'],
  ['a second limit', 429, { 'retry-after': '60' }, 'GitHub asks to wait'],
  ['a repository out of sight', 404, {}, 'ada/shop does not exist, or the token cannot see it.'],
  ['a failing GitHub', 502, {}, 'GitHub answered with status 502.'],
] as const)('%s (%i) is one line in words', async (_, status, headers, words) => {
  mocked();
  nock(API).get('/repos/ada/shop').reply(status, { message: 'no' }, headers);
  expect(await ask()).toEqual([expect.stringContaining(words)]);
});

test('a GitHub that cannot be reached is told in words', async () => {
  mocked();
  nock(API).get('/repos/ada/shop').replyWithError('getaddrinfo ENOTFOUND');
  expect(await ask()).toMatchInlineSnapshot(`
    [
      "✗ https://api.github.com could not be reached. Check GITHUB_API_URL and the network.",
    ]
  `);
});

test('one call that fails hides only what it would have told', async () => {
  mocked();
  const at = '/repos/ada/shop';
  nock(API).get(at).reply(200, { default_branch: 'trunk', allow_squash_merge: true });
  nock(API).get(`${at}/contents/.github%2Fcorrigible.yml`).reply(502, { message: 'bad gateway' });
  nock(API).get(`${at}/labels?per_page=100`).reply(403, { message: 'not accessible' });
  nock(API).get(`${at}/rules/branches/trunk?per_page=100`).reply(200, []);
  nock(API).get(`${at}/rulesets?per_page=100`).reply(200, []);
  nock(API).get(`${at}/branches/trunk/protection`).reply(404, { message: 'Branch not protected' });
  expect(await ask()).toMatchInlineSnapshot(`
    [
      "✓ The default branch is trunk.",
      "✗ GitHub answered with status 502. Try again later.",
      "✗ The token may not read labels. Give it read access to metadata, contents, issues and administration.",
      "✗ The branch does not require corrigible/gate. Require the check corrigible/gate by a ruleset or branch protection.",
      "✗ A branch may merge although its base has moved. Switch on “Require branches to be up to date before merging”. (Without a required check it has no effect.)",
      "✗ GitHub requires no approval. Require a pull request with at least one approval.",
      "! A pull request may merge while questions in it are open. If you want answers first, switch on “Require conversation resolution before merging”.",
      "✗ The branch may be force-pushed, which takes merged and judged commits away. Switch on “Block force pushes”, or off “Allow force pushes”.",
      "✗ The branch may be deleted. Switch on “Restrict deletions”, or off “Allow deletions”.",
      "✓ The app may merge by squash.",
    ]
  `);
});
