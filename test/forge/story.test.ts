import { expect, test } from 'vitest';
import { inForge, openFix } from './forge-world.ts';

test('from an issue to a merged fix, over real git and real webhooks', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    const token = await world.appToken();
    await world.post(token, `${repo}/labels`, { name: 'rejection', color: 'd73a4a' });
    const issue = await world.post(tokens.rob, `${repo}/issues`, { title: 'Wrong reply', body: 'It greets twice.' });
    await world.post(tokens.tom, `${repo}/issues/${issue.body.number}/labels`, { labels: ['rejection'] });
    const comment = await world.post(token, `${repo}/issues/${issue.body.number}/comments`, { body: 'On it.' });
    expect(comment.body).toMatchObject({
      user: { login: 'gate[bot]', type: 'Bot' },
      performed_via_github_app: { id: 77 },
    });

    const fix = await openFix(world);
    const main = await world.clone(tokens.ann);
    await main.push('main', { 'other.txt': 'main moved on\n' });
    await world.post(token, `${repo}/check-runs`, { name: 'gate', head_sha: fix.head, conclusion: 'success' });
    await world.post(tokens.bob, `${repo}/pulls/${fix.number}/reviews`, { event: 'APPROVE' });
    const pull = await world.get(token, `${repo}/pulls/${fix.number}`);
    expect(pull.body).toMatchObject({
      mergeable: true,
      commits: 1,
      additions: 1,
      changed_files: 1,
      head: { sha: fix.head },
    });

    const merge = { sha: fix.head, merge_method: 'squash', commit_title: 'Fix it (#2)' };
    const merged = await world.put(token, `${repo}/pulls/${fix.number}/merge`, merge);
    expect(merged).toMatchObject({ status: 200, body: { merged: true } });
    await main.git('pull', '-q', '--ff-only', 'origin', 'main');
    expect(await main.git('rev-parse', 'HEAD')).toBe(merged.body.sha);
    expect((await main.git('ls-files')).split('\n')).toEqual(['README.md', 'fix.txt', 'other.txt']);
    expect(await main.git('log', '-1', '--format=%s %an')).toBe('Fix it (#2) gate[bot]');
    await world.remove(token, `${repo}/git/refs/heads/fix`);
    await world.patch(token, `${repo}/issues/1`, { state: 'closed', state_reason: 'completed' });

    expect(await world.events()).toMatchInlineSnapshot(`
      [
        "ping",
        "installation.created",
        "label.created",
        "issues.opened",
        "issues.labeled",
        "issue_comment.created",
        "create",
        "push",
        "pull_request.opened",
        "push",
        "check_run.created",
        "check_run.completed",
        "pull_request_review.submitted",
        "pull_request.closed",
        "push",
        "delete",
        "push",
        "issues.closed",
      ]
    `);
    expect(world.received.every(({ signed }) => signed)).toBe(true);
  }));

test('the list of events tells who labelled, when, and whether an app did', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    await world.post(tokens.rob, `${repo}/issues`, { title: 'Wrong' });
    await world.post(tokens.tom, `${repo}/issues/1/labels`, { labels: ['fix-clear'] });
    await world.remove(await world.appToken(), `${repo}/issues/1/labels/fix-clear`);
    const { body } = await world.get(tokens.rob, `${repo}/issues/1/events`);
    expect(body).toMatchObject([
      { event: 'labeled', actor: { login: 'tom' }, label: { name: 'fix-clear' }, performed_via_github_app: null },
      { event: 'unlabeled', actor: { login: 'gate[bot]' }, performed_via_github_app: { slug: 'gate' } },
    ]);
    expect(body[0].created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(body[1].id).toBeGreaterThan(body[0].id);
  }));

test("a reader's labels are dropped, those of an issue form are not", () =>
  inForge(async (world) => {
    const { repo, tokens, forge } = world;
    await world.post(tokens.ann, `${repo}/labels`, { name: 'rejection' });
    const byHand = await world.post(tokens.rob, `${repo}/issues`, { title: 'One', labels: ['rejection'] });
    expect(byHand.body.labels).toEqual([]);
    const form = { title: 'Two', body: '### Ticket', labels: ['rejection', 'no-such-label'] };
    const byForm = await forge.createIssueFromForm(tokens.rob, 'ann/demo', form);
    expect(byForm.body.labels).toMatchObject([{ name: 'rejection' }]);
    const { body: events } = await world.get(tokens.rob, `${repo}/issues/${byForm.body.number}/events`);
    expect(events).toMatchObject([{ event: 'labeled', actor: { login: 'rob' } }]);
  }));

test('comments, reactions, labels, assignees and edits are told with what was before', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    await world.post(tokens.rob, `${repo}/issues`, { title: 'Old', body: 'old' });
    await world.patch(tokens.rob, `${repo}/issues/1`, { title: 'New', body: 'new' });
    const comment = await world.post(tokens.rob, `${repo}/issues/1/comments`, { body: 'first' });
    const at = `${repo}/issues/comments/${comment.body.id}`;
    await world.patch(tokens.rob, at, { body: 'second' });
    const rocket = await world.post(tokens.bob, `${at}/reactions`, { content: 'rocket' });
    expect((await world.post(tokens.bob, `${at}/reactions`, { content: 'rocket' })).status).toBe(200);
    expect((await world.get(tokens.rob, at)).body.reactions).toMatchObject({ rocket: 1, total_count: 1 });
    await world.remove(tokens.bob, `${at}/reactions/${rocket.body.id}`);
    await world.put(tokens.tom, `${repo}/issues/1/labels`, { labels: ['a', 'b'] });
    await world.put(tokens.tom, `${repo}/issues/1/labels`, { labels: ['b'] });
    await world.post(tokens.tom, `${repo}/issues/1/assignees`, { assignees: ['bob', 'rob'] });
    await world.remove(tokens.rob, at);
    const issue = await world.get(tokens.rob, `${repo}/issues/1`);
    expect(issue.body).toMatchObject({ labels: [{ name: 'b' }], assignees: [{ login: 'bob' }], comments: 0 });
    await world.events();
    const changes = world.received.flatMap(({ payload }) => (payload['changes'] ? [payload['changes']] : []));
    expect(changes).toEqual([{ title: { from: 'Old' }, body: { from: 'old' } }, { body: { from: 'first' } }]);
  }));

test('the limits on sizes are those of GitHub, in its words', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    const post = (body: string) => world.post(tokens.rob, `${repo}/issues`, { title: 'x', body });
    expect((await post('x'.repeat(65_536))).status).toBe(201);
    const { status, body } = await post('x'.repeat(65_537));
    expect(status).toBe(422);
    expect(body.errors[0].message).toBe('body is too long (maximum is 65536 characters)');
    const long = await world.post(tokens.rob, `${repo}/issues/1/comments`, { body: 'é'.repeat(65_537) });
    expect(long.status).toBe(422);
    const title = await world.post(tokens.rob, `${repo}/issues`, { title: 'x'.repeat(257) });
    expect(title.body.errors[0].message).toBe('title is too long (maximum is 256 characters)');
  }));

test('what is made can be changed and taken away again', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    const { token, number, head } = await openFix(world);
    await world.post(tokens.bob, `${repo}/labels`, { name: 'old', color: 'aabbcc', description: 'An old one' });
    await world.post(tokens.bob, `${repo}/issues/${number}/labels`, { labels: [{ name: 'old' }] });
    expect((await world.post(tokens.bob, `${repo}/labels`, { name: 'OLD' })).status).toBe(422);
    await world.patch(tokens.bob, `${repo}/labels/old`, { new_name: 'new', color: '000000' });
    expect((await world.get(token, `${repo}/pulls/${number}`)).body.labels).toMatchObject([{ name: 'new' }]);
    expect((await world.remove(tokens.bob, `${repo}/labels/new`)).status).toBe(204);
    expect((await world.get(token, `${repo}/issues/${number}/labels`)).body).toEqual([]);

    await world.post(tokens.bob, `${repo}/issues/${number}/assignees`, { assignees: ['bob'] });
    await world.remove(tokens.bob, `${repo}/issues/${number}/assignees`, { assignees: ['bob'] });
    await world.post(token, `${repo}/pulls/${number}/requested_reviewers`, { reviewers: ['bob'] });
    await world.remove(token, `${repo}/pulls/${number}/requested_reviewers`, { reviewers: ['bob'] });
    const eyes = await world.post(tokens.rob, `${repo}/issues/${number}/reactions`, { content: 'eyes' });
    const notHis = `${repo}/issues/${number}/reactions/${eyes.body.id}`;
    expect((await world.remove(tokens.bob, notHis)).status).toBe(404);
    expect((await world.remove(tokens.rob, notHis)).status).toBe(204);
    const { body: pull } = await world.get(token, `${repo}/pulls/${number}`);
    expect(pull).toMatchObject({ assignees: [], requested_reviewers: [] });

    const { body: file } = await world.get(token, `${repo}/contents/fix.txt?ref=fix`);
    const gone = { message: 'Remove it', sha: file.sha, branch: 'fix' };
    expect((await world.remove(token, `${repo}/contents/fix.txt`, gone)).status).toBe(200);
    expect((await world.get(token, `${repo}/contents/fix.txt?ref=fix`)).status).toBe(404);
    expect((await world.get(token, `${repo}/pulls/${number}`)).body.head.sha).not.toBe(head);
    await world.patch(token, `${repo}/issues/${number}`, { state: 'closed' });
    expect((await world.get(token, `${repo}/pulls/${number}`)).body).toMatchObject({ state: 'closed', merged: false });

    const conditions = { ref_name: { include: ['refs/heads/rel*'], exclude: [] } };
    const ruleset = { name: 'releases', enforcement: 'active', conditions, rules: [{ type: 'deletion' }] };
    const { body: rules } = await world.post(tokens.ann, `${repo}/rulesets`, ruleset);
    expect((await world.get(token, `${repo}/rules/branches/main`)).body).toEqual([]);
    expect((await world.get(token, `${repo}/rules/branches/release-1`)).body).toHaveLength(1);
    expect((await world.get(token, `${repo}/rulesets`)).body).toMatchObject([{ id: rules.id, name: 'releases' }]);
    expect((await world.remove(tokens.ann, `${repo}/rulesets/${rules.id}`)).status).toBe(204);
  }));
