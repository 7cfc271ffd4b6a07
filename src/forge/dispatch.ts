import type { Answer } from './answers.ts';
import type { FaultAnswer, Faults } from './faults.ts';
import { faultAnswer } from './faults.ts';
import { type GraphqlApi, isGraphql } from './graphql/endpoint.ts';
import type { RateLimits } from './rate-limit.ts';
import type { RestApi } from './rest.ts';

const restRoots = new Set([
  'repos',
  'app',
  'app-manifests',
  'user',
  'users',
  'api',
  'graphql',
  'rate_limit',
  'installation',
  'repositories',
]);
const maxBodyBytes = 25_000_000;

export interface Dispatch {
  readonly rest: RestApi;
  readonly graphql: GraphqlApi;
  readonly faults: Faults;
  readonly limits: RateLimits;
  /** The forge's pages; null where there is none. */
  page(request: Request): Promise<Response | null>;
}

/** Answers a request of a browser or an API client; null cuts the connection, as a fault on command may want. */
export async function answerWeb(dispatch: Dispatch, request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  if (!isRest(url)) return answerPage(dispatch, request, url);
  const body = await readBody(request);
  if ('refused' in body) return toResponse(body.refused);
  const answer = await answerApi(dispatch, { method: request.method, url, headers: request.headers, body: body.value });
  return answer && toResponse(answer);
}

function isRest(url: URL): boolean {
  return restRoots.has(url.pathname.split('/')[1] ?? '');
}

async function answerPage(dispatch: Dispatch, request: Request, url: URL): Promise<Response | null> {
  const fault = dispatch.faults.take(request.method, url.pathname);
  if (fault) return fault.status === 0 ? null : toResponse(faultAnswer(fault));
  return (await dispatch.page(request)) ?? toResponse({ status: 404, body: { message: 'Not Found' } });
}

/** Answers a call of the REST API or of GraphQL; null when a fault cuts it. */
export async function answerApi(
  dispatch: Dispatch,
  request: { method: string; url: URL; headers: Headers; body: unknown },
): Promise<Answer | null> {
  const fault = dispatch.faults.take(request.method, request.url.pathname, request.headers.get('authorization'));
  if (fault && !fault.afterwards) return cutOrAnswer(fault);
  const authorization = request.headers.get('authorization');
  const resource = isGraphql(request.url) ? 'graphql' : 'core';
  const api = resource === 'graphql' ? dispatch.graphql : dispatch.rest;
  const answer = dispatch.limits.refusal(authorization, resource) ?? (await api.handle(request));
  if (fault) return cutOrAnswer(fault);
  return {
    ...answer,
    headers: { ...answer.headers, ...dispatch.limits.headers(authorization, answer.status, resource) },
  };
}

function cutOrAnswer(fault: FaultAnswer): Answer | null {
  return fault.status === 0 ? null : faultAnswer(fault);
}

async function readBody(request: Request): Promise<{ value: unknown } | { refused: Answer }> {
  const tooLarge = { refused: { status: 413, body: { message: 'Payload too large' } } };
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) return tooLarge;
  const text = await request.text();
  if (text.length > maxBodyBytes) return tooLarge;
  if (text === '' || text === '""') return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { refused: { status: 400, body: { message: 'Problems parsing JSON' } } };
  }
}

function toResponse({ status, body, text: plain, headers }: Answer): Response {
  const text = plain ?? (body === undefined ? null : JSON.stringify(body));
  const kind = plain === undefined ? 'application/json' : 'text/plain';
  const type = text === null ? {} : { 'content-type': `${kind}; charset=utf-8` };
  return new Response(text, { status, headers: { ...type, ...headers } });
}
