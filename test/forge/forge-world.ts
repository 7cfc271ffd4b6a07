import { execFile } from 'node:child_process';
import { createHmac, createSign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';
import { type Forge, type ForgeOptions, startForge } from '../../src/forge/forge.ts';

const run = promisify(execFile);

/** One key for all tests: making one takes as long as a test. */
const app = makeAppIdentity(77, 'gate');

interface Received {
  readonly event: string;
  readonly action: string | undefined;
  readonly guid: string;
  readonly signed: boolean;
  readonly payload: Record<string, unknown>;
}

/** A forge with ann's repository `ann/demo`, where bob writes, tom triages and rob is nobody; and an app that listens. */
export interface ForgeWorld {
  readonly forge: Forge;
  readonly root: string;
  readonly repo: string;
  readonly tokens: Record<'ann' | 'bob' | 'tom' | 'rob', string>;
  /** What arrived at the app. */
  readonly received: Received[];
  /** The app answers this from now on. */
  answerWebhooks(status: number): void;
  /** A token by which the app speaks for itself. */
  jwt(claims?: Record<string, unknown>, key?: string): string;
  /** An installation token, narrowed when asked. */
  appToken(narrowing?: object): Promise<string>;
  get(token: string | null, target: string): ReturnType<Forge['api']>;
  post(token: string | null, target: string, body?: unknown): ReturnType<Forge['api']>;
  put(token: string | null, target: string, body?: unknown): ReturnType<Forge['api']>;
  patch(token: string | null, target: string, body?: unknown): ReturnType<Forge['api']>;
  remove(token: string | null, target: string, body?: unknown): ReturnType<Forge['api']>;
  /** A clone in a directory of its own. */
  clone(token: string): Promise<Clone>;
  /** Waits for the webhooks under way, then names what arrived. */
  events(): Promise<string[]>;
}

export interface Clone {
  readonly directory: string;
  git(...args: string[]): Promise<string>;
  /** Commits these files on a branch made from the current one, and pushes it. Returns the commit. */
  push(branch: string, files: Record<string, string>): Promise<string>;
}

export interface WorldOptions {
  readonly options?: Partial<ForgeOptions>;
  /** Problems of the oracle are part of this test, so they do not fail it. */
  readonly expectProblems?: boolean;
}

/** Runs a test in a fresh world, and requires that the oracle saw nothing wrong. */
export async function inForge(test: (world: ForgeWorld) => Promise<void>, options: WorldOptions = {}): Promise<void> {
  const root = await mkdtemp(path.join(tmpdir(), 'forge-test-'));
  const listener = await listen();
  const forge = await startForge({ root, app, webhookUrl: listener.url, ...options.options });
  try {
    const world = await populate(forge, root, listener);
    await test(world).catch((error: Error) => {
      error.message = [error.message, ...forge.problems].join('\n');
      throw error;
    });
    if (!options.expectProblems && forge.problems.length > 0) throw new Error(forge.problems.join('\n'));
  } finally {
    await forge.close();
    listener.close();
    await rm(root, { recursive: true, force: true });
  }
}

async function populate(forge: Forge, root: string, listener: Awaited<ReturnType<typeof listen>>): Promise<ForgeWorld> {
  const token = (login: string) => forge.addUser(login).token;
  const tokens = { ann: token('ann'), bob: token('bob'), tom: token('tom'), rob: token('rob') };
  const collaborators = { bob: 'write', tom: 'triage' } as const;
  const known = await forge.api(tokens.ann, 'GET', '/repos/ann/demo');
  if (known.status === 404) await forge.addRepository('ann/demo', { files: { 'README.md': 'hello\n' }, collaborators });
  const repo = '/repos/ann/demo';
  const jwt: ForgeWorld['jwt'] = (claims, key) => signJwt({ iss: app.id, ...claims }, key ?? app.privateKey);
  return {
    forge,
    root,
    repo,
    tokens,
    jwt,
    received: listener.received,
    answerWebhooks: listener.answer,
    async appToken(narrowing) {
      const { body: installation } = await forge.api(jwt(), 'GET', `${repo}/installation`);
      const target = `/app/installations/${installation.id}/access_tokens`;
      return (await forge.api(jwt(), 'POST', target, narrowing ?? {})).body.token;
    },
    get: (who, target) => forge.api(who, 'GET', target),
    post: (who, target, body) => forge.api(who, 'POST', target, body),
    put: (who, target, body) => forge.api(who, 'PUT', target, body),
    patch: (who, target, body) => forge.api(who, 'PATCH', target, body),
    remove: (who, target, body) => forge.api(who, 'DELETE', target, body),
    clone: (who) => clone(forge, root, who),
    async events() {
      await forge.webhooks.settled();
      return listener.received.map(({ event, action }) => (action ? `${event}.${action}` : event));
    },
  };
}

function signJwt(claims: Record<string, unknown>, key: string): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 30, exp: now + 540, ...claims })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

async function listen() {
  const received: Received[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const signature = `sha256=${createHmac('sha256', app.webhookSecret).update(body).digest('hex')}`;
    const payload = JSON.parse(body.toString('utf8'));
    received.push({
      event: String(request.headers['x-github-event']),
      action: payload.action,
      guid: String(request.headers['x-github-delivery']),
      signed: request.headers['x-hub-signature-256'] === signature,
      payload,
    });
    response.writeHead(status).end('thank you');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    received,
    answer: (code: number) => {
      status = code;
    },
    close: () => void server.close().closeAllConnections(),
  };
}

let clones = 0;

async function clone(forge: Forge, root: string, token: string): Promise<Clone> {
  const directory = path.join(root, `clone-${clones++}`);
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  const env = {
    PATH: process.env['PATH'],
    HOME: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: `http.${forge.url}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
    GIT_CONFIG_KEY_1: 'user.name',
    GIT_CONFIG_VALUE_1: 'Someone',
    GIT_CONFIG_KEY_2: 'user.email',
    GIT_CONFIG_VALUE_2: 'someone@example.org',
  };
  const git = async (...args: string[]) => (await run('git', args, { cwd: directory, env })).stdout.trim();
  await run('git', ['clone', '-q', `${forge.url}/ann/demo.git`, directory], { env });
  return {
    directory,
    git,
    async push(branch, files) {
      await git('checkout', '-q', '-B', branch);
      for (const [file, text] of Object.entries(files)) {
        await run('mkdir', ['-p', path.dirname(path.join(directory, file))]);
        await writeFile(path.join(directory, file), text);
      }
      await git('add', '.');
      await git('commit', '-q', '-m', `Change ${Object.keys(files).join(', ')}`);
      await git('push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
      return git('rev-parse', 'HEAD');
    },
  };
}

/** A pull request by the app that adds `fix.txt` on the branch `fix`. */
export async function openFix(
  world: ForgeWorld,
): Promise<{ token: string; number: number; head: string; checkout: Clone }> {
  const token = await world.appToken();
  const checkout = await world.clone(token);
  const head = await checkout.push('fix', { 'fix.txt': 'fixed\n' });
  const pull = await world.post(token, `${world.repo}/pulls`, { title: 'Fix it', head: 'fix', base: 'main' });
  return { token, number: pull.body.number, head, checkout };
}
