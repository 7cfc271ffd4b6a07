import { githubTrouble } from '../../domain/messages/github.ts';
import { Weather } from '../../ports.ts';
import type { Octokit } from './octokit.ts';
import { statusOf } from './refused.ts';
import type { Scope, Tokens } from './tokens.ts';

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
