import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Spawned, spawn } from '../spawn.ts';
import { canReach } from './access.ts';
import { cleanGitEnvironment } from './git.ts';
import { readRef, zeroSha } from './git-repository.ts';
import { parseReceiveCommands, type RefCommand } from './receive-commands.ts';
import { formerlyNamed } from './repository-changes.ts';
import { needsPullRequest } from './requirements.ts';
import type { Repository } from './state.ts';
import { authenticate } from './tokens.ts';
import {
  type Actor,
  actorRole,
  findRepository,
  fullName,
  gitDirectory,
  grants,
  isAtLeast,
  type World,
} from './world.ts';

const address = /^\/([\w.-]+)\/([\w.-]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** True for the addresses that git's smart HTTP uses. */
export function isGitPath(target: string): boolean {
  return address.test(target.split('?')[0]!);
}

export interface GitHttp {
  /** True when the request was git's, and has been answered. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

type OnPush = (repository: Repository, change: RefCommand, actor: Actor) => Promise<void>;

interface Service {
  readonly name: 'git-upload-pack' | 'git-receive-pack';
  readonly advertises: boolean;
  readonly repository: Repository;
  readonly directory: string;
  readonly actor: Actor;
  readonly env: Record<string, string>;
}

/** Git over smart HTTP on the real bare repositories, by git itself. */
export function makeGitHttp(world: World, hooksDirectory: string, onPush: OnPush): GitHttp {
  return {
    async handle(request, response) {
      const url = new URL(request.url ?? '/', world.url);
      const found = address.exec(url.pathname);
      if (!found) return false;
      const [, owner, name, what] = found as unknown as [string, string, string, string];
      const service = what === 'info/refs' ? url.searchParams.get('service') : what;
      if (service !== 'git-upload-pack' && service !== 'git-receive-pack')
        return refuse(response, 403, 'Unsupported service');
      const actor = actorOf(world, request);
      const repository = findRepository(world, owner, name);
      const moved = repository ? undefined : formerlyNamed(world, owner, name);
      if (moved && what === 'info/refs') {
        const location = `${world.url}/${fullName(moved)}.git/${what}${url.search}`;
        response.writeHead(301, { location }).end();
        return true;
      }
      const refusal = refusalFor(world, actor, repository, service === 'git-receive-pack');
      if (refusal) return refuse(response, ...refusal);
      const directory = gitDirectory(world, repository!);
      const env = gitEnvironment(request, repository!, actor!, hooksDirectory);
      const given: Service = {
        name: service,
        advertises: what === 'info/refs',
        repository: repository!,
        directory,
        actor: actor!,
        env,
      };
      response.setHeader('cache-control', 'no-cache');
      if (given.advertises) await advertise(given, response);
      else if (service === 'git-upload-pack') await serveUpload(given, request, response);
      else await serveReceive(given, request, response, onPush);
      return true;
    },
  };
}

function actorOf(world: World, request: IncomingMessage): Actor | null {
  try {
    return authenticate(world, request.headers.authorization ?? null);
  } catch {
    return null;
  }
}

/** The refusal in GitHub's words, or null. What a caller may not see does not exist. */
function refusalFor(
  world: World,
  actor: Actor | null,
  repository: Repository | undefined,
  writes: boolean,
): [status: number, message: string] | null {
  if (!actor || (writes && actor.kind === 'anonymous')) return [401, 'Invalid username or token.'];
  if (!repository || !canReach(world, actor, repository)) return [404, 'Repository not found.'];
  if (!isAtLeast(actorRole(repository, actor), 'read')) {
    return actor.kind === 'anonymous' ? [401, 'Invalid username or token.'] : [404, 'Repository not found.'];
  }
  if (actor.kind === 'app') return [403, 'Permission denied.'];
  if (writes && repository.archived) return [403, 'This repository was archived so it is read-only.'];
  const level = writes ? 'write' : 'read';
  const allowed =
    actor.kind === 'installation'
      ? grants(actor.permissions, 'contents', level)
      : isAtLeast(actorRole(repository, actor), level);
  return allowed ? null : [403, `Permission to ${repository.owner}/${repository.name}.git denied.`];
}

function refuse(response: ServerResponse, status: number, message: string): true {
  if (status === 401) response.setHeader('www-authenticate', 'Basic realm="GitHub"');
  response.writeHead(status, { 'content-type': 'text/plain' }).end(message);
  return true;
}

function gitEnvironment(
  request: IncomingMessage,
  repository: Repository,
  actor: Actor,
  hooksDirectory: string,
): Record<string, string> {
  const branches = new Set([...Object.keys(repository.protections), repository.defaultBranch]);
  const protectedRefs = [...branches].filter((branch) => needsPullRequest(repository, branch, actor));
  const lacksWorkflows = actor.kind === 'installation' && !grants(actor.permissions, 'workflows', 'write');
  return cleanGitEnvironment({
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: hooksDirectory,
    FORGE_PROTECTED_REFS: protectedRefs.map((branch) => `refs/heads/${branch}`).join(' '),
    FORGE_REFUSE_WORKFLOWS: lacksWorkflows ? '1' : '0',
  });
}

interface Started {
  readonly child: Spawned;
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** Null where git cannot be started: then there is no answer either. */
async function start(service: Service, response: ServerResponse, ...flags: string[]): Promise<Started | null> {
  const args = [service.name.slice(4), '--stateless-rpc', ...flags, service.directory];
  const descriptors = ['stream', 'stream', 'nothing'] as const;
  try {
    const child = await spawn('git', args, { cwd: service.directory, env: service.env, descriptors });
    const [stdin, stdout] = child.streams;
    // Whoever asked may be gone by now.
    if (response.destroyed) child.kill('SIGTERM');
    return { child, stdin: stdin as Writable, stdout: stdout as Readable };
  } catch {
    response.destroy();
    return null;
  }
}

async function advertise(service: Service, response: ServerResponse): Promise<void> {
  response.setHeader('content-type', `application/x-${service.name}-advertisement`);
  const line = `# service=${service.name}\n`;
  const isVersion2 = service.name === 'git-upload-pack' && /version=2/.test(service.env['GIT_PROTOCOL']!);
  if (!isVersion2) response.write(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`);
  const started = await start(service, response, '--advertise-refs');
  started?.stdout.pipe(response);
}

function bodyOf(request: IncomingMessage): Readable {
  return request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
}

async function serveUpload(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('content-type', `application/x-${service.name}-result`);
  const started = await start(service, response);
  if (started === null) return;
  const { child, stdin, stdout } = started;
  response.on('close', () => child.kill('SIGTERM'));
  bodyOf(request)
    .on('error', () => response.destroy())
    .pipe(stdin);
  stdout.pipe(response);
}

/** The push goes to git as it comes in; its head is read on the way, to know which refs it means to move. */
async function serveReceive(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  onPush: OnPush,
): Promise<void> {
  response.setHeader('content-type', `application/x-${service.name}-result`);
  const started = await start(service, response);
  if (started === null) return;
  const { child, stdin, stdout } = started;
  let head: Buffer = Buffer.alloc(0);
  let commands: RefCommand[] | null = null;
  const body = bodyOf(request);
  body.on('error', () => child.kill('SIGTERM'));
  body.on('data', (chunk: Buffer) => {
    if (!commands) head = Buffer.concat([head, chunk]);
    try {
      commands ??= parseReceiveCommands(head);
    } catch {
      body.destroy();
      child.kill('SIGTERM');
    }
  });
  body.pipe(stdin);
  stdout.pipe(response, { end: false });
  void child.closed.then(() => {
    // The events belong to the push, so the client hears of success only when the world knows of it.
    void reportMoves(service, commands ?? [], onPush).finally(() => response.end());
  });
}

async function reportMoves(service: Service, commands: readonly RefCommand[], onPush: OnPush): Promise<void> {
  for (const command of commands) {
    const now = (await readRef(service.directory, command.ref)) ?? zeroSha;
    // A ref that still stands where it stood was refused; one that stands elsewhere was moved again since.
    if (now !== command.after && now === command.before) continue;
    if (command.before !== command.after) await onPush(service.repository, command, service.actor);
  }
}
