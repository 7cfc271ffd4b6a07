import { expect, test } from 'vitest';
import { GithubRefused } from '../../src/adapters/github/refused.ts';
import { Weather } from '../../src/ports.ts';
import { permit } from '../support/permit.ts';
import { approvalOf, firstLine, inWorld, REPO, type World } from './support.ts';

const BRANCH = 'corrigible/1-1';

async function propose(world: World): Promise<{ number: number; head: string }> {
  const head = await world.branch(BRANCH, { 'rules.json': '{"refund":"billing"}\n' });
  const number = await world.forge.openPullRequest(permit, {
    branch: BRANCH,
    base: 'main',
    title: 'Fix',
    body: 'Why.',
  });
  return { number, head };
}

const pullOf = (world: World, number: number) => world.as('ada', 'GET', `/repos/${REPO}/pulls/${number}`);

test('a pull request is opened once and read back', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    const again = { branch: BRANCH, base: 'main', title: 'Fix', body: 'Why.' };
    expect(await world.forge.openPullRequest(permit, again)).toBe(number);
    expect(await world.forge.pullRequest(number)).toMatchObject({
      number,
      open: true,
      merged: false,
      draft: false,
      author: world.forge.me.login,
      head,
      headBranch: BRANCH,
      baseBranch: 'main',
      mergeable: true,
      labels: [],
    });
    expect((await world.forge.issue(number)).isPullRequest).toBe(true);
  }));

test('a branch without a commit of its own gives no pull request, in GitHub’s words', () =>
  inWorld(async (world) => {
    const { object } = await world.as('ada', 'GET', `/repos/${REPO}/git/ref/heads/main`);
    await world.as('ada', 'POST', `/repos/${REPO}/git/refs`, { ref: 'refs/heads/empty', sha: object.sha });
    const opening = world.forge.openPullRequest(permit, { branch: 'empty', base: 'main', title: 'Fix', body: '' });
    await expect(opening).rejects.toMatchObject({ name: 'GithubRefused', status: 422 });
  }));

test('reviews tell who, what and of which commit', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    const review = (by: string, event: string) =>
      world.as(by, 'POST', `/repos/${REPO}/pulls/${number}/reviews`, { event, body: event.toLowerCase() });
    await review('grace', 'REQUEST_CHANGES');
    await review('mallory', 'COMMENT');
    const { id } = await review('grace', 'APPROVE');
    await world.as('ada', 'PUT', `/repos/${REPO}/pulls/${number}/reviews/${id}/dismissals`, { message: 'no' });
    expect(await world.forge.reviews(number)).toMatchObject([
      { by: 'grace', byPerson: true, state: 'changes-requested', head, body: 'request_changes' },
      { by: 'mallory', byPerson: true, state: 'commented', head },
      { id, by: 'grace', state: 'dismissed', head },
    ]);
  }));

test('asking somebody who may not review stops nothing', () =>
  inWorld(async (world) => {
    const { number } = await propose(world);
    const grace = { people: ['grace'], teams: [] };
    world.local.acts.addTeam(REPO, 'owners', []);
    expect(await world.forge.requestReview(permit, number, { people: ['grace'], teams: ['ada/none'] })).toBe(false);
    expect(await pullOf(world, number)).toMatchObject({ requested_reviewers: [], requested_teams: [] });
    expect(await world.forge.requestReview(permit, number, { ...grace, teams: ['ada/owners'] })).toBe(true);
    const asked = { requested_reviewers: [{ login: 'grace' }], requested_teams: [{ slug: 'owners' }] };
    expect(await pullOf(world, number)).toMatchObject(asked);
    const message = 'Reviews may only be requested from collaborators.';
    world.local.fault({ path: /requested_reviewers$/ }, { status: 422, body: { message } }, 1);
    expect(await world.forge.requestReview(permit, number, grace)).toBe(false);
    world.local.fault({ path: /requested_reviewers$/ }, { status: 403, body: { message: 'no' } }, 1);
    await expect(world.forge.requestReview(permit, number, grace)).rejects.toThrow(GithubRefused);
    for (const status of [403, 404]) {
      world.local.fault({ path: /requested_reviewers$/ }, { status, body: { message: 'no' } }, 1);
      expect(await world.forge.requestReview(permit, number, { ...grace, teams: ['ada/owners'] })).toBe(false);
    }
  }));

test('exactly the approved head is merged, as one commit', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    world.calls();
    const result = await world.forge.merge(permit, number, approvalOf(head), firstLine);
    expect(world.calls()).toEqual([`PUT /repos/${REPO}/pulls/${number}/merge`]);
    const { object } = await world.as('ada', 'GET', `/repos/${REPO}/git/ref/heads/main`);
    expect(result).toEqual({ merged: true, sha: object.sha });
    const { commit, parents } = await world.as('ada', 'GET', `/repos/${REPO}/commits/${object.sha}`);
    expect(commit.message).toBe('Send refunds to billing\n\nCloses #1.');
    expect(parents).toHaveLength(1);
  }));

test('where squashing is not allowed the head is merged in the way that is', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    const no = (way: string) => ({ status: 405, body: { message: `${way} are not allowed on this repository.` } });
    world.local.fault({ method: 'PUT', path: /\/merge$/ }, no('Squash merges'), 1);
    const result = await world.forge.merge(permit, number, approvalOf(head), firstLine);
    const { object } = await world.as('ada', 'GET', `/repos/${REPO}/git/ref/heads/main`);
    expect(result).toEqual({ merged: true, sha: object.sha });
    const { parents } = await world.as('ada', 'GET', `/repos/${REPO}/commits/${object.sha}`);
    expect(parents.map((parent: { sha: string }) => parent.sha)).toContain(head);
  }));

test('where no way of merging is allowed that is said in GitHub’s words', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    const message = 'Merge commits are not allowed on this repository.';
    world.local.fault({ method: 'PUT', path: /\/merge$/ }, { status: 405, body: { message } }, 3);
    const result = await world.forge.merge(permit, number, approvalOf(head), firstLine);
    expect(result).toMatchObject({ merged: false, why: 'refused', message });
    expect((await pullOf(world, number)).merged).toBe(false);
  }));

test('invariant 1: a head that moved after the approval is not merged', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    const { tree } = await world.as('ada', 'GET', `/repos/${REPO}/git/commits/${head}`);
    const commit = { message: 'more', tree: tree.sha, parents: [head] };
    const { sha } = await world.as('ada', 'POST', `/repos/${REPO}/git/commits`, commit);
    await world.as('ada', 'PATCH', `/repos/${REPO}/git/refs/heads/${BRANCH}`, { sha });
    const result = await world.forge.merge(permit, number, approvalOf(head), firstLine);
    expect(result).toMatchObject({ merged: false, why: 'moved' });
    expect((await pullOf(world, number)).merged).toBe(false);
  }));

test('a merge whose answer got lost is found', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    world.local.fault({ method: 'PUT', path: /\/merge$/ }, { status: 502, afterwards: true }, 1);
    const result = await world.forge.merge(permit, number, approvalOf(head), firstLine);
    const { object } = await world.as('ada', 'GET', `/repos/${REPO}/git/ref/heads/main`);
    expect(result).toEqual({ merged: true, sha: object.sha });
  }));

test('a merge whose connection was cut before anything happened is weather', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    world.local.fault({ method: 'PUT', path: /\/merge$/ }, { status: 0 }, 1);
    await expect(world.forge.merge(permit, number, approvalOf(head), firstLine)).rejects.toThrow(Weather);
    expect((await pullOf(world, number)).merged).toBe(false);
  }));

test('what is merged already counts as merged, not as refused', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    const first = await world.forge.merge(permit, number, approvalOf(head), firstLine);
    expect(await world.forge.merge(permit, number, approvalOf(head), firstLine)).toEqual(first);
  }));

test('what somebody else merged at another head is not our merge', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    await world.as('ada', 'PUT', `/repos/${REPO}/pulls/${number}/merge`, {});
    const elsewhere = approvalOf('1'.repeat(40));
    expect(head).not.toBe(elsewhere.head);
    expect(await world.forge.merge(permit, number, elsewhere, firstLine)).toMatchObject({
      merged: false,
      why: 'moved',
    });
  }));

test('a rule of the branch refuses in words', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    await world.as(
      'ada',
      'PUT',
      `/repos/${REPO}/branches/main/protection`,
      protection([{ context: 'corrigible/gate' }]),
    );
    const result = await world.forge.merge(permit, number, approvalOf(head), firstLine);
    expect(result).toMatchInlineSnapshot(`
      {
        "merged": false,
        "message": "Required status check "corrigible/gate" is expected.",
        "why": "refused",
      }
    `);
  }));

test('a base that moved meanwhile is to be tried again', () =>
  inWorld(async (world) => {
    const { number, head } = await propose(world);
    const message = 'Base branch was modified. Review and try the merge again.';
    world.local.fault({ path: /\/merge$/ }, { status: 405, body: { message } }, 1);
    expect(await world.forge.merge(permit, number, approvalOf(head), firstLine)).toEqual({
      merged: false,
      why: 'retry',
      message,
    });
    expect(await world.forge.merge(permit, number, approvalOf(head), firstLine)).toMatchObject({ merged: true });
  }));

test('a branch is deleted, and deleting it again is no failure', () =>
  inWorld(async (world) => {
    await world.branch(BRANCH, { 'a.txt': 'a' });
    await world.forge.deleteBranch(permit, BRANCH);
    await world.forge.deleteBranch(permit, BRANCH);
    const path = `/repos/${REPO}/git/ref/heads/${BRANCH}`;
    await expect(world.as('ada', 'GET', path)).rejects.toThrow('404');
  }));

test('a pull request that does not exist is refused, not weather', () =>
  inWorld(async ({ forge }) => {
    await expect(forge.pullRequest(4711)).rejects.toThrow(GithubRefused);
  }));

const noRules = { checks: [], upToDate: false, queue: false, approvals: 0, codeOwners: false, conversations: false };

test('required checks come from rulesets and from branch protection', () =>
  inWorld(async (world) => {
    expect(await world.forge.branchRules('main')).toEqual(noRules);
    const checks = [{ context: 'lint', app_id: -1 }, { context: 'build' }, { context: 'gate', app_id: 7 }];
    await world.as('ada', 'PUT', `/repos/${REPO}/branches/main/protection`, protection(checks));
    const required_status_checks = [{ context: 'corrigible/gate', integration_id: 7 }, { context: 'build' }];
    const rule = { type: 'required_status_checks', parameters: { required_status_checks } };
    const body = [{ type: 'deletion' }, { ...rule, ruleset_id: 1, ruleset_source: REPO }];
    world.local.fault({ path: /\/rules\/branches\// }, { status: 200, body }, 1);
    const found = await world.forge.branchRules('main');
    expect(found.upToDate).toBe(false);
    expect([...found.checks].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'build', app: null },
      { name: 'corrigible/gate', app: 7 },
      { name: 'gate', app: 7 },
      { name: 'lint', app: null },
    ]);
  }));

test('that branches have to be up to date is told by rulesets, by branch protection, and by the state of a pull request', () =>
  inWorld(async (world) => {
    const parameters = { strict_required_status_checks_policy: true, required_status_checks: [] };
    const body = [{ type: 'required_status_checks', parameters, ruleset_id: 1, ruleset_source: REPO }];
    world.local.fault({ path: /\/rules\/branches\// }, { status: 200, body }, 1);
    expect(await world.forge.branchRules('main')).toEqual({ ...noRules, upToDate: true });
    const strict = { ...protection([]), required_status_checks: { strict: true, contexts: [], checks: [] } };
    await world.as('ada', 'PUT', `/repos/${REPO}/branches/main/protection`, strict);
    expect(await world.forge.branchRules('main')).toEqual({ ...noRules, upToDate: true });
    const { number } = await propose(world);
    expect((await world.forge.pullRequest(number)).behind).toBe(false);
    const moved = await world.branch('moved', { 'b.txt': 'b' });
    await world.as('ada', 'PATCH', `/repos/${REPO}/git/refs/heads/main`, { sha: moved });
    expect((await world.forge.pullRequest(number)).behind).toBe(true);
  }));

test('invariant 12: required checks that cannot be read are not none', () =>
  inWorld(async (world) => {
    world.local.fault({ path: /\/rules\/branches\// }, { status: 403, body: { message: 'no' } }, 1);
    await expect(world.forge.branchRules('main')).rejects.toThrow(GithubRefused);
    await expect(world.forge.branchRules('no-such-branch')).rejects.toThrow(GithubRefused);
  }));

const protection = (checks: readonly object[]) => ({
  required_status_checks: { strict: false, contexts: [], checks },
  enforce_admins: true,
  required_pull_request_reviews: null,
  restrictions: null,
});
