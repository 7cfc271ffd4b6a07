import { expect, test } from 'vitest';
import { type ForgeWorld, inForge, openFix } from './forge-world.ts';

const merge = (world: ForgeWorld, token: string, number: number, more: object = {}) =>
  world.put(token, `${world.repo}/pulls/${number}/merge`, more);

test('a merge with a sha that is no longer the head is refused', () =>
  inForge(async (world) => {
    const { token, number, head, checkout } = await openFix(world);
    const next = await checkout.push('fix', { 'more.txt': 'more\n' });
    const stale = await merge(world, token, number, { sha: head });
    expect(stale.status).toBe(409);
    expect(stale.body.message).toBe('Head branch was modified. Review and try the merge again.');
    expect((await merge(world, token, number, { sha: next })).status).toBe(200);
    expect((await merge(world, token, number, { sha: next })).status).toBe(405);
    const synchronize = world.received.find(({ action }) => action === 'synchronize');
    expect(synchronize?.payload).toMatchObject({ before: head, after: next, pull_request: { head: { sha: next } } });
  }));

test('a conflict is told and not merged, and the branch can be brought up to date where there is none', () =>
  inForge(async (world) => {
    const { token, number, head } = await openFix(world);
    const main = await world.clone(world.tokens.ann);
    await main.push('main', { 'other.txt': 'other\n' });
    const expected = { expected_head_sha: head };
    const update = await world.put(token, `${world.repo}/pulls/${number}/update-branch`, expected);
    expect(update.status).toBe(202);
    expect((await world.put(token, `${world.repo}/pulls/${number}/update-branch`, expected)).status).toBe(422);
    const { body: updated } = await world.get(token, `${world.repo}/pulls/${number}`);
    expect(updated).toMatchObject({ commits: 2, changed_files: 1, mergeable: true });

    await main.push('main', { 'fix.txt': 'another fix\n' });
    const { body: pull } = await world.get(token, `${world.repo}/pulls/${number}`);
    expect(pull).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    const refused = await merge(world, token, number);
    expect(refused).toMatchObject({ status: 405, body: { message: 'Pull Request is not mergeable' } });
    expect((await world.put(token, `${world.repo}/pulls/${number}/update-branch`, {})).status).toBe(422);
  }));

test('of two merges at once, exactly one replaces the tip of the base', () =>
  inForge(async (world) => {
    const { token, number } = await openFix(world);
    const answers = await Promise.all([merge(world, token, number), merge(world, token, number)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 405]);
    const { body: commits } = await world.get(token, `${world.repo}/commits`);
    expect(commits[0].parents).toHaveLength(2);
  }));

test('neither the author nor the app itself can approve', () =>
  inForge(async (world) => {
    const { token, number } = await openFix(world);
    const own = await world.post(token, `${world.repo}/pulls/${number}/reviews`, { event: 'APPROVE' });
    expect(own).toMatchObject({ status: 422, body: { errors: ['Can not approve your own pull request'] } });
    const bob = await world.clone(world.tokens.bob);
    await bob.push('bobs', { 'bob.txt': 'bob\n' });
    const his = await world.post(world.tokens.bob, `${world.repo}/pulls`, { title: 'His', head: 'bobs', base: 'main' });
    const approve = `${world.repo}/pulls/${his.body.number}/reviews`;
    expect((await world.post(world.tokens.bob, approve, { event: 'APPROVE' })).status).toBe(422);
    expect((await world.post(world.tokens.ann, approve, { event: 'APPROVE' })).status).toBe(200);
  }));

const protection = (more: object = {}) => ({
  required_status_checks: { strict: false, contexts: [], checks: [{ context: 'gate', app_id: 77 }] },
  enforce_admins: true,
  required_pull_request_reviews: { required_approving_review_count: 1, dismiss_stale_reviews: true },
  restrictions: null,
  ...more,
});

test('a protected branch asks for its checks from their app and for an approval, and loses it with a push', () =>
  inForge(async (world) => {
    const { repo, tokens, forge } = world;
    await world.put(tokens.ann, `${repo}/branches/main/protection`, protection());
    const { body: branch } = await world.get(tokens.bob, `${repo}/branches/main`);
    expect(branch).toMatchObject({ protected: true, protection: { required_status_checks: { contexts: ['gate'] } } });
    const { token, number, head, checkout } = await openFix(world);
    const refusal = async () => (await merge(world, token, number)).body.message as string;

    forge.addForeignCheck('ann/demo', {
      app: { id: 9, slug: 'ci' },
      name: 'gate',
      headSha: head,
      conclusion: 'success',
    });
    expect(await refusal()).toContain('Required status check "gate" is expected.');
    await world.post(token, `${repo}/check-runs`, { name: 'gate', head_sha: head, conclusion: 'failure' });
    expect(await refusal()).toContain('Required status check "gate" is failing.');
    await world.post(token, `${repo}/check-runs`, { name: 'gate', head_sha: head, conclusion: 'success' });
    expect(await refusal()).toBe('At least 1 approving review is required by reviewers with write access.');
    await world.post(tokens.tom, `${repo}/pulls/${number}/reviews`, { event: 'APPROVE' });
    expect(await refusal()).toContain('approving review is required');
    await world.post(tokens.bob, `${repo}/pulls/${number}/reviews`, { event: 'APPROVE' });
    expect((await world.get(token, `${repo}/pulls/${number}`)).body.mergeable_state).toBe('clean');

    const next = await checkout.push('fix', { 'late.txt': 'late\n' });
    await world.post(token, `${repo}/check-runs`, { name: 'gate', head_sha: next, conclusion: 'success' });
    const { body: reviews } = await world.get(token, `${repo}/pulls/${number}/reviews`);
    expect(reviews.map((review: { state: string }) => review.state)).toEqual(['DISMISSED', 'DISMISSED']);
    expect(await refusal()).toContain('approving review is required');
    await world.post(tokens.bob, `${repo}/pulls/${number}/reviews`, { event: 'APPROVE' });
    expect((await merge(world, token, number)).status).toBe(200);
    expect(await world.events()).toContain('pull_request_review.dismissed');
  }));

test('a rebase copies each commit with its author and message onto a base that moved, and knows a conflict', () =>
  inForge(async (world) => {
    const { token, number, checkout } = await openFix(world);
    await checkout.push('fix', { 'more.txt': 'more\n' });
    await (await world.clone(world.tokens.ann)).push('main', { 'other.txt': 'other\n' });
    expect((await merge(world, token, number, { merge_method: 'rebase', commit_title: 'Not heard' })).status).toBe(200);
    const { body: commits } = await world.get(token, `${world.repo}/commits`);
    const lines = commits.map(({ commit }: { commit: { message: string; author: { name: string } } }) => commit);
    expect(lines.slice(0, 3).map(({ message }: { message: string }) => message)).toEqual([
      'Change more.txt',
      'Change fix.txt',
      'Change other.txt',
    ]);
    expect(lines[0]).toMatchObject({ author: { name: 'Someone' }, committer: { name: 'Forge' } });
    const main = await world.clone(token);
    expect((await main.git('ls-files')).split('\n')).toEqual(['README.md', 'fix.txt', 'more.txt', 'other.txt']);
  }));

test('code owners have to approve what is theirs, and conversations to be resolved, in GitHub’s words', () =>
  inForge(async (world) => {
    const { repo, tokens, forge } = world;
    forge.acts.addTeam('ann/demo', 'owners', ['bob']);
    forge.acts.addTeam('ann/demo', 'readers', ['rob']);
    const lines = ['*.txt @ann', '/fix.txt @rob @tom @ann/readers @ann/owners # theirs', 'docs/ @ann'];
    const main = await world.clone(tokens.ann);
    await main.push('main', { '.github/CODEOWNERS': lines.join('\n'), CODEOWNERS: '* @ann' });
    const { token, number } = await openFix(world);
    const review = { required_approving_review_count: 1, require_code_owner_reviews: true };
    const rules = { required_status_checks: null, required_pull_request_reviews: review };
    const resolved = { required_conversation_resolution: true };
    await world.put(tokens.ann, `${repo}/branches/main/protection`, protection({ ...rules, ...resolved }));
    const refusal = async () => (await merge(world, token, number)).body.message as string;

    await world.post(tokens.ann, `${repo}/pulls/${number}/reviews`, { event: 'APPROVE' });
    expect(await refusal()).toBe('Waiting on code owner review from ann/owners.');
    const comments = [{ path: 'fix.txt', line: 1, side: 'RIGHT', body: 'Why?' }];
    await world.post(tokens.bob, `${repo}/pulls/${number}/reviews`, { event: 'APPROVE', comments });
    expect(await refusal()).toBe('A conversation must be resolved before this pull request can be merged.');
    await world.put(tokens.ann, `${repo}/branches/main/protection`, protection(rules));
    expect((await merge(world, token, number)).status).toBe(200);
  }));

test('a branch that must be up to date, and a ruleset, hold a merge back', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    const { token, number, head } = await openFix(world);
    const strict = { required_status_checks: { strict: true, contexts: [] }, required_pull_request_reviews: null };
    await world.put(tokens.ann, `${repo}/branches/main/protection`, protection(strict));
    await (await world.clone(tokens.ann)).push('main', { 'other.txt': 'other\n' });
    expect((await world.get(token, `${repo}/pulls/${number}`)).body.mergeable_state).toBe('behind');
    expect((await merge(world, token, number)).status).toBe(405);
    await world.remove(tokens.ann, `${repo}/branches/main/protection`);

    const rule = {
      type: 'required_status_checks',
      parameters: { strict_required_status_checks_policy: false, required_status_checks: [{ context: 'ci/build' }] },
    };
    const conditions = { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } };
    await world.post(tokens.ann, `${repo}/rulesets`, {
      name: 'main',
      enforcement: 'active',
      conditions,
      rules: [rule],
    });
    expect((await world.get(token, `${repo}/rules/branches/main`)).body).toMatchObject([{ type: rule.type }]);
    const { body: refused } = await merge(world, token, number);
    expect(refused.message).toContain('Required status check "ci/build" is expected.');
    await world.post(tokens.bob, `${repo}/statuses/${head}`, { state: 'success', context: 'ci/build' });
    expect((await world.get(token, `${repo}/commits/${head}/status`)).body.state).toBe('success');
    expect((await merge(world, token, number, { sha: head })).status).toBe(200);
  }));

test('a pull request closes with its branch, and says why it cannot come to be', () =>
  inForge(async (world) => {
    const { repo } = world;
    const { token, number, checkout } = await openFix(world);
    const again = await world.post(token, `${repo}/pulls`, { title: 'Again', head: 'fix', base: 'main' });
    expect(again.body.errors[0].message).toBe('A pull request already exists for ann:fix.');
    const none = await world.post(token, `${repo}/pulls`, { title: 'None', head: 'main', base: 'main' });
    expect(none.body.errors[0].message).toBe('No commits between main and main');
    await checkout.git('push', '-q', 'origin', ':fix');
    expect((await world.get(token, `${repo}/pulls/${number}`)).body).toMatchObject({ state: 'closed', merged: false });
    await checkout.git('push', '-q', 'origin', 'fix');
    const reopened = await world.patch(token, `${repo}/pulls/${number}`, { state: 'open' });
    expect(reopened.body.state).toBe('open');
    await checkout.git('push', '-q', 'origin', 'fix:main').catch(() => undefined);
    await world.events();
    const { body: pull } = await world.get(token, `${repo}/pulls/${number}`);
    expect(pull).toMatchObject({ state: 'closed', merged: true });
  }));

test('reviews carry comments on lines, answers to them, and requests for reviewers', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    const { token, number, head } = await openFix(world);
    const at = `${repo}/pulls/${number}`;
    await world.post(token, `${at}/requested_reviewers`, { reviewers: ['bob'] });
    expect((await world.get(token, `${at}/requested_reviewers`)).body.users).toMatchObject([{ login: 'bob' }]);
    const comments = [{ path: 'fix.txt', line: 1, side: 'RIGHT', body: 'Why?' }];
    const review = await world.post(tokens.bob, `${at}/reviews`, {
      event: 'REQUEST_CHANGES',
      body: 'See below',
      comments,
    });
    expect(review.body).toMatchObject({ state: 'CHANGES_REQUESTED', commit_id: head });
    const { body: first } = await world.get(token, `${at}/comments`);
    await world.post(token, `${at}/comments/${first[0].id}/replies`, { body: 'Because.' });
    const { body: thread } = await world.get(token, `${at}/comments`);
    expect(thread).toMatchObject([
      { body: 'Why?', line: 1 },
      { body: 'Because.', in_reply_to_id: first[0].id },
    ]);
    expect((await world.get(token, `${at}/requested_reviewers`)).body.users).toEqual([]);
    const dismissed = await world.put(tokens.ann, `${at}/reviews/${review.body.id}/dismissals`, { message: 'Settled' });
    expect(dismissed.body.state).toBe('DISMISSED');
    expect((await world.get(token, `${at}/reviews`)).body).toHaveLength(2);
  }));
