import type { ZodType } from 'zod';
import { githubTrouble } from '../../domain/messages/github.ts';
import { Weather } from '../../ports.ts';
import { type DocumentName, documents } from './documents.ts';
import type { Octokit } from './octokit.ts';

/** Every call of GraphQL is a POST; whether it writes is said by its document. */
export function asksOnly(options: { readonly query?: unknown }): boolean {
  return Object.values(documents).some((text) => text === options.query && text.startsWith('query '));
}

/** Sends one of the documents and reads its answer; one that is not as expected is `Weather`. */
export async function askGraphql<T>(
  octokit: Octokit,
  operationName: DocumentName,
  variables: Readonly<Record<string, string | number | null>>,
  answer: ZodType<T>,
): Promise<T> {
  const data = await octokit.graphql(documents[operationName], { operationName, ...variables });
  const read = answer.safeParse(data);
  if (!read.success) throw new Weather(githubTrouble.unreadable());
  return read.data;
}

/** What Octokit throws when GraphQL answers 200 with errors. Its class is no dependency of ours. */
interface GraphqlError extends Error {
  readonly errors: readonly { readonly type?: string; readonly message?: string; readonly extensions?: object }[];
  readonly headers: Readonly<Record<string, unknown>>;
  readonly request: { readonly operationName?: string };
}

export const isGraphqlError = (error: unknown): error is GraphqlError =>
  error instanceof Error && error.name === 'GraphqlResponseError';

const STATUS: Readonly<Record<string, number>> = {
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  UNPROCESSABLE: 422,
};

/**
 * Errors of GraphQL as REST would tell them: a limit, a refusal, or, where GitHub says neither why nor where, a question
 * that took too long: those are its own failures, and most of them are that.
 */
export function asRest({ errors, headers, request }: GraphqlError) {
  const first = errors.find(({ type }) => type !== undefined) ?? errors[0];
  const message = errors.map((one) => one.message ?? '').join('; ');
  const response = { headers, data: { message } };
  const operation = `GraphQL ${request.operationName ?? ''}`;
  const limited = /^RATE_LIMIT/.test(first?.type ?? '') || /rate limit/i.test(message);
  if (limited) return { status: 429, operation, response };
  // A server that is older than the document names no type, but says where the document is wrong.
  const status = STATUS[first?.type ?? ''] ?? (first?.extensions === undefined ? 408 : 422);
  return { status, operation, response };
}
