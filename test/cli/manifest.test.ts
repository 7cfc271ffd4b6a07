import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { githubApp } from '../../src/adapters/github/app.ts';
import type { DocumentName } from '../../src/adapters/github/documents.ts';
import { eventOf } from '../../src/adapters/github/event.ts';
import { WEBHOOK_PATH } from '../../src/adapters/github/intake.ts';
import { type Approval, approveHead } from '../../src/domain/approval.ts';
import { personOf } from '../../src/domain/person.ts';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { type Forge as LocalForge, startForge } from '../../src/forge/forge.ts';
import type { Forge } from '../../src/ports.ts';
import { examples } from '../github/examples.ts';
import { permit } from '../support/permit.ts';
import { silent } from '../support/silent-log.ts';

const Level = z.enum(['read', 'write']);
const Manifest = z.strictObject({
  name: z.string(),
  description: z.string(),
  url: z.url(),
  hook_attributes: z.strictObject({ url: z.url(), active: z.literal(true) }),
  public: z.literal(false),
  default_permissions: z.record(z.string(), Level),
  default_events: z.array(z.string()),
});
const text = await readFile(resolve('app.yml'), 'utf8');
const manifest = Manifest.parse(parse(text));
const REPO = 'ada/shop';
const ADAPTER = resolve('src/adapters/github');

/** What GitHub asks for each operation that the adapter uses; null for what every app may do as itself. */
const needs: Readonly<Record<string, readonly [string, z.infer<typeof Level>] | null>> = {
  'apps.createInstallationAccessToken': null,
  'apps.getAuthenticated': null,
  'apps.listInstallations': null,
  'apps.listReposAccessibleToInstallation': null,
  'apps.listWebhookDeliveries': null,
  'POST /app/hook/deliveries/{delivery_id}/attempts': null,
  'checks.create': ['checks', 'write'],
  'checks.listForRef': ['checks', 'read'],
  'checks.update': ['checks', 'write'],
  'git.deleteRef': ['contents', 'write'],
  'issues.create': ['issues', 'write'],
  'issues.createComment': ['issues', 'write'],
  'issues.createLabel': ['issues', 'write'],
  'issues.deleteComment': ['issues', 'write'],
  'issues.get': ['issues', 'read'],
  'issues.getComment': ['issues', 'read'],
  'issues.listCommentsForRepo': ['issues', 'read'],
  'issues.listForRepo': ['issues', 'read'],
  'issues.listComments': ['issues', 'read'],
  'issues.listEvents': ['issues', 'read'],
  'issues.listLabelsForRepo': ['issues', 'read'],
  'issues.update': ['issues', 'write'],
  'issues.updateComment': ['issues', 'write'],
  'pulls.create': ['pull_requests', 'write'],
  'pulls.createReplyForReviewComment': ['pull_requests', 'write'],
  'pulls.get': ['pull_requests', 'read'],
  'pulls.list': ['pull_requests', 'read'],
  'pulls.listReviewComments': ['pull_requests', 'read'],
  'pulls.listReviews': ['pull_requests', 'read'],
  'pulls.merge': ['contents', 'write'],
  'pulls.requestReviewers': ['pull_requests', 'write'],
  'repos.get': ['metadata', 'read'],
  'repos.getBranch': ['contents', 'read'],
  'repos.getBranchRules': ['metadata', 'read'],
  'repos.getCollaboratorPermissionLevel': ['metadata', 'read'],
  'repos.getCombinedStatusForRef': ['statuses', 'read'],
  'repos.listCommits': ['contents', 'read'],
  'repos.listCollaborators': ['metadata', 'read'],
};

type Need = readonly [string, z.infer<typeof Level>];

/** The same for what goes over GraphQL; its documentation names no permissions, so this is what was enough. */
const graphNeeds: Readonly<Record<DocumentName, readonly Need[]>> = {
  reviewThreads: [['pull_requests', 'read']],
  resolveReviewThread: [
    ['pull_requests', 'write'],
    ['contents', 'write'],
  ],
  commentEdit: [['issues', 'read']],
  mergeQueueEntry: [['merge_queues', 'read']],
  dequeuePullRequest: [
    ['merge_queues', 'write'],
    ['pull_requests', 'write'],
    ['contents', 'write'],
  ],
  enqueuePullRequest: [
    ['merge_queues', 'write'],
    ['pull_requests', 'write'],
    ['contents', 'write'],
  ],
};

async function operationsUsed(): Promise<readonly string[]> {
  const files = (await readdir(ADAPTER)).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(ADAPTER, name), 'utf8')));
  const found = texts.flatMap((source) => [
    ...[...source.matchAll(/\.rest\.(\w+\.\w+)/g)].map(([, name]) => name ?? ''),
    ...[...source.matchAll(/\.request\('([A-Z]+ [^']+)'/g)].map(([, route]) => route ?? ''),
  ]);
  return [...new Set(found)].sort();
}

test('the permissions are those of the operations that the code uses, no more and no less', async () => {
  expect(await operationsUsed()).toEqual(Object.keys(needs).sort());
  const wanted: Record<string, string> = {};
  for (const need of [...Object.values(needs), ...Object.values(graphNeeds).flat()])
    if (need !== null && wanted[need[0]] !== 'write') wanted[need[0]] = need[1];
  expect(manifest.default_permissions).toEqual(wanted);
});

test('the events are those that the code reads; GitHub sends those about installations by itself', () => {
  const names = new Set(examples.map(({ event }) => event));
  const read = [...names].filter((event) => eventOf({ event, payload: { installation: { id: 1 } } })?.what !== 'other');
  const unasked = ['installation', 'installation_repositories'];
  expect(manifest.default_events.toSorted()).toEqual(read.filter((name) => !unasked.includes(name)).sort());
});

test('webhooks go to the path that the app listens on', () => {
  expect(new URL(manifest.hook_attributes.url).pathname).toBe(WEBHOOK_PATH);
});

test('each permission and each event says why', () => {
  const lines = text.split('\n');
  const asked = [...Object.keys(manifest.default_permissions), ...manifest.default_events];
  const unsaid = asked.filter((name) => {
    const at = lines.findIndex((line) => new RegExp(`^  (?:- )?${name}(?::|$)`).test(line));
    // A comment may speak for the lines right below it.
    const above = lines.slice(0, at).findLast((line) => !/^ {2}- /.test(line));
    return at === -1 || !/^ {2}# ./.test(above ?? '');
  });
  expect(unsaid).toEqual([]);
});

/** The proof that Grace approved this head. */
function approvalOf(head: string): Approval {
  const grace = { id: 1, by: 'grace', isPerson: true, permission: 'write', state: 'approved', head, body: '' } as const;
  const outcome = approveHead([grace], {
    head,
    author: personOf({ by: 'bot' }),
    requester: personOf({ by: 'ada' }),
    lastPusher: null,
    solo: false,
  });
  if (outcome.is !== 'approval') throw new Error(outcome.is);
  return outcome.approval;
}

/** What goes into the branch `queued` goes through a queue. */
const queueRules = {
  name: 'queue',
  target: 'branch',
  enforcement: 'active',
  conditions: { ref_name: { include: ['refs/heads/queued'], exclude: [] } },
  rules: [{ type: 'merge_queue' }],
};

/** Everything the port can do, once. Returns what GitHub refused for want of a permission. */
async function useAll(local: LocalForge, forge: Forge, ada: string): Promise<readonly string[]> {
  const call = async (method: string, path: string, body?: unknown) =>
    (await local.api(ada, method, `/repos/${REPO}${path}`, body)).body;
  const branch = async (name: string) => {
    const main = await call('GET', '/git/ref/heads/main');
    await call('POST', '/git/refs', { ref: `refs/heads/${name}`, sha: main.object.sha });
    const content = Buffer.from(name).toString('base64');
    return (await call('PUT', `/contents/${name}.txt`, { message: name, content, branch: name })).commit.sha as string;
  };
  const issue = (await call('POST', '/issues', { title: 'Wrong', labels: ['odd'] })).number as number;
  const comment = (await call('POST', `/issues/${issue}/comments`, { body: 'hello' })).id as number;
  const first = await branch('first');
  const pull = (await call('POST', '/pulls', { title: 'First', head: 'first', base: 'main' })).number as number;
  await branch('second');
  await branch('queued');
  const third = await branch('third');
  const waiting = (await call('POST', '/pulls', { title: 'Third', head: 'third', base: 'queued' })).number as number;
  await call('POST', '/rulesets', queueRules);
  const check = { name: 'corrigible/gate', conclusion: 'success', title: 'Green', summary: 'All green' } as const;
  const annotations = Array.from({ length: 51 }, () => ({ path: 'a', line: 1, message: 'm' }));
  const second = { branch: 'second', base: 'main', title: 'Second', body: '' };
  const uses: Readonly<Record<string, () => Promise<unknown>>> = {
    issue: () => forge.issue(issue),
    labelEvents: () => forge.labelEvents(issue),
    comments: () => forge.comments(issue),
    comment: () => forge.comment(comment),
    ensureLabels: async () => {
      const label = { name: `l${local.calls.length}`, color: 'ffffff', description: '' };
      if ((await forge.ensureLabels(permit, [label])).length > 0) throw new Error('not accessible');
    },
    postComment: async () => forge.editComment(permit, await forge.postComment(permit, issue, 'm', 'hi'), 'm', 'ho'),
    deleteComment: async () => forge.deleteComment(permit, await forge.postComment(permit, issue, 'n', 'hi')),
    closeIssue: () => forge.closeIssue(permit, issue, 'completed'),
    permission: () => forge.permission('ada'),
    pullRequest: () => forge.pullRequest(pull),
    openPullRequest: () => forge.openPullRequest(permit, second),
    openAgain: () => forge.openPullRequest(permit, second),
    requestReview: () => forge.requestReview(permit, pull, { people: ['grace'], teams: [] }),
    reviews: () => forge.reviews(pull),
    postChecks: () => forge.postChecks(permit, first, 's', [{ ...check, annotations }], true),
    checks: () => forge.checks(first),
    branchRules: () => forge.branchRules('main'),
    statuses: () => forge.statuses(first),
    merge: async () => {
      const result = await forge.merge(permit, pull, approvalOf(first), { title: 'First', body: '' });
      if (!result.merged) throw new Error(result.message);
    },
    isQueued: () => forge.isQueued(waiting),
    enqueue: async () => {
      const result = await forge.enqueue(permit, waiting, approvalOf(third), false);
      if (!result.queued) throw new Error(result.message);
    },
    dequeue: () => forge.dequeue(permit, waiting),
    deleteBranch: () => forge.deleteBranch(permit, 'first'),
    gitRead: () => forge.gitAccess(false),
    gitWrite: () => forge.gitAccess(true),
  };
  const refused: string[] = [];
  for (const [name, use] of Object.entries(uses))
    await use().catch((error: Error) => {
      if (!/not accessible|not granted/i.test(error.message)) throw error;
      refused.push(name);
    });
  return refused;
}

const app = makeAppIdentity(77, 'gate');
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'corrigible-manifest-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What is refused to an app that was granted this. */
async function refusedWith(name: string, permissions: Readonly<Record<string, 'read' | 'write'>>) {
  const events = manifest.default_events;
  const local = await startForge({ root: join(root, name), app, permissions, events });
  try {
    const ada = local.addUser('ada').token;
    local.addUser('grace');
    await local.addRepository(REPO, { files: { 'a.txt': 'a' }, collaborators: { grace: 'write' } });
    const { url } = local;
    const { id: appId, ...keys } = app;
    const github = await githubApp({ ...keys, appId, apiUrl: url, webUrl: url, log: silent });
    const [installation] = await github.installations();
    const refused = await useAll(local, await github.forge(installation!.id, REPO), ada);
    expect(local.problems).toEqual([]);
    return refused;
  } finally {
    await local.close();
  }
}

test('with exactly these permissions the local forge lets the app do everything', async () => {
  expect(await refusedWith('all', manifest.default_permissions)).toEqual([]);
});

test.each(Object.keys(manifest.default_permissions).filter((name) => name !== 'metadata'))(
  'with less than %s something is refused',
  async (name) => {
    const { [name]: level, ...others } = manifest.default_permissions;
    const less = level === 'write' ? { ...others, [name]: 'read' as const } : others;
    expect(await refusedWith(name, less)).not.toEqual([]);
  },
);
