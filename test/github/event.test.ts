import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventOf } from '../../src/adapters/github/event.ts';
import { type Example, examples, mutations } from './examples.ts';

const installation = { id: 5 };
const repository = { id: 1, full_name: 'o/r' };
const sender = { login: 'grace', type: 'User' };
const HEAD = 'a'.repeat(40);
const base = { installation, repository, sender };
const by = { login: 'grace', isPerson: true };

test('a label on an issue', () => {
  const payload = { ...base, action: 'labeled', issue: { number: 7 }, label: { name: 'fix-clear' } };
  expect(eventOf({ event: 'issues', payload })).toEqual({
    installation: 5,
    repo: 'o/r',
    repos: ['o/r'],
    repository: { id: 1, name: 'o/r', asOf: null },
    repositories: [{ id: 1, name: 'o/r', asOf: null }],
    about: { issue: 7 },
    by,
    what: 'label',
    action: 'labeled',
  });
});

test('a comment on a pull request is about the pull request', () => {
  const payload = { ...base, action: 'created', issue: { number: 8, pull_request: { url: 'x' } } };
  expect(eventOf({ event: 'issue_comment', payload })).toMatchObject({ what: 'comment', about: { pullRequest: 8 } });
});

test('a new comment by a person may ask to undo a fix, wherever it stands', () => {
  const asked = (change: object, event = 'issue_comment', comment: object = {}) =>
    eventOf({
      event,
      payload: {
        ...base,
        action: 'created',
        issue: { number: 7, pull_request: {} },
        comment: { id: 9, body: ' /undo It is wrong.', ...comment },
        ...change,
      },
    })?.undo;
  expect(asked({})).toEqual({ comment: 9, by: 'grace', on: 7 });
  expect(asked({ issue: { number: 8 } })).toEqual({ comment: 9, by: 'grace', on: 8 });
  expect(asked({ action: 'edited' })).toBeUndefined();
  expect(asked({ sender: { login: 'robot', type: 'Bot' } })).toBeUndefined();
  expect(asked({}, 'pull_request_review_comment')).toBeUndefined();
  for (const body of ['Do not /undo', '> /undo', '/undone', '/recheck', ''])
    expect(asked({}, undefined, { body })).toBeUndefined();
});

test('a push tells the branch, the head and who', () => {
  const payload = { ...base, ref: 'refs/heads/corrigible/7-1', after: HEAD, deleted: false, created: false };
  expect(eventOf({ event: 'push', payload })).toMatchObject({
    what: 'push',
    action: 'pushed',
    pushed: { branch: 'corrigible/7-1', head: HEAD, by: 'grace' },
  });
});

test('a deleted branch and a pushed tag are no push of a head', () => {
  const deleted = { ...base, ref: 'refs/heads/corrigible/7-1', after: '0'.repeat(40), deleted: true };
  const event = eventOf({ event: 'push', payload: deleted });
  expect(event).toMatchObject({ action: 'deleted', about: { branch: 'corrigible/7-1' } });
  expect(event).not.toHaveProperty('pushed');
  const tag = { ...base, ref: 'refs/tags/v1', after: HEAD };
  expect(eventOf({ event: 'push', payload: tag })).not.toHaveProperty('pushed');
});

const pull = (id: number) => ({
  number: 8,
  head: { sha: HEAD, ref: 'corrigible/7-1', label: 'mallory:corrigible/7-1', repo: { id } },
  base: { repo: { id: 1 } },
});

test('new commits of a pull request tell the same as a push, but not those of a fork', () => {
  const own = { ...base, action: 'synchronize', pull_request: pull(1) };
  expect(eventOf({ event: 'pull_request', payload: own })).toMatchObject({
    what: 'pull-request',
    about: { pullRequest: 8, branch: 'corrigible/7-1', sha: HEAD },
    pushed: { branch: 'corrigible/7-1', head: HEAD, by: 'grace' },
  });
  const fork = eventOf({ event: 'pull_request', payload: { ...own, pull_request: pull(2) } });
  expect(fork).toMatchObject({ about: { branch: 'mallory:corrigible/7-1' } });
  expect(fork).not.toHaveProperty('pushed');
});

test('a review and a check name what they are about', () => {
  const review = { ...base, action: 'submitted', pull_request: pull(1), review: {} };
  expect(eventOf({ event: 'pull_request_review', payload: review })).toMatchObject({
    what: 'review',
    about: { pullRequest: 8, sha: HEAD },
  });
  const check_run = { head_sha: HEAD, check_suite: { head_branch: 'corrigible/7-1' }, pull_requests: [{ number: 8 }] };
  expect(eventOf({ event: 'check_run', payload: { ...base, action: 'completed', check_run } })).toMatchObject({
    what: 'check',
    about: { pullRequest: 8, branch: 'corrigible/7-1', sha: HEAD },
  });
});

test('an installation names every repository', () => {
  const payload = {
    installation,
    sender,
    action: 'created',
    repositories: [{ full_name: 'o/r' }, { full_name: 'o/s' }],
  };
  expect(eventOf({ event: 'installation', payload })).toMatchObject({
    what: 'installation',
    action: 'created',
    repo: 'o/r',
    repos: ['o/r', 'o/s'],
  });
  const added = { installation, sender, action: 'added', repositories_added: [{ full_name: 'o/t' }] };
  expect(eventOf({ event: 'installation_repositories', payload: added })).toMatchObject({ repos: ['o/t'] });
});

test('repositories come with their ids, and the time that tells an old name from a new one', () => {
  const renamed = { id: 9, full_name: 'o/new', updated_at: '2026-01-01T00:00:00Z' };
  const payload = {
    ...base,
    repository: renamed,
    action: 'renamed',
    changes: { repository: { name: { from: 'old' } } },
  };
  expect(eventOf({ event: 'repository', payload })).toMatchObject({
    what: 'repository',
    action: 'renamed',
    repository: { id: 9, name: 'o/new', asOf: '2026-01-01T00:00:00Z' },
  });
  const repositories_removed = [{ id: 3, full_name: 'o/t' }, { full_name: 'o/nameless' }, { id: 4, full_name: '../x' }];
  const removed = { installation, sender, action: 'removed', repositories_removed };
  expect(eventOf({ event: 'installation_repositories', payload: removed })?.repositories).toEqual([
    { id: 3, name: 'o/t', asOf: null },
  ]);
});

test('an issue that goes elsewhere or is deleted is named with what happened', () => {
  for (const action of ['transferred', 'deleted'])
    expect(eventOf({ event: 'issues', payload: { ...base, action, issue: { number: 7 } } })).toMatchObject({
      what: 'issue',
      action,
      about: { issue: 7 },
    });
});

test('what is not an event of ours is other, or null without an installation', () => {
  expect(eventOf({ event: 'star', payload: { ...base, action: 'created' } })).toMatchObject({ what: 'other' });
  expect(eventOf({ event: 'constructor', payload: base })).toMatchObject({ what: 'other' });
  for (const payload of [null, undefined, 7, 'x', [], {}, { installation: { id: '5' } }, { installation: { id: -1 } }])
    expect(eventOf({ event: 'issues', payload })).toBeNull();
});

test('the stored bytes are read as well as an object', () => {
  const bytes = Buffer.from(JSON.stringify({ ...base, action: 'opened', issue: { number: 7 } }));
  expect(eventOf({ event: 'issues', payload: bytes })).toMatchObject({ what: 'issue', about: { issue: 7 } });
  expect(eventOf({ event: 'issues', payload: Buffer.from('{"half') })).toBeNull();
});

/** What an event may hold, whatever came in. */
function expectSound(event: ReturnType<typeof eventOf>): void {
  if (event === null) return;
  expect(event.installation).toSatisfy(Number.isSafeInteger);
  for (const repo of event.repos) expect(repo).toMatch(/^[\w.-]+\/[\w.-]+$/);
  for (const { id, name, asOf } of event.repositories) {
    expect(id).toBeGreaterThan(0);
    expect(event.repos).toContain(name);
    if (asOf !== null) expect(Date.parse(asOf)).not.toBeNaN();
  }
  for (const number of [event.about.issue, event.about.pullRequest])
    if (number !== undefined) expect(number).toBeGreaterThan(0);
  if (event.about.sha !== undefined) expect(event.about.sha).toMatch(/^[0-9a-f]{40,64}$/);
  if (event.pushed !== undefined) expect(event.pushed.head).toMatch(/^[0-9a-f]{40,64}$/);
}

const version = createRequire(import.meta.url)('@octokit/webhooks-examples/package.json').version;

test('each of GitHub’s examples is read, and what is like it never throws', () => {
  expect({ version, examples: examples.length }).toEqual({ version: '7.6.1', examples: 329 });
  for (const { event, payload } of examples) expectSound(eventOf({ event, payload: { installation, ...payload } }));
  for (const { event, payload } of mutations(20_260_101, 10)) expectSound(eventOf({ event, payload }));
});

test('examples of the events we use are about something', () => {
  const used = ['issues', 'issue_comment', 'pull_request', 'pull_request_review', 'push', 'check_run', 'status'];
  const silent = examples
    .filter(({ event, payload }: Example) => used.includes(event) && !String(payload['ref']).startsWith('refs/tags/'))
    .map(({ event, payload }) => ({ event, read: eventOf({ event, payload: { ...payload, installation } }) }))
    .filter(({ read }) => read?.repo == null || read.by === null || Object.keys(read.about).length === 0);
  expect(silent.map(({ event, read }) => ({ event, read }))).toEqual([]);
});

test('any JSON is read without a throw', () => {
  const names = fc.constantFrom('issues', 'push', 'pull_request', 'check_run', 'installation', '__proto__', 'star');
  const property = fc.property(names, fc.jsonValue(), (event, payload) => expectSound(eventOf({ event, payload })));
  fc.assert(property, { seed: 7, numRuns: 500 });
});
