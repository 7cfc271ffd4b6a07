import { Octokit } from '@octokit/rest';
import { ProbotOctokit } from 'probot';
import { expect, test } from 'vitest';
import { inForge, openFix } from './forge-world.ts';

test("GitHub's own client speaks to it: branches with slashes, pages, raw files, diffs, a merge", () =>
  inForge(async (world) => {
    const { forge, tokens } = world;
    const octokit = new Octokit({ auth: tokens.bob, baseUrl: `${forge.url}/api/v3` });
    const here = { owner: 'ann', repo: 'demo' };
    await (await world.clone(tokens.bob)).push('fix/one', { 'docs/a b.md': 'hello\n' });
    for (let i = 0; i < 5; i++) await octokit.rest.issues.create({ ...here, title: `Issue ${i}` });
    const issues = await octokit.paginate(octokit.rest.issues.listForRepo, { ...here, per_page: 2 });
    expect(issues.map(({ title }) => title)).toEqual(['Issue 4', 'Issue 3', 'Issue 2', 'Issue 1', 'Issue 0']);
    const ref = await octokit.rest.git.getRef({ ...here, ref: 'heads/fix/one' });
    const branch = await octokit.rest.repos.getBranch({ ...here, branch: 'fix/one' });
    expect(branch.data.commit.sha).toBe(ref.data.object.sha);
    const raw = { mediaType: { format: 'raw' } };
    const file = await octokit.rest.repos.getContent({ ...here, path: 'docs/a b.md', ref: 'fix/one', ...raw });
    expect(file.data).toBe('hello\n');
    const root = await octokit.rest.repos.getContent({ ...here, path: '' });
    expect(root.data).toMatchObject([{ name: 'README.md', type: 'file' }]);
    const compared = await octokit.rest.repos.compareCommitsWithBasehead({ ...here, basehead: 'main...fix/one' });
    expect(compared.data).toMatchObject({
      ahead_by: 1,
      files: [{ filename: 'docs/a b.md', patch: '@@ -0,0 +1 @@\n+hello' }],
    });
    const pull = await octokit.rest.pulls.create({ ...here, title: 'Docs', head: 'fix/one', base: 'main' });
    const diff = await octokit.rest.pulls.get({
      ...here,
      pull_number: pull.data.number,
      mediaType: { format: 'diff' },
    });
    expect(String(diff.data)).toContain('+hello');
    const merged = await octokit.rest.pulls.merge({ ...here, pull_number: pull.data.number, sha: pull.data.head.sha });
    expect(merged.data.merged).toBe(true);
  }));

test("Probot's client signs in as the app and as its installation", () =>
  inForge(async (world) => {
    const { forge } = world;
    const { number } = await openFix(world);
    const Client = ProbotOctokit.defaults((options: object) => ({
      ...options,
      throttle: { enabled: false },
      retry: { enabled: false },
    }));
    const app = new Client({ baseUrl: forge.url, auth: { appId: forge.app.id, privateKey: forge.app.privateKey } });
    const { data: installation } = await app.rest.apps.getRepoInstallation({ owner: 'ann', repo: 'demo' });
    const auth = { appId: forge.app.id, privateKey: forge.app.privateKey, installationId: installation.id };
    const installed = new Client({ baseUrl: forge.url, auth });
    const pull = await installed.rest.pulls.get({ owner: 'ann', repo: 'demo', pull_number: number });
    expect(pull.data.user.login).toBe('gate[bot]');
  }));

test('a fault can meet git as well as the API', () =>
  inForge(async (world) => {
    const checkout = await world.clone(world.tokens.bob);
    world.forge.fault({ method: 'POST', path: /git-receive-pack/ }, { status: 503 });
    await expect(checkout.push('x', { 'x.txt': 'x' })).rejects.toThrow('503');
    await checkout.git('push', '-q', 'origin', 'HEAD:refs/heads/x');
    expect((await world.get(null, `${world.repo}/branches/x`)).status).toBe(200);

    // Moved all the same, and only the answer is lost.
    world.forge.fault({ method: 'POST', path: /git-receive-pack/ }, { status: 0, afterwards: true });
    await expect(checkout.git('push', '-q', 'origin', 'HEAD:refs/heads/y')).rejects.toThrow();
    expect((await world.get(null, `${world.repo}/branches/y`)).status).toBe(200);
  }));
