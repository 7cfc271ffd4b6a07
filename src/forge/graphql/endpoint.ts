import { type Answer, GitHubError } from '../answers.ts';
import type { ForgeCall } from '../rest.ts';
import { authenticate } from '../tokens.ts';
import { loginOf, type World } from '../world.ts';
import { callOf, documentOf, type GraphOperations, wrongVariables } from './operation.ts';

interface GraphqlRequest {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface GraphqlApi {
  /** Answers one call; never throws. What GitHub would not take goes to `problems`. */
  handle(request: GraphqlRequest): Promise<Answer>;
}

/** GitHub Enterprise has it at the second address. */
export const isGraphql = (url: URL): boolean => url.pathname === '/graphql' || url.pathname === '/api/graphql';

/**
 * GitHub's GraphQL as far as the app uses it: no parser, but a table of the documents that the app sends, each answered
 * by a handler. Another document, or other variables than it declares, is a problem of whoever sent it.
 */
export function makeGraphqlApi(
  world: World,
  operations: GraphOperations,
  problems: string[],
  record: (call: ForgeCall) => void,
): GraphqlApi {
  return {
    async handle(request) {
      const { query, operationName, variables } = readRequest(request.body);
      let by: string | null = null;
      let answer: Answer;
      try {
        const actor = authenticate(world, request.headers.get('authorization'));
        by = loginOf(actor);
        if (by === null) throw new GitHubError(401, 'This endpoint requires you to be authenticated.');
        const wrong = wrongRequest(query, operationName, variables);
        for (const one of wrong) problems.push(`REQUEST graphql ${operationName}: ${one}`);
        answer =
          wrong.length > 0 ? refused(wrong) : done(await operations[operationName](callOf(world, actor, variables)));
      } catch (error) {
        answer = answerOf(error, query, problems);
      }
      record({
        method: 'POST',
        path: request.url.pathname,
        operation: `graphql/${operationName}`,
        status: answer.status,
        by,
        at: new Date().toISOString(),
      });
      return answer;
    },
  };
}

function readRequest(body: unknown) {
  const { query, operationName, variables } = (body ?? {}) as Record<string, unknown>;
  return {
    query: String(query ?? ''),
    operationName: String(operationName ?? '') as keyof GraphOperations,
    variables: (typeof variables === 'object' && variables !== null ? variables : {}) as Record<string, unknown>,
  };
}

function wrongRequest(query: string, operationName: string, variables: Readonly<Record<string, unknown>>): string[] {
  const document = documentOf(operationName);
  if (document === undefined) return [`No operation named "${operationName}"`];
  if (document !== query) return [`The document of "${operationName}" is not the one that is known here`];
  return wrongVariables(document, variables);
}

const done = (data: object): Answer => ({ status: 200, body: { data } });

/** Refused before anything was looked at: without `data`, and with `extensions` in each error. */
function refused(wrong: readonly string[]): Answer {
  const errors = wrong.map((message) => ({
    message,
    locations: [{ line: 1, column: 1 }],
    extensions: { value: null },
  }));
  return { status: 200, body: { errors } };
}

const types: Readonly<Record<number, string>> = { 403: 'FORBIDDEN', 404: 'NOT_FOUND', 422: 'UNPROCESSABLE' };

/** GraphQL answers 200 to almost all that goes wrong, with the place in the document and null for it. */
function answerOf(error: unknown, query: string, problems: string[]): Answer {
  if (!(error instanceof GitHubError)) {
    problems.push(`FAULT graphql: ${(error as Error).stack}`);
    return { status: 200, body: { errors: [{ message: 'Something went wrong while executing your query.' }] } };
  }
  if (error.status === 401) return { status: 401, body: { message: error.message, status: '401' } };
  const field = /\{\s*(\w+)/.exec(query)?.[1] ?? '';
  const type = types[error.status] ?? 'UNPROCESSABLE';
  const place = { path: [field], locations: [{ line: 2, column: 3 }] };
  return { status: 200, body: { data: { [field]: null }, errors: [{ type, ...place, message: error.message }] } };
}
