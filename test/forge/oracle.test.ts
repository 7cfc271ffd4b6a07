import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import examples from '@octokit/webhooks-examples';
import { expect, test } from 'vitest';
import { openOracle } from '../../src/forge/oracle/check.ts';
import slices from '../../src/forge/oracle/slices.json' with { type: 'json' };

const root = path.resolve(import.meta.dirname, '../..');
const oracle = openOracle();
const sha = '0'.repeat(40);

const problemsOf = (method: string, target: string, body?: unknown) =>
  oracle.request(method, new URL(target, 'http://forge'), body).problems;

test('the slices are the bytes that the script wrote', async () => {
  for (const { file, sha256 } of slices) {
    const text = await readFile(path.join(root, file));
    expect(createHash('sha256').update(text).digest('hex'), file).toBe(sha256);
  }
});

const check = (more: object) => ({ name: 'gate', head_sha: sha, ...more });
const output = (more: object) => ({ title: 't', summary: 's', ...more });
const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' };

test.each<[string, string, string, unknown, string]>([
  ['a missing property', 'POST', '/repos/a/b/issues', { body: 'x' }, "must have required property 'title'"],
  ['a property of the wrong type', 'POST', '/repos/a/b/issues', { title: {} }, 'must be'],
  ['an unknown property', 'POST', '/repos/a/b/issues', { title: 'x', labells: [] }, 'unknown body property labells'],
  [
    'an unknown property deep inside',
    'POST',
    '/repos/a/b/check-runs',
    check({ output: output({ titel: 'x' }) }),
    'unknown body property output.titel',
  ],
  ['an unknown query', 'GET', '/repos/a/b/issues?lables=x', undefined, 'unknown query parameter lables'],
  ['a wrong word in the query', 'GET', '/repos/a/b/issues?state=opened', undefined, 'query parameter state'],
  ['a wrong word in the body', 'PUT', '/repos/a/b/pulls/1/merge', { merge_method: 'sqash' }, 'merge_method'],
  ['a number that is none', 'GET', '/repos/a/b/issues/one', undefined, 'path parameter issue_number'],
  [
    'a summary that is too long',
    'POST',
    '/repos/a/b/check-runs',
    check({ output: output({ summary: 'x'.repeat(65_536) }) }),
    'summary must NOT have more than 65535 characters',
  ],
  [
    'too many annotations',
    'POST',
    '/repos/a/b/check-runs',
    check({ output: output({ annotations: Array(51).fill(annotation) }) }),
    'must NOT have more than 50 items',
  ],
  [
    'completed without a conclusion',
    'POST',
    '/repos/a/b/check-runs',
    check({ status: 'completed' }),
    'needs a conclusion',
  ],
  [
    'a conclusion before the end',
    'PATCH',
    '/repos/a/b/check-runs/1',
    { status: 'in_progress', conclusion: 'success' },
    'goes with status completed',
  ],
  ['a body where none is described', 'POST', '/repos/a/b/check-runs/1/rerequest', { why: 'so' }, 'none is described'],
  ['an operation that GitHub has not', 'POST', '/repos/a/b/issues/1/approve', {}, 'no such operation'],
])('a request is refused for %s', (_, method, target, body, problem) => {
  expect(problemsOf(method, target, body).join('; ')).toContain(problem);
});

test.each<[string, string, unknown]>([
  ['POST', '/repos/a/b/issues', { title: 'x', body: 'y', labels: ['one', { name: 'two' }] }],
  [
    'POST',
    '/repos/a/b/check-runs',
    check({ conclusion: 'success', output: output({ annotations: Array(50).fill(annotation) }) }),
  ],
  ['GET', '/repos/a/b/contents/a%20b/c/d.ts?ref=x/y', undefined],
  ['GET', '/repos/a/b/git/ref/heads/fix/12', undefined],
  ['GET', '/repos/a/b/compare/main...fix/12', undefined],
  ['PUT', '/repos/a/b/pulls/1/merge', undefined],
])('a good request passes: %s %s', (method, target, body) => {
  expect(problemsOf(method, target, body)).toEqual([]);
});

test('an answer of the wrong shape is seen', () => {
  const issue = oracle.request('GET', new URL('http://forge/repos/a/b/issues/1'), undefined);
  const answer = oracle.response(issue.route!, 200, { title: 7 });
  expect(answer.problems.join()).toContain('/title must be string');
  expect(oracle.response(issue.route!, 299, {}).problems).toEqual(['status 299 is not described']);
  expect(oracle.webhook('issues-opened', { action: 'closed' }).problems.join()).toContain('/action');
  expect(oracle.webhook('issues-exploded', {}).problems.join()).toContain('no such webhook');
});

test("GitHub's own examples fit GitHub's own description, but for a known list", async () => {
  const file = path.join(import.meta.dirname, 'github-examples.slice.json');
  const own: Record<string, unknown> = JSON.parse(await readFile(file, 'utf8'));
  const failing = Object.entries(own).flatMap(([name, example]) => {
    const [operation, status] = name.split(' ') as [string, string];
    return oracle.validateResponse(operation, Number(status), example)?.length ? [name] : [];
  });
  expect(Object.keys(own)).toHaveLength(115);
  expect(failing).toHaveLength(20);
  expect(failing).toMatchInlineSnapshot(`
    [
      "apps/list-installations 200 default",
      "apps/redeliver-webhook-delivery 202 default",
      "checks/rerequest-run 201 default",
      "issues/get 200 default",
      "issues/get 200 pinned_comment",
      "pulls/create 201 default",
      "pulls/get 200 default",
      "pulls/list 200 default",
      "pulls/list-requested-reviewers 200 default",
      "pulls/remove-requested-reviewers 200 default",
      "pulls/request-reviewers 201 default",
      "pulls/update 200 default",
      "repos/get 200 default-response",
      "repos/get-branch-protection 200 default",
      "repos/get-collaborator-permission-level 200 response-if-user-has-admin-permissions",
      "repos/get-commit 200 default",
      "repos/get-repo-rulesets 200 default",
      "repos/list-branches 200 default",
      "repos/list-pull-requests-associated-with-commit 200 default",
      "repos/update 200 default",
    ]
  `);
});

test('the published webhook examples are older than the description: how many still fit is known', () => {
  const tally: Record<string, string> = {};
  for (const { name, examples: payloads } of examples as unknown as {
    name: string;
    examples: { action?: string }[];
  }[]) {
    const verdicts = payloads.flatMap((payload) => {
      const hook = [name, ...(payload.action ? [payload.action] : [])].join('-').replaceAll('_', '-');
      const problems = oracle.validateWebhook(hook, payload);
      return problems ? [problems.length === 0] : [];
    });
    if (verdicts.length > 0) tally[name] = `${verdicts.filter(Boolean).length} of ${verdicts.length}`;
  }
  expect(tally).toMatchInlineSnapshot(`
    {
      "check_run": "6 of 8",
      "check_suite": "7 of 7",
      "create": "5 of 5",
      "delete": "4 of 4",
      "installation": "2 of 6",
      "installation_repositories": "0 of 3",
      "issue_comment": "8 of 9",
      "issues": "21 of 23",
      "label": "4 of 6",
      "merge_group": "0 of 2",
      "ping": "4 of 4",
      "pull_request": "7 of 23",
      "pull_request_review": "0 of 4",
      "pull_request_review_comment": "0 of 3",
      "push": "0 of 7",
      "repository": "4 of 4",
      "status": "0 of 4",
    }
  `);
});
