import { Probot } from 'probot';
import { notARepository, shortWebhookSecret } from '../../domain/messages/github.ts';
import type { Forge, Log, Permit } from '../../ports.ts';
import { carefulFetch, type GithubCall } from './careful-fetch.ts';
import { githubForge, ours } from './forge.ts';
import { type HookDelivery, hookDeliveries, redeliver } from './hook-deliveries.ts';
import { permitOnly, speakAs } from './installation-client.ts';
import { type Lists, listsOf } from './lists.ts';
import { type Octokit, octokitClass, quietLog } from './octokit.ts';
import { ourError } from './refused.ts';
import { allPages, PER_PAGE } from './repository.ts';
import { type Scope, type Token, tokenCache } from './tokens.ts';
import { watchKey } from './watch-key.ts';

export interface GithubAppOptions {
  readonly appId: number | string;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Base of the REST API. */
  readonly apiUrl?: string;
  /** Base of git over HTTPS. */
  readonly webUrl?: string;
  readonly log: Log;
  readonly fetch?: typeof fetch;
  /** For one call of the API, to the end of its answer. */
  readonly timeoutMs?: number;
}

interface Installation {
  readonly id: number;
  readonly account: string;
  readonly suspended: boolean;
}

/** The GitHub App. Its methods throw `Weather`, `Shut` and `GithubRefused`. */
export interface GithubApp {
  /** Told of every call, also of those for tokens. */
  onCall?: (call: GithubCall) => void;
  /** Why GitHub refused the App when it last saw it, in words that say what to do; null when it did not. */
  refusal(): string | null;
  /** The app's own account. Asked for once. */
  me(): Promise<Forge['me']>;
  /** `repo` is `owner/name`. Makes no call but for the app's own account. */
  forge(installation: number, repo: string): Promise<Forge>;
  /** Whether GitHub signed exactly this body with the app's secret. Never throws. */
  verify(rawBody: string, signature: string): Promise<boolean>;
  installations(): Promise<readonly Installation[]>;
  /** `owner/name` of the repositories that the installation reaches. */
  repositories(installation: number): Promise<readonly string[]>;
  /** Lists for the sweep, by a token that only reads and reaches the whole installation. */
  lists(installation: number): Lists;
  /** The tries to deliver the app's webhooks, newest first. */
  hookDeliveries(): AsyncIterable<HookDelivery>;
  redeliver(id: string): Promise<void>;
}

const SECRET_LENGTH = 16;
/** What the lists of the sweep need. */
const READING = { contents: 'read', issues: 'read', metadata: 'read', pull_requests: 'read' } as const;

/** Throws when the webhook secret is missing or short: Probot would take one that everybody knows. */
export async function githubApp(options: GithubAppOptions): Promise<GithubApp> {
  if (options.webhookSecret.length < SECRET_LENGTH) throw new Error(shortWebhookSecret(SECRET_LENGTH));
  const baseUrl = (options.apiUrl ?? 'https://api.github.com').replace(/\/+$/, '');
  const log = quietLog(options.log);
  const Octokit = octokitClass();
  const sendFor = (whose: { readonly installation?: number }) =>
    carefulFetch({
      fetch: options.fetch ?? fetch,
      timeoutMs: options.timeoutMs ?? 30_000,
      onCall: (call) => {
        app.onCall?.({ ...call, ...whose });
      },
    });
  const key = watchKey(sendFor({}));
  const request = { log, fetch: key.send };
  const { appId, privateKey, webhookSecret: secret } = options;
  const probot = await new Probot({ appId, privateKey, secret, baseUrl, log, request, Octokit }).ready();
  const appClient = await probot.auth();
  const tokens = tokenCache((scope) => mint(appClient, scope));
  const clientFor = (scope: Scope, permit: Permit | null = null): Octokit => {
    const send = sendFor({ installation: scope.installation });
    const bare = new Octokit({ baseUrl, log, request: { log, fetch: send }, authStrategy: noAuth });
    return speakAs(permitOnly(bare, permit, send), tokens, scope);
  };
  const app: GithubApp = {
    refusal: key.refusal,
    me: once(ours(() => readMe(appClient))),
    async forge(installation, repo) {
      const at = placeOf(repo);
      const scope = { installation, repository: at.repo };
      const url = `${(options.webUrl ?? 'https://github.com').replace(/\/+$/, '')}/${repo}.git`;
      const writing = (permit: Permit) => clientFor(scope, permit);
      const on = { octokit: clientFor(scope), writing, at, me: await app.me(), log: options.log };
      return githubForge(on, async (write) => {
        const permissions = { contents: write ? 'write' : 'read', metadata: 'read' } as const;
        return { url, token: await tokens.get({ ...scope, permissions }) };
      });
    },
    verify: async (body, signature) => {
      if (!/^sha256=[0-9a-f]{64}$/.test(signature) || body === '') return false;
      return probot.webhooks.verify(body, signature);
    },
    installations: ours(() => readInstallations(appClient)),
    repositories: ours((installation) => readRepositories(clientFor({ installation }))),
    lists: (installation) => listsOf(clientFor({ installation, permissions: READING })),
    hookDeliveries: () => inOurWords(hookDeliveries(appClient)),
    redeliver: ours((id) => redeliver(appClient, id)),
  };
  return app;
}

/** Installation clients get their token from our cache, so Probot's own strategy would only stand in the way. */
const noAuth = () => ({ hook: (request: (options: object) => unknown, options: object) => request(options) });

/** By the app's client: `octokit.auth` would call github.com whatever the base is. */
async function mint(app: Octokit, { installation, repository, permissions }: Scope): Promise<Token> {
  const { data, headers } = await app.rest.apps.createInstallationAccessToken({
    installation_id: installation,
    ...(repository !== undefined && { repositories: [repository] }),
    ...(permissions !== undefined && { permissions }),
  });
  // By GitHub's clock: with this machine's, a token could look dead at birth, or alive for ever.
  const from = Date.parse(headers.date ?? '') || Date.now();
  return { token: data.token, lifetimeMs: Date.parse(data.expires_at) - from };
}

async function readMe(app: Octokit): Promise<Forge['me']> {
  const { data } = await app.rest.apps.getAuthenticated();
  // GitHub's type allows null for a request without a token.
  if (data?.slug === undefined) throw new TypeError('GET /app told no slug');
  return { login: `${data.slug}[bot]`, app: data.id };
}

async function readInstallations(app: Octokit): Promise<readonly Installation[]> {
  const all = await allPages((page) => app.rest.apps.listInstallations({ per_page: PER_PAGE, page }));
  return all.map(({ id, account, suspended_at }) => ({
    id,
    account: account !== null && 'login' in account ? account.login : '',
    suspended: suspended_at !== null,
  }));
}

async function readRepositories(client: Octokit): Promise<readonly string[]> {
  const all = await allPages(async (page) => {
    const { data, headers } = await client.rest.apps.listReposAccessibleToInstallation({ per_page: PER_PAGE, page });
    return { data: data.repositories, headers };
  });
  return all.map(({ full_name }) => full_name);
}

function placeOf(name: string): { owner: string; repo: string } {
  const [, owner, repo] = /^([\w.-]{1,100})\/([\w.-]{1,100})$/.exec(name) ?? [];
  if (owner === undefined || repo === undefined || /^\.+$/.test(repo)) throw new Error(notARepository());
  return { owner, repo };
}

/** A success is kept, a failure is not. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () => {
    kept ??= read();
    kept.catch(() => {
      kept = undefined;
    });
    return kept;
  };
}

async function* inOurWords<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    throw ourError(error);
  }
}
