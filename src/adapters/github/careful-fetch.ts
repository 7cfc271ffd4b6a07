/** One call of GitHub's API as a counter sees it: no query, no body, no token. */
export interface GithubCall {
  readonly method: string;
  readonly path: string;
  /** null when GitHub did not answer. */
  readonly status: number | null;
}

/** The newest version drops fields from pull requests; without the header GitHub chooses. */
const API_VERSION = '2022-11-28';

/**
 * A `fetch` for Octokit. Every request, also one for a token, names the API version and ends in time. An answer that
 * was cut off or is not JSON throws: Octokit would hand it on as text, and a list could look empty.
 */
export function carefulFetch(options: {
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  onCall(call: GithubCall): void;
}): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init.method ?? 'GET';
    const headers = { ...(init.headers as Record<string, string>), 'x-github-api-version': API_VERSION };
    let status: number | null = null;
    try {
      const timeout = AbortSignal.timeout(options.timeoutMs);
      const signal = init.signal == null ? timeout : AbortSignal.any([init.signal, timeout]);
      const response = await options.fetch(url, { ...init, headers, signal });
      const text = await response.clone().text();
      if (response.ok && text !== '') JSON.parse(text);
      status = response.status;
      return response;
    } finally {
      options.onCall({ method, path: url.pathname, status });
    }
  };
}
