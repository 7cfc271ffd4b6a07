import { githubRefused, githubTrouble } from '../../domain/messages/github.ts';
import { redactor } from '../../domain/redact.ts';
import { Weather } from '../../ports.ts';
import { asRest, isGraphqlError } from './graphql.ts';
import { shutOf } from './shut.ts';

/** GitHub's no. It holds GitHub's words and the place, never what was sent. */
export class GithubRefused extends Error {
  override readonly name = 'GithubRefused';
  readonly status: number;
  /** What was asked, such as `PUT /repos/o/r/pulls/7/merge`. */
  readonly operation: string;
  /** GitHub's own words, without secrets. */
  readonly words: string;
  constructor(status: number, operation: string, words: string) {
    super(githubRefused(status, words));
    this.status = status;
    this.operation = operation;
    this.words = words;
  }
}

/** What Octokit throws, as far as it is used here. Its class is no dependency of ours. */
interface HttpError extends Error {
  readonly status: number;
  readonly request?: { readonly method: string; readonly url: string };
  readonly response?: { readonly headers: Readonly<Record<string, unknown>>; readonly data: unknown };
}

const isHttpError = (error: unknown): error is HttpError =>
  error instanceof Error && 'status' in error && typeof error.status === 'number';

/** The status GitHub answered with, or null when it did not answer. */
export function statusOf(error: unknown): number | null {
  if (error instanceof GithubRefused) return error.status;
  return isHttpError(error) && error.response !== undefined ? error.status : null;
}

/** Statuses below 500 that pass by themselves. */
const passing = new Set([408, 425, 429]);

/** A failed call in our own words: `Weather`, `Shut` or `GithubRefused`. What is none of them stays what it is: a bug. */
export function ourError(error: unknown): unknown {
  if (isGraphqlError(error)) {
    const { status, operation, response } = asRest(error);
    return answered(status, operation, response);
  }
  if (!isHttpError(error) || error instanceof GithubRefused) return error;
  const { status, request, response } = error;
  if (error.cause instanceof Weather) return error.cause;
  if (response === undefined) return new Weather(githubTrouble.unreachable(), undefined, { scope: 'everything' });
  // What GraphQL refuses, it says with 200.
  const passes = status === 409 && request?.url.endsWith('/graphql') === true;
  return answered(passes ? 408 : status, operationOf(request), response);
}

function answered(status: number, operation: string, response: NonNullable<HttpError['response']>): Error {
  const wait = waitOf(response.headers);
  if (isLimit(status, response)) return new Weather(githubTrouble.limited(), wait ?? 60_000, { scope: 'installation' });
  if (status >= 500) return new Weather(githubTrouble.failing(status), wait, { scope: 'everything' });
  if (passing.has(status)) return new Weather(githubTrouble.failing(status), wait);
  const words = wordsOf(response.data);
  return shutOf(status, operation, words) ?? new GithubRefused(status, operation, words);
}

/** GitHub tells a limit by 403 or 429; a 403 may also be a plain no. */
function isLimit(status: number, response: NonNullable<HttpError['response']>): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  const { headers, data } = response;
  const limited = 'retry-after' in headers || String(headers['x-ratelimit-remaining']) === '0';
  return limited || /rate limit|abuse detection/i.test(wordsOf(data));
}

/** `retry-after` in seconds, else the time of `x-ratelimit-reset` when nothing is left of the quota. */
function waitOf(headers: Readonly<Record<string, unknown>>): number | undefined {
  const seconds = numberOf(headers['retry-after']);
  if (seconds !== undefined) return seconds * 1000;
  const reset = numberOf(headers['x-ratelimit-reset']);
  if (reset === undefined || String(headers['x-ratelimit-remaining']) !== '0') return undefined;
  // By GitHub's clock: this machine's may be wrong.
  const now = Date.parse(String(headers['date']));
  return Math.max(1000, reset * 1000 - (Number.isNaN(now) ? Date.now() : now));
}

const numberOf = (header: unknown): number | undefined =>
  /^\d{1,12}$/.test(String(header)) ? Number(header) : undefined;

const operationOf = (request: HttpError['request']): string =>
  request === undefined ? '' : `${request.method} ${URL.parse(request.url)?.pathname ?? ''}`;

/** GitHub's message and those of its list of errors. The list's other members repeat what was sent. */
export function wordsOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { message, errors } = data as { message?: unknown; errors?: unknown };
  const listed = Array.isArray(errors) ? errors : [];
  const sentences = listed.map((one) => (typeof one === 'object' ? one?.message : one));
  const isText = (one: unknown): one is string => typeof one === 'string' && one !== '';
  const text = [message, sentences.filter(isText).join('; ')].filter(isText).join(': ');
  return redactor().redact(text.replace(/\s+/g, ' ').slice(0, 500)).trim();
}
