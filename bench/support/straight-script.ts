import { gitMirrors } from '../../src/adapters/git/mirrors.ts';
import { githubApp } from '../../src/adapters/github/app.ts';
import type { Scene } from '../../src/cli/demo/people-acting.ts';
import type { Access } from '../../src/cli/forge.ts';
import type { ForgeCall } from '../../src/forge/forge.ts';
import type { Forge, Permit, Repository } from '../../src/ports.ts';
import { REPO, stories } from './tell-story.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Nothing else works here, so leave is never short. */
const permit = { what: 'limit', left: () => 60_000, signal: new AbortController().signal } as unknown as Permit;

/** The fix and its cases as two commits on a branch, by real git. */
async function push(repository: Repository, forge: Forge, branch: string): Promise<void> {
  await repository.fetch(await forge.gitAccess(false));
  const base = await repository.branch('main');
  if (base === null) throw new Error('no branch main');
  const cases = await repository.withFiles(await repository.treeOf(base), { 'evals/fetch/limit.yml': 'cases: []\n' });
  const first = await repository.commit(cases, [base], 'Add the cases');
  const fixed = await repository.withFiles(cases, { 'config/limit.json': '{}\n' });
  const head = await repository.commit(fixed, [first], 'Fix');
  if (!(await repository.push(permit, await forge.gitAccess(true), head, branch, null)))
    throw new Error('the branch is there');
}

/** The path of the app's call, on the objects of this script. */
const here = (path: string, issue: number, comment: number): string =>
  path
    .replace(/^\/repos\/[^/]+\/[^/]+/, '')
    .replace(/\/issues\/comments\/\d+/, `/issues/comments/${comment}`)
    .replace(/\/issues\/\d+/, `/issues/${issue}`);

/**
 * Seconds that a straight script takes for what the app does between the label and its pull request, against the same
 * forge: the same calls and the same git, one after another, with nothing judged, stored or waited for.
 */
export async function straightScript(
  access: Access,
  scene: Scene,
  calls: readonly ForgeCall[],
  stateDir: string,
): Promise<number> {
  const { id: appId, privateKey, webhookSecret } = access.app;
  const address = { apiUrl: access.url, webUrl: access.url };
  const app = await githubApp({ appId, privateKey, webhookSecret, ...address, log: silent });
  const [installation] = await app.installations();
  const forge = await app.forge(installation?.id ?? 0, REPO);
  const repository = await gitMirrors({ stateDir }).open(REPO);
  await repository.fetch(await forge.gitAccess(false));
  const { number: issue } = await scene.call<{ number: number }>('alice', 'POST', '/issues', { title: 'Limit' });
  const comment = await forge.postComment(permit, issue, 'limit', 'Limit.');
  const branch = `limit/${issue}`;

  const began = performance.now();
  await scene.call(stories.cast.maintainer, 'POST', `/issues/${issue}/labels`, { labels: ['limit'] });
  for (const [i, { method, path }] of calls.entries()) {
    if (method === 'GET') await scene.call('alice', 'GET', here(path, issue, comment));
    else if (method === 'PATCH') await forge.editComment(permit, comment, 'limit', `Limit ${i}.`);
  }
  await push(repository, forge, branch);
  await forge.openPullRequest(permit, { branch, base: 'main', title: 'Limit', body: '' });
  return (performance.now() - began) / 1000;
}
