import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { type Acts, makeActs } from './acts.ts';
import { assemble, type Parts } from './assemble.ts';
import type { WebhookControls } from './delivery-queue.ts';
import { answerApi, answerWeb } from './dispatch.ts';
import { type FaultAnswer, type FaultMatch, faultAnswer } from './faults.ts';
import { addFork } from './forks.ts';
import { createIssueFromForm, type FormIssue } from './form-issue.ts';
import { isGitPath, makeGitHttp } from './git-http.ts';
import { requireLoopbackUrl } from './loopback.ts';
import { moveQueue } from './merge-queue.ts';
import { openOracle } from './oracle/check.ts';
import { warmUp } from './oracle/warm-up.ts';
import { preReceiveHook } from './pre-receive.ts';
import type { LimitControls } from './rate-limit.ts';
import { afterRefChange } from './ref-changes.ts';
import type { ForgeCall } from './rest.ts';
import {
  addForeignCheck,
  addRepository,
  addRuleset,
  type ForeignCheck,
  type RepositoryOptions,
  type RulesetInput,
  requireRepository,
  setPermission,
} from './seed.ts';
import { listen, requireLoopback } from './server.ts';
import { makeSessions, type Sessions } from './sessions.ts';
import type { Permissions, Repository, Role } from './state.ts';
import { issueUserToken } from './tokens.ts';
import { type AppIdentity, ensureUser, fullName as nameOf, type Person } from './world.ts';

export type { Delivery } from './post-delivery.ts';
export type { ForgeCall } from './rest.ts';

export interface ForgeOptions {
  /** Where the bare repositories and the state live; a forge started again on it knows its world. */
  readonly root: string;
  /** 0 or absent for any free port. */
  readonly port?: number;
  /** Only 127.0.0.1 or localhost; anything else throws. */
  readonly host?: string;
  /** Where signed webhooks go; only to this machine. */
  readonly webhookUrl?: string;
  /** Made at the first start when absent, and kept in `root`. */
  readonly app?: AppIdentity;
  /** What the app asks for, as in its app.yml. */
  readonly permissions?: Permissions;
  /** The events that it subscribes to; all of them when absent. */
  readonly events?: readonly string[];
}

export interface Forge {
  readonly url: string;
  readonly port: number;
  readonly app: AppIdentity;
  /** What the oracle objected to so far, in requests, responses and webhooks, as sentences. */
  readonly problems: readonly string[];
  /** The last 10,000 calls of the REST API, oldest first. */
  readonly calls: readonly ForgeCall[];
  /** The user of that name, made when there is none, with a token that acts as it in the API and in git. */
  addUser(login: string, options?: { name?: string }): { login: string; token: string };
  /** A repository with one commit on main and the app installed; throws when it exists already. */
  addRepository(fullName: string, options: RepositoryOptions): Promise<void>;
  /** A copy in a person's own account, where the app is not installed. Resolves to its full name. */
  fork(fullName: string, login: string): Promise<string>;
  setPermission(fullName: string, login: string, permission: Role): void;
  /** A call of the REST API without a socket: the very same path as over HTTP. Rejects where a fault cuts the line. */
  api(token: string | null, method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** An issue as an issue form makes it: its labels are set whoever the author is. */
  createIssueFromForm(token: string, fullName: string, issue: FormIssue): Promise<ApiAnswer>;
  /** A check run by another app than the forge's own, as a repository's CI reports it. */
  addForeignCheck(fullName: string, check: ForeignCheck): void;
  /** A ruleset that an organisation has set over this repository. */
  addOrganisationRuleset(fullName: string, organisation: string, ruleset: RulesetInput): void;
  /** A code that `/app-manifests/{code}/conversions` takes once. */
  createManifestCode(manifest: Record<string, unknown>): string;
  /** A token that signs one browser in as this user, once, at `/login?token=…`. */
  createLoginToken(login: string): string;
  /** The browsers that are signed in to the pages. */
  readonly sessions: Sessions;
  /** Full names of all repositories, private ones too. */
  readonly repositories: readonly string[];
  readonly webhooks: WebhookControls;
  /** Gives the next calls that match this answer instead of their own; status 0 cuts the connection. */
  fault(match: FaultMatch, answer: FaultAnswer, times?: number): void;
  readonly limits: LimitControls;
  /** What people do on GitHub's pages, in the name of the account's owner, with the webhooks that GitHub sends then. */
  readonly acts: Acts;
  /** How far the forge's clock is ahead of this machine's. Negative for behind. */
  setClockAhead(ms: number): void;
  setWebhookUrl(url: string): void;
  /** Makes ready, bit by bit, what the first calls would otherwise wait for. */
  warmUp(): void;
  close(): Promise<void>;
}

export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: GitHub's JSON, held against GitHub's schema before it is given out.
  readonly body: any;
  readonly headers: Record<string, string>;
}

/** Starts a forge on this machine. Throws when the host or the webhook address is not this machine's. */
export async function startForge(options: ForgeOptions): Promise<Forge> {
  requireLoopback(options.host ?? '127.0.0.1');
  if (options.webhookUrl) requireLoopbackUrl(options.webhookUrl);
  return open(options);
}

async function open(options: ForgeOptions): Promise<Forge> {
  await mkdir(path.join(options.root, 'hooks'), { recursive: true });
  const hooks = path.resolve(options.root, 'hooks');
  await writeFile(path.join(hooks, 'pre-receive'), preReceiveHook, { mode: 0o755 });
  const address = { url: '' };
  const parts = await assemble(options, address);
  const { world } = parts;
  const git = makeGitHttp(world, hooks, (repository, change, actor) =>
    afterRefChange(world, repository, change, actor as Person)
      .catch((error: Error) => {
        parts.problems.push(`FAULT after a push: ${error.stack}`);
      })
      .then(() => queueMoved(parts, repository)),
  );
  const { server, port } = await listen(options.port ?? 0, {
    git: (request, response) => meetFault(parts, request, response) || git.handle(request, response),
    answer: (request) => answerWeb({ ...parts.dispatch, page: (page) => handlePage(forge, page) }, request),
  });
  address.url = `http://127.0.0.1:${port}`;
  const forge = makeForge(parts, port, async () => {
    await parts.webhooks.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await Promise.all([parts.store.flush(), parts.log.flush()]);
  });
  if (options.webhookUrl) forge.setWebhookUrl(options.webhookUrl);
  return forge;
}

/** Whatever may have changed for a merge queue, where nobody waits for the end of it. */
const queueMoved = ({ world, problems }: Parts, repository: Repository): Promise<void> =>
  moveQueue(world, repository).catch((error: Error) => {
    problems.push(`FAULT in a merge queue: ${error.stack}`);
  });

function foreignCheck(parts: Parts, fullName: string, check: ForeignCheck): void {
  addForeignCheck(parts.world, fullName, check);
  void queueMoved(parts, requireRepository(parts.world, fullName));
}

/** Faults on command for git's requests, which come by another way than the API's. */
function meetFault({ dispatch }: Parts, request: IncomingMessage, response: ServerResponse): Promise<boolean> | null {
  const target = request.url ?? '/';
  const { authorization } = request.headers;
  const fault = isGitPath(target) ? dispatch.faults.take(request.method ?? 'GET', target, authorization) : null;
  if (!fault) return null;
  if (fault.afterwards) return loseAnswer(response);
  if (fault.status === 0) response.destroy();
  else response.writeHead(fault.status, { ...fault.headers }).end(JSON.stringify(faultAnswer(fault).body));
  return Promise.resolve(true);
}

/** Git does what it was asked; at the end of it the line is cut, and nothing was answered. */
function loseAnswer(response: ServerResponse): null {
  const lost = (given: unknown) => {
    if (typeof given === 'function') given();
    return true;
  };
  const end = () => response.destroy();
  Object.assign(response, { write: (_: unknown, a: unknown, b: unknown) => lost(b ?? a), end });
  return null;
}

function makeForge(parts: Parts, port: number, close: () => Promise<void>): Forge {
  const { world, webhooks, dispatch, problems, calls } = parts;
  const sessions = makeSessions();
  const api = async (token: string | null, method: string, target: string, body?: unknown): Promise<ApiAnswer> => {
    const headers = new Headers(token ? { authorization: `Bearer ${token}` } : {});
    const url = new URL(target, world.url);
    const answer = await answerApi(dispatch, { method, url, headers, body });
    if (!answer) throw new Error('the connection was cut');
    return { status: answer.status, body: answer.text ?? answer.body, headers: { ...answer.headers } };
  };
  return {
    url: world.url,
    port,
    get app() {
      return world.app;
    },
    limits: dispatch.limits.controls,
    acts: makeActs(parts),
    setClockAhead: (ms) => void Object.assign(world.clock, { aheadMs: ms }),
    problems,
    calls,
    webhooks: webhooks.controls,
    api,
    close,
    addUser: (login, options) => ({
      login: ensureUser(world, login, options?.name).login,
      token: issueUserToken(world, login),
    }),
    addRepository: (fullName, options) => addRepository(world, webhooks, fullName, options),
    fork: (fullName, login) => addFork(world, requireRepository(world, fullName), login),
    setPermission: (fullName, login, role) => setPermission(world, fullName, login, role),
    addForeignCheck: (fullName, check) => foreignCheck(parts, fullName, check),
    addOrganisationRuleset: (fullName, organisation, ruleset) =>
      void addRuleset(world, requireRepository(world, fullName), ruleset, organisation),
    createIssueFromForm: async (token, fullName, form) => {
      const number = await createIssueFromForm(world, token, fullName, form);
      return api(token, 'GET', `/repos/${fullName}/issues/${number}`);
    },
    createManifestCode(manifest) {
      const code = randomBytes(20).toString('hex');
      world.state.manifests.push({ code, manifest });
      world.changed();
      return code;
    },
    createLoginToken: (login) => sessions.createLoginToken(ensureUser(world, login).login),
    sessions,
    get repositories() {
      return world.state.repositories.map(nameOf);
    },
    fault: (match, answer, times = 1) => dispatch.faults.add(match, answer, times),
    warmUp: () => warmUp(openOracle()),
    setWebhookUrl(url) {
      requireLoopbackUrl(url);
      if (world.state.webhookUrl === url) return;
      world.state.webhookUrl = url;
      world.changed();
      webhooks.ping();
    },
  };
}

type HandlePage = (forge: Forge, request: Request) => Promise<Response | null>;

/** The pages are a part of their own, which a forge for tests of the API can do without. */
async function handlePage(forge: Forge, request: Request): Promise<Response | null> {
  const module = new URL('./pages/index.ts', import.meta.url);
  if (!existsSync(module)) return null;
  const pages: { handlePage: HandlePage } = await import(module.href);
  return pages.handlePage(forge, request);
}
