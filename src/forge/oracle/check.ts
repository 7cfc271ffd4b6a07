import { type Complete, makeCompleter } from './complete.ts';
import type { Schema } from './description.ts';
import { type ApiDescription, bodySchema, readApiDescription, readWebhookDescription } from './description.ts';
import { makeRouter, type Route } from './router.ts';
import { checkRules } from './rules.ts';
import { unknownProperties } from './unknown-properties.ts';
import { makeValidator, type Validate } from './validator.ts';

export interface CheckedRequest {
  /** The operation in GitHub's words, such as `issues/create`; null when GitHub describes none. */
  readonly operation: string | null;
  readonly route: Route | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** What does not fit GitHub's description; empty when the request is well formed. */
  readonly problems: readonly string[];
}

interface CheckedAnswer {
  /** The value with everything that GitHub's schema requires. */
  readonly body: unknown;
  readonly problems: readonly string[];
}

/** Holds requests, responses and webhooks against GitHub's own description of them. */
export interface Oracle {
  request(method: string, url: URL, body: unknown): CheckedRequest;
  response(route: Route, status: number, body: unknown): CheckedAnswer;
  /** `name` is the event and its action as in `issues-opened`. */
  webhook(name: string, payload: unknown): CheckedAnswer;
  /** Validates only, completing nothing; null when no such response or webhook is described. */
  validateResponse(operation: string, status: number, body: unknown): readonly string[] | null;
  validateWebhook(name: string, payload: unknown): readonly string[] | null;
  readonly routes: readonly Route[];
}

let shared: Oracle | null = null;

/** The oracle over the committed slices. It holds no state of its user, so every forge of a process has the same one. */
export function openOracle(): Oracle {
  shared ??= makeOracle();
  return shared;
}

/** Each schema is compiled when it is first needed. */
function makeOracle(): Oracle {
  const api = readApiDescription();
  const hooks = readWebhookDescription();
  const router = makeRouter(api);
  const apiValidator = makeValidator(api);
  const hookValidator = makeValidator(hooks);
  const completeApi = makeCompleter(api, apiValidator);
  const completeHook = makeCompleter(hooks, hookValidator);
  return {
    routes: router.routes,
    request: (method, url, body) => checkRequest(router.match(method, url.pathname), url, body, api, apiValidator),
    response: (route, status, body) => {
      const described = route.operation.responses[status];
      if (!described) return { body, problems: [`status ${status} is not described`] };
      return completeAndValidate(bodySchema(described, api), body, completeApi, apiValidator);
    },
    webhook: (name, payload) => {
      const schema = hooks.webhooks[name];
      if (!schema) return { body: payload, problems: [`no such webhook in GitHub's description: ${name}`] };
      return completeAndValidate(schema, payload, completeHook, hookValidator);
    },
    validateResponse: (operation, status, body) => {
      const route = router.routes.find((one) => one.operation.operationId === operation);
      const schema = bodySchema(route?.operation.responses[status], api);
      return schema ? apiValidator(schema)(body) : null;
    },
    validateWebhook: (name, payload) => {
      const schema = hooks.webhooks[name];
      return schema ? hookValidator(schema)(payload) : null;
    },
  };
}

function completeAndValidate(
  schema: Schema | undefined,
  body: unknown,
  complete: Complete,
  validator: (schema: Schema) => Validate,
): CheckedAnswer {
  if (!schema) return { body, problems: [] };
  const completed = complete(schema, body);
  return { body: completed, problems: validator(schema)(completed) };
}

function checkRequest(
  hit: { route: Route; parameters: Record<string, string> } | null,
  url: URL,
  body: unknown,
  api: ApiDescription,
  validator: (schema: Schema) => Validate,
): CheckedRequest {
  if (!hit) return { operation: null, route: null, parameters: {}, problems: ['no such operation'] };
  const { route, parameters } = hit;
  const problems = [
    ...checkParameters(route, parameters, url.searchParams, validator),
    ...checkBody(route, body, api, validator),
    ...checkRules(route.operation.operationId, body),
  ];
  return { operation: route.operation.operationId, route, parameters, problems };
}

function checkParameters(
  route: Route,
  inPath: Record<string, string>,
  query: URLSearchParams,
  validator: (schema: Schema) => Validate,
): string[] {
  const problems: string[] = [];
  const known = new Set(route.parameters.filter((one) => one.in === 'query').map((one) => one.name));
  for (const key of query.keys()) if (!known.has(key)) problems.push(`unknown query parameter ${key}`);
  for (const parameter of route.parameters) {
    if (parameter.in === 'header') continue;
    const raw = parameter.in === 'path' ? inPath[parameter.name] : query.get(parameter.name);
    const where = `${parameter.in} parameter ${parameter.name}`;
    if (raw === null || raw === undefined) {
      if (parameter.required) problems.push(`missing ${where}`);
      continue;
    }
    const findings = readings(raw).map((value) => validator(parameter.schema)(value));
    if (findings.every((found) => found.length > 0)) problems.push(...findings[0]!.map((found) => `${where}${found}`));
  }
  return problems;
}

/** What a piece of a URL can mean: text, and a number or a boolean where it looks like one. */
function readings(raw: string): unknown[] {
  if (raw === 'true' || raw === 'false') return [raw, raw === 'true'];
  return /^-?\d+$/.test(raw) ? [raw, Number(raw)] : [raw];
}

function checkBody(
  route: Route,
  body: unknown,
  api: ApiDescription,
  validator: (schema: Schema) => Validate,
): string[] {
  const described = route.operation.requestBody;
  const schema = bodySchema(described, api);
  if (body === undefined) return described?.required ? ['a body is required'] : [];
  if (!schema) return isEmptyObject(body) ? [] : ['a body was sent and none is described'];
  return [
    ...validator(schema)(body).map((found) => `body${found}`),
    ...unknownProperties(schema, body, api).map((name) => `unknown body property ${name}`),
  ];
}

function isEmptyObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}
