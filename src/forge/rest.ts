import { createHash } from 'node:crypto';
import { authorize } from './access.ts';
import { type Answer, GitHubError, notFound } from './answers.ts';
import { moveQueue } from './merge-queue.ts';
import type { Call, Operation, Operations } from './operation.ts';
import type { CheckedRequest, Oracle } from './oracle/check.ts';
import { absoluteLinks } from './pages-of-results.ts';
import { formerlyNamed, pathByName } from './repository-changes.ts';
import type { Repository } from './state.ts';
import { authenticate, readToken } from './tokens.ts';
import { type Actor, findRepository, gitDirectory, loginOf, now, type Person, roleOf, type World } from './world.ts';

interface RestRequest {
  readonly method: string;
  /** The address that was called, prefix and query included. */
  readonly url: URL;
  readonly headers: Headers;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;
}

export interface ForgeCall {
  readonly method: string;
  readonly path: string;
  readonly operation: string | null;
  readonly status: number;
  readonly by: string | null;
  readonly at: string;
}

export interface RestApi {
  /** Answers one call; never throws. What the oracle sees goes to `problems`. */
  handle(request: RestRequest): Promise<Answer>;
}

const apiVersion = '2022-11-28';

/** The description and the handlers name the same operations, or the forge does not start. */
function requireHandlers(oracle: Oracle, operations: Operations): void {
  const described = new Set(oracle.routes.map(({ operation }) => operation.operationId));
  const missing = [...described].filter((id) => !operations[id]);
  const unknown = Object.keys(operations).filter((id) => !described.has(id));
  if (missing.length + unknown.length === 0) return;
  throw new Error(`operations without a handler: ${missing.join(', ')}; without a description: ${unknown.join(', ')}`);
}

/** GitHub's REST API: check against GitHub's description, authorise, handle, and check the answer likewise. */
export function makeRestApi(
  world: World,
  oracle: Oracle,
  operations: Operations,
  problems: string[],
  record: (call: ForgeCall) => void,
): RestApi {
  requireHandlers(oracle, operations);
  return {
    async handle(request) {
      const path = request.url.pathname.replace(/^\/api\/v3(?=\/|$)/, '') || '/';
      const target = new URL(pathByName(world, path) + request.url.search, world.url);
      const checked = oracle.request(request.method, target, request.body);
      let by: string | null = null;
      let answer: Answer;
      try {
        const actor = authenticate(world, request.headers.get('authorization'));
        by = loginOf(actor) ?? (actor.kind === 'app' ? world.app.slug : null);
        refuseMalformed(request, checked, problems);
        answer = await run(world, operations, request, checked, actor);
        answer = checkAnswer(oracle, checked, answer, problems);
      } catch (error) {
        answer = errorAnswer(world, request, error, problems);
      }
      const finished = finish(world, request, answer);
      record({
        method: request.method,
        path,
        operation: checked.operation,
        status: finished.status,
        by,
        at: new Date().toISOString(),
      });
      return finished;
    },
  };
}

function refuseMalformed(request: RestRequest, checked: CheckedRequest, problems: string[]): void {
  const version = request.headers.get('x-github-api-version');
  const wrongVersion = version && version !== apiVersion ? [`API version ${version} is not ${apiVersion}`] : [];
  const found = [...wrongVersion, ...checked.problems];
  if (found.length === 0) return;
  problems.push(`REQUEST ${request.method} ${request.url.pathname}${request.url.search}: ${found.join('; ')}`);
  if (!checked.route) throw notFound();
  if (wrongVersion.length > 0) throw new GitHubError(400, `${wrongVersion[0]}.`);
  throw new GitHubError(422, 'Invalid request.', found);
}

async function run(
  world: World,
  operations: Operations,
  request: RestRequest,
  checked: CheckedRequest,
  actor: Actor,
): Promise<Answer> {
  const operation = operations[checked.operation!]!;
  const authorization = request.headers.get('authorization');
  const call: Call = {
    world,
    actor,
    parameters: checked.parameters,
    query: request.url.searchParams,
    body: request.body ?? {},
    token: authorization ? readToken(authorization) : null,
    media: mediaOf(request.headers.get('accept')),
  };
  return operation.on === 'forge' ? operation.handle(call) : runOnRepository(operation, call, request);
}

function mediaOf(accept: string | null): Call['media'] {
  const found = /application\/vnd\.github(?:\.v3)?\.(raw|diff)\b/.exec(accept ?? '');
  return (found?.[1] as 'raw' | 'diff' | undefined) ?? 'json';
}

async function runOnRepository(
  operation: Extract<Operation, { on: 'repository' }>,
  call: Call,
  request: RestRequest,
): Promise<Answer> {
  const { world, actor, parameters } = call;
  const repository = findRepository(world, parameters['owner']!, parameters['repo']!);
  if (!repository) throw elsewhere(world, parameters, request);
  if (actor.kind === 'user' && roleOf(repository, actor.login) === 'none') throw notFound();
  authorize(world, actor, repository, operation.access, isAboutPull(repository, parameters));
  if (repository.archived && request.method !== 'GET' && !unarchives(call))
    throw new GitHubError(403, 'Repository was archived so is read-only.');
  leadToIssue(repository, parameters, request);
  const answer = await operation.handle({
    ...call,
    repository,
    directory: gitDirectory(world, repository),
    // `authorize` lets nobody without a name write, and reading handlers have no use for it.
    person: actor as Person,
    number: (name) => Number(parameters[name]),
  });
  if (request.method !== 'GET') await moveQueue(world, repository);
  return answer;
}

/** The only change that an archived repository takes. */
const unarchives = (call: Call): boolean => (call.body as { archived?: unknown }).archived === false;

/** GitHub's redirect to a place by id. What writes is to be repeated as it is, which 301 would not say. */
function redirect(request: RestRequest, target: string): GitHubError {
  const prefix = request.url.pathname.startsWith('/api/v3/') ? '/api/v3' : '';
  const location = new URL(`${prefix}${target}${request.url.search}`, request.url).href;
  const [status, message] = request.method === 'GET' ? [301, 'Moved Permanently'] : [307, 'Temporary Redirect'];
  return new GitHubError(status as number, message as string, undefined, { location });
}

/** What GitHub says of a name that nothing has: 404, or where the repository is that once had it. */
function elsewhere(world: World, parameters: Readonly<Record<string, string>>, request: RestRequest): GitHubError {
  const moved = formerlyNamed(world, parameters['owner']!, parameters['repo']!);
  const rest = /\/repos\/[^/]+\/[^/]+(.*)$/.exec(request.url.pathname)?.[1] ?? '';
  return moved ? redirect(request, `/repositories/${moved.id}${rest}`) : notFound();
}

/** An issue that went to another repository leads there. */
function leadToIssue(repository: Repository, parameters: Readonly<Record<string, string>>, request: RestRequest): void {
  const number = Number(parameters['issue_number']);
  const to = repository.departed?.find((one) => one.number === number)?.to;
  const rest = /\/issues\/\d+(.*)$/.exec(request.url.pathname)?.[1] ?? '';
  if (to) throw redirect(request, `/repositories/${to.repository}/issues/${to.number}${rest}`);
}

/** True when the call names a pull request, directly or as an issue or by one of its comments. */
function isAboutPull(repository: Repository, parameters: Readonly<Record<string, string>>): boolean {
  if (parameters['pull_number']) return true;
  const comment = repository.comments.find((one) => one.id === Number(parameters['comment_id']));
  const number = Number(parameters['issue_number'] ?? comment?.issue);
  return repository.pulls.some((pull) => pull.number === number);
}

function checkAnswer(oracle: Oracle, checked: CheckedRequest, answer: Answer, problems: string[]): Answer {
  if (answer.body === undefined) return answer;
  const plain = JSON.parse(JSON.stringify(answer.body));
  const { body, problems: found } = oracle.response(checked.route!, answer.status, plain);
  for (const problem of found) problems.push(`RESPONSE ${checked.operation} ${answer.status}: ${problem}`);
  return { ...answer, body };
}

function errorAnswer(world: World, request: RestRequest, error: unknown, problems: string[]): Answer {
  if (!(error instanceof GitHubError)) {
    problems.push(`FAULT ${request.method} ${request.url.pathname}: ${(error as Error).stack}`);
    return { status: 500, body: { message: 'Server Error' } };
  }
  const { status, message, errors, headers } = error;
  const body = {
    message,
    ...(errors ? { errors } : {}),
    documentation_url: `${world.url}/docs`,
    status: String(status),
    ...(headers['location'] ? { url: headers['location'] } : {}),
  };
  return { status, body, headers };
}

/**
 * Adds what every answer of GitHub carries, and answers 304 where the caller has this very answer already. GitHub's
 * entity tags depend on the token as well: with a new one the same answer comes whole, and is counted.
 */
function finish(world: World, request: RestRequest, answer: Answer): Answer {
  const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  const hash = createHash('sha256').update(`${request.headers.get('authorization') ?? ''}\n${text}`);
  const etag = `W/"${hash.digest('hex')}"`;
  const link = answer.headers?.['link'];
  const headers = {
    ...answer.headers,
    ...(link ? { link: absoluteLinks(link, request.url) } : {}),
    'x-github-api-version-selected': apiVersion,
    'x-github-media-type': 'github.v3; format=json',
    date: new Date(now(world)).toUTCString(),
    vary: 'Accept, Authorization, Cookie, X-GitHub-OTP',
    ...(request.method === 'GET' && answer.status === 200 ? { etag } : {}),
  };
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  const same = 'etag' in headers && known.includes(etag.replace(/^W\//, ''));
  return same ? { status: 304, headers } : { ...answer, headers };
}
