/** One call of GitHub's API as a counter sees it: no query, no body, no token. */
export interface GithubCall {
  readonly method: string;
  readonly path: string;
  /** null when GitHub did not answer. */
  readonly status: number | null;
  /** Absent for calls as the App itself. */
  readonly installation?: number;
  /** Calls that are left in this hour, where GitHub told. */
  readonly remaining?: number;
}

/** What is left of the quota, as the answer's header tells. GraphQL has one of its own, in another unit. */
function remainingOf(response: Response | null): { remaining?: number } {
  if (response?.headers.get('x-ratelimit-resource') === 'graphql') return {};
  const told = response?.headers.get('x-ratelimit-remaining') ?? '';
  return /^\d{1,9}$/.test(told) ? { remaining: Number(told) } : {};
}

/** The newest version drops fields from pull requests; without the header GitHub chooses. */
const API_VERSION = '2022-11-28';

/** GitHub asks to repeat a call at another address: of a repository that was renamed, by its id. */
const MOVED = new Set([301, 302, 307, 308]);
const HOPS = 3;

/** Follows a write to where GitHub sends it, as it is: `fetch` by itself would make some of them a GET. */
async function follow(send: typeof fetch, url: URL, init: RequestInit): Promise<Response> {
  const reads = init.method === undefined || init.method === 'GET' || init.method === 'HEAD';
  if (reads) return send(url, init);
  let to = url;
  for (let hop = 0; ; hop++) {
    const response = await send(to, { ...init, redirect: 'manual' });
    const next = MOVED.has(response.status) ? URL.parse(response.headers.get('location') ?? '', to.href) : null;
    // The token is for this server alone.
    if (next === null || next.origin !== url.origin || hop === HOPS) return refuseRedirect(response);
    to = next;
  }
}

/** Octokit would take a redirect for a success. */
const refuseRedirect = (response: Response): Response => {
  if (!MOVED.has(response.status)) return response;
  return Response.json({ message: 'Moved to where this cannot follow' }, { status: 404 });
};

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
    let answer: Response | null = null;
    try {
      const timeout = AbortSignal.timeout(options.timeoutMs);
      const signal = init.signal == null ? timeout : AbortSignal.any([init.signal, timeout]);
      const response = await follow(options.fetch, url, { ...init, headers, signal });
      const text = await response.clone().text();
      if (response.ok && text !== '') JSON.parse(text);
      answer = response;
      return response;
    } finally {
      options.onCall({ method, path: url.pathname, status: answer?.status ?? null, ...remainingOf(answer) });
    }
  };
}
