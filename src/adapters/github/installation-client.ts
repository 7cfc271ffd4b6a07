import { githubTrouble } from '../../domain/messages/github.ts';
import { type Permit, Weather } from '../../ports.ts';
import { asksOnly } from './graphql.ts';
import type { Octokit } from './octokit.ts';
import { statusOf } from './refused.ts';
import type { Scope, Tokens } from './tokens.ts';

const READS = new Set(['GET', 'HEAD']);

/** A `fetch` that asks for the leave right before it sends: a process may have been frozen for minutes just now. */
const within =
  (permit: Permit, send: typeof fetch): typeof fetch =>
  (input, init) => {
    if (permit.left() <= 0) throw new Weather(githubTrouble.tooLate(permit.what));
    return send(input, init);
  };

/** Lets through what reads, and writes within the permit alone. */
export function permitOnly(octokit: Octokit, permit: Permit | null, send: typeof fetch): Octokit {
  octokit.hook.wrap('request', (request, options) => {
    if (READS.has(options.method) || asksOnly(options)) return request(options);
    if (permit === null) throw new Error(`${options.method} ${options.url} without leave`);
    options.request = { ...options.request, signal: permit.signal, fetch: within(permit, send) };
    return request(options);
  });
  return octokit;
}

/**
 * Makes a bare Octokit speak with the scope's token. A token may end before its time (the app was installed anew, the
 * server restarted), so a 401 is answered once with a new one.
 */
export function speakAs(octokit: Octokit, tokens: Tokens, scope: Scope): Octokit {
  octokit.hook.wrap('request', async (request, options) => {
    const send = (token: string) => {
      options.headers.authorization = `token ${token}`;
      return request(options);
    };
    const token = await tokens.get(scope);
    try {
      return await send(token);
    } catch (error) {
      if (statusOf(error) !== 401) throw error;
    }
    tokens.drop(scope, token);
    try {
      return await send(await tokens.get(scope));
    } catch (error) {
      throw statusOf(error) === 401 ? new Weather(githubTrouble.tokenRefused()) : error;
    }
  });
  return octokit;
}
