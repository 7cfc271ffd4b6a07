import { type Context, Hono } from 'hono';
import type { ApiAnswer, Forge } from '../forge.ts';
import type { Session } from '../sessions.ts';

/** One request of a browser: where, and in whose name. */
export interface Visit {
  readonly forge: Forge;
  readonly session: Session | null;
  /** Who is signed in; null for a reader without a name. */
  readonly login: string | null;
  /** The address that was asked for, without its query. */
  readonly path: string;
  /** A call of the REST API in the visitor's name. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** What the API holds at this path. Throws `Refusal` with the API's status when it refuses. */
  get<T>(path: string): Promise<T>;
  /** Every item of a list, up to 1,000; `key` names the list where it is wrapped. */
  all<T>(path: string, key?: string): Promise<T[]>;
}

/** Ends a request with a page that says why. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const noSuchPage = () => new Refusal(404, 'There is nothing at this address.');

export interface Env {
  Bindings: { forge: Forge };
  Variables: { visit: Visit };
}
export type PageContext = Context<Env>;
export const newPages = () => new Hono<Env>();
export type Pages = ReturnType<typeof newPages>;

/** The beginning of every address about a repository. A name cannot climb out of its place in the API's paths. */
export const inRepository = '/:owner{[A-Za-z0-9-]+}/:repo{[A-Za-z0-9_][A-Za-z0-9_.-]*}';

/** `owner/name` of an address below `inRepository`. */
export function repositoryOf(context: PageContext): string {
  return `${context.req.param('owner')}/${context.req.param('repo')}`;
}

/** A number in the address. */
export function numberOf(context: PageContext, name: string): number {
  const text = context.req.param(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) throw noSuchPage();
  return Number(text);
}

const perPage = 100;
const mostPages = 10;

export function makeVisit(forge: Forge, session: Session | null, path: string): Visit {
  // Asked for again at each call, since a session may act as somebody else meanwhile.
  const token = () => (session ? forge.addUser(session.login).token : null);
  const api: Visit['api'] = (method, target, body) => forge.api(token(), method, target, body);
  const get: Visit['get'] = async (target) => {
    const answer = await api('GET', target);
    if (answer.status !== 200) throw new Refusal(answer.status, explain(answer));
    return answer.body;
  };
  return {
    forge,
    session,
    login: session?.login ?? null,
    path,
    api,
    get,
    async all<T>(target: string, key?: string) {
      const found: T[] = [];
      for (let page = 1; page <= mostPages; page++) {
        const joint = target.includes('?') ? '&' : '?';
        const body = await get<T[] & Record<string, T[]>>(`${target}${joint}per_page=${perPage}&page=${page}`);
        const items: T[] = key ? body[key]! : body;
        found.push(...items);
        if (items.length < perPage) break;
      }
      return found;
    },
  };
}

/** One piece of a path of the API. Throws for the pieces that would lead elsewhere. */
export function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') throw noSuchPage();
  return encodeURIComponent(text);
}

/** The path of a file or folder within a repository, for the API. */
export function filePath(path: string): string {
  return path === '' ? '' : `/${path.split('/').map(segment).join('/')}`;
}

/** Why the API refused, in plain words. */
export function explain(answer: Pick<ApiAnswer, 'status' | 'body'>): string {
  const message = String(answer.body?.message ?? '');
  const role = /^Must have (\w+) rights to Repository\.$/.exec(message)?.[1];
  if (answer.status === 401) return 'Sign in first: this needs a name.';
  if (answer.status === 404 && message === 'Not Found') return 'There is nothing here, or it is not for you to see.';
  if (role) return `Not allowed: this needs the role ${role} or more in this repository.`;
  const reasons = ((answer.body?.errors ?? []) as unknown[]).map(reasonOf).filter(Boolean);
  return reasons.length > 0 ? `${message}: ${reasons.join('; ')}` : message || `The forge answered ${answer.status}.`;
}

function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, field, code } = error as { message?: string; field?: string; code?: string };
  if (message) return message;
  return code === 'missing_field' ? `${field} is missing` : `${field ?? ''} ${code ?? ''}`.trim();
}
