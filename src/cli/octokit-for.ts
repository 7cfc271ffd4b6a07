import { Octokit } from '@octokit/rest';

const TIMEOUT_MS = 15_000;
const nothing = (): void => {};

/** GitHub as the command line asks it: with a token, for so long, and without Octokit's own words between ours. */
export const octokitFor = ({ token, apiUrl }: { readonly token: string; readonly apiUrl: string }): Octokit =>
  new Octokit({
    auth: token,
    baseUrl: apiUrl,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    request: {
      fetch: (url: string, init: RequestInit) => fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    },
  });
