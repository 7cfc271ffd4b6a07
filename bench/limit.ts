import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitMirrors } from '../src/adapters/git/mirrors.ts';
import { githubApp } from '../src/adapters/github/app.ts';
import type { Scene } from '../src/cli/demo/people-acting.ts';
import type { TwoProcesses } from '../src/cli/demo/processes.ts';
import { approveHead } from '../src/domain/approval.ts';
import type { ForgeCall } from '../src/forge/forge.ts';
import type { Forge, Permit, Repository } from '../src/ports.ts';
import { createsContent } from './count-calls.ts';
import { REPO, stories } from './tell-story.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** The app's reads, on the objects of this world. Those about the pull request come after it is open. */
function readsOf(calls: readonly ForgeCall[], at: { issue: number; comment: number; pull: number; head: string }) {
  const paths = calls.filter((call) => !createsContent(call) && call.method === 'GET').map(({ path }) => path);
  const here = (path: string) =>
    path
      .replace(/^\/repos\/[^/]+\/[^/]+/, '')
      .replace(/\/issues\/comments\/\d+/, `/issues/comments/${at.comment}`)
      .replace(/\/issues\/\d+/, `/issues/${at.issue}`)
      .replace(/\/pulls\/\d+/, `/pulls/${at.pull}`)
      .replace(/\/commits\/[0-9a-f]{40}/, `/commits/${at.head}`);
  const isLate = (path: string) => /\/(?:pulls|commits)\//.test(path);
  return { early: paths.filter((path) => !isLate(path)).map(here), late: paths.filter(isLate).map(here) };
}

/** The fix and its cases as two commits on a branch, by real git. */
async function push(repository: Repository, forge: Forge, branch: string): Promise<string> {
  await repository.fetch(await forge.gitAccess(false));
  const base = await repository.branch('main');
  if (base === null) throw new Error('no branch main');
  const cases = await repository.withFiles(await repository.treeOf(base), { 'evals/fetch/limit.yml': 'cases: []\n' });
  const first = await repository.commit(cases, [base], 'Add the cases');
  const fixed = await repository.withFiles(cases, { 'config/limit.json': '{}\n' });
  const head = await repository.commit(fixed, [first], 'Fix');
  if (!(await repository.push(permit, await forge.gitAccess(true), head, branch, null)))
    throw new Error('the branch is there');
  return head;
}

/** Nothing else works here, so leave is never short. */
const permit = { what: 'limit', left: () => 60_000, signal: new AbortController().signal } as unknown as Permit;

const proofOf = (head: string) => {
  const by = { by: 'nobody', isPerson: true, permission: 'write', state: 'approved', body: '' } as const;
  const on = { head, author: '', requester: '', lastPusher: null, solo: false };
  const outcome = approveHead([{ id: 1, head, ...by }], on);
  if (outcome.is !== 'approval') throw new Error(outcome.is);
  return outcome.approval;
};

/**
 * Seconds that a straight script takes for what the app does between the label and the merge, against the same forge:
 * the same reads, the same writes, the same git, one after another, with nothing judged, stored or waited for.
 */
export async function limit(two: TwoProcesses, scene: Scene, calls: readonly ForgeCall[]): Promise<number> {
  const { id: appId, privateKey, webhookSecret } = two.access.app;
  const { url } = two.access;
  const app = await githubApp({
    appId,
    privateKey,
    webhookSecret,
    apiUrl: url,
    webUrl: url,
    log: silent,
  });
  const [installation] = await app.installations();
  const forge = await app.forge(installation?.id ?? 0, REPO);
  const state = await mkdtemp(join(tmpdir(), 'corrigible-limit-'));
  try {
    const repository = await gitMirrors({ stateDir: state }).open(REPO);
    await repository.fetch(await forge.gitAccess(false));
    const { number: issue } = await scene.call<{ number: number }>('alice', 'POST', '/issues', { title: 'Limit' });
    const comment = await forge.postComment(permit, issue, 'limit', 'Limit.');
    const read = (paths: readonly string[]) =>
      paths.reduce((before, path) => before.then(() => scene.call('alice', 'GET', path)), Promise.resolve<unknown>(0));
    const checks = calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/check-runs')).length;
    const edits = calls.filter(({ method, path }) => method === 'PATCH' && path.includes('/issues/comments/')).length;

    const began = performance.now();
    await scene.label(stories.cast.maintainer, issue, 'limit');
    await read(readsOf(calls, { issue, comment, pull: 0, head: '' }).early);
    const head = await push(repository, forge, `limit/${issue}`);
    const pull = await forge.openPullRequest(permit, {
      branch: `limit/${issue}`,
      base: 'main',
      title: 'Limit',
      body: '',
    });
    const check = { conclusion: 'success', title: 'Green', summary: 'Nothing was judged.' } as const;
    const names = Array.from({ length: checks }, (_, i) => ({ name: `limit/${i}`, ...check }));
    await forge.postChecks(permit, head, 'limit', names, false);
    await forge.requestReview(permit, pull, [stories.cast.approver]);
    for (let edit = 0; edit < edits; edit++) await forge.editComment(permit, comment, 'limit', `Limit ${edit}.`);
    await scene.approve(stories.cast.approver, pull, head);
    await repository.fetch(await forge.gitAccess(false));
    await read(readsOf(calls, { issue, comment, pull, head }).late);
    const merged = await forge.merge(permit, pull, proofOf(head), { title: 'Limit', body: '' });
    if (!merged.merged) throw new Error(merged.message);
    return (performance.now() - began) / 1000;
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}
