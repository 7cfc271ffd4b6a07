import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type GithubApp, githubApp } from '../../src/adapters/github/app.ts';
import type { GithubCall } from '../../src/adapters/github/careful-fetch.ts';
import { type Approval, approveHead } from '../../src/domain/approval.ts';
import { personOf } from '../../src/domain/person.ts';
import { type Forge as LocalForge, startForge } from '../../src/forge/forge.ts';
import type { Forge } from '../../src/ports.ts';
import { silent } from '../support/silent-log.ts';

export const REPO = 'ada/shop';

/** One repository on a local forge, seen by the app through the port and by two people through the API. */
export interface World {
  readonly local: LocalForge;
  readonly app: GithubApp;
  readonly forge: Forge;
  readonly installation: number;
  /** Calls of the app since the last look. */
  calls(): readonly string[];
  /** A call by a person; throws when it is refused. */
  as(login: string, method: string, path: string, body?: unknown): Promise<Answer>;
  /** A branch with one commit more than main. */
  branch(name: string, files: Readonly<Record<string, string>>): Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: GitHub's JSON, held against GitHub's schema by the forge.
type Answer = any;

const git = (path: string) => `/repos/${REPO}/git/${path}`;

/** Making a key takes longer than most tests. */
let identity: LocalForge['app'] | undefined;

/** Runs the test in a world of its own; afterwards nothing on the wire may have differed from GitHub's description. */
export async function inWorld(test: (world: World) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'corrigible-github-'));
  const local = await startForge({ root, ...(identity && { app: identity }) });
  identity = local.app;
  try {
    await test(await openWorld(local));
    expect(local.problems).toEqual([]);
  } finally {
    await local.close();
    await rm(root, { recursive: true, force: true });
  }
}

async function openWorld(local: LocalForge): Promise<World> {
  const tokens = new Map(['ada', 'grace', 'mallory'].map((login) => [login, local.addUser(login).token]));
  const collaborators = { ada: 'admin', grace: 'maintain' } as const;
  await local.addRepository(REPO, { files: { 'rules.json': '{}\n' }, collaborators });
  const app = await appOf(local);
  const [installation] = await app.installations();
  const forge = await app.forge(installation!.id, REPO);
  let seen: string[] = [];
  app.onCall = ({ method, path }: GithubCall) => seen.push(`${method} ${path}`);
  const as: World['as'] = async (login, method, path, body) => {
    const { status, body: answer } = await local.api(tokens.get(login)!, method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const calls = () => {
    const found = seen;
    seen = [];
    return found;
  };
  const branch = (name: string, files: Readonly<Record<string, string>>) => makeBranch(as, name, files);
  return { local, app, forge, installation: installation!.id, calls, as, branch };
}

function appOf(local: LocalForge): Promise<GithubApp> {
  const { id, privateKey, webhookSecret } = local.app;
  const { url } = local;
  return githubApp({
    appId: id,
    privateKey,
    webhookSecret,
    apiUrl: url,
    webUrl: url,
    log: silent,
    timeoutMs: 5_000,
  });
}

async function makeBranch(as: World['as'], name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const { object } = await as('ada', 'GET', git('ref/heads/main'));
  const entries = Object.entries(files).map(([path, content]) => ({ path, mode: '100644', type: 'blob', content }));
  const tree = await as('ada', 'POST', git('trees'), { base_tree: object.sha, tree: entries });
  const commit = await as('ada', 'POST', git('commits'), { message: name, tree: tree.sha, parents: [object.sha] });
  await as('ada', 'POST', git('refs'), { ref: `refs/heads/${name}`, sha: commit.sha });
  return commit.sha;
}

/** The proof that Grace approved this head. */
export function approvalOf(head: string): Approval {
  const review = {
    id: 1,
    by: 'grace',
    isPerson: true,
    permission: 'write',
    state: 'approved',
    head,
    body: '',
  } as const;
  const on = {
    head,
    author: personOf({ by: 'corrigible[bot]' }),
    requester: personOf({ by: 'ada' }),
    lastPusher: null,
    solo: false,
  };
  const outcome = approveHead([review], on);
  if (outcome.is !== 'approval') throw new Error(outcome.is);
  return outcome.approval;
}

export const firstLine = { title: 'Send refunds to billing', body: 'Closes #1.' };
