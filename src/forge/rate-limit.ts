import type { Answer } from './answers.ts';
import { readToken } from './tokens.ts';
import type { World } from './world.ts';

const hourMs = 3_600_000;

export interface RateLimit {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

/** What tests can do to the limits of installations. People are only counted: a local forge refuses nobody for haste. */
export interface LimitControls {
  /** So many calls an hour per installation from now on, or in each `windowMs`. What was counted is forgotten. */
  primary(perHour: number, windowMs?: number): void;
  /** Refuses the next n calls of installations for making too many in a short time. */
  secondary(n: number, retryAfterSeconds: number): void;
}

/** GitHub counts them apart. */
export type Resource = 'core' | 'graphql';

export interface RateLimits {
  readonly controls: LimitControls;
  read(authorization: string | null, resource?: Resource): RateLimit;
  /** GitHub's refusal when the caller has nothing left, else null. */
  refusal(authorization: string | null, resource: Resource): Answer | null;
  /** Counts a call, unless it was answered 304, and returns the headers that every answer carries. */
  headers(authorization: string | null, status: number, resource: Resource): Record<string, string>;
}

/** Counts calls per caller and hour as GitHub does: all tokens of an installation share one account. */
export function makeRateLimits(world: World): RateLimits {
  const windows = new Map<string, { used: number; ends: number }>();
  const set = { limit: 5000, windowMs: hourMs, refuse: 0, retryAfter: 60 };
  const installationOf = (authorization: string | null): number | null => {
    const token = authorization?.includes(' ') ? readToken(authorization) : authorization;
    return world.state.installationTokens.find((one) => one.token === token)?.installation ?? null;
  };
  const windowOf = (authorization: string | null, resource: Resource) => {
    const key = `${resource} ${installationOf(authorization) ?? authorization ?? ''}`;
    const found = windows.get(key);
    if (found && found.ends > Date.now()) return found;
    const fresh = { used: 0, ends: Date.now() + set.windowMs };
    windows.set(key, fresh);
    return fresh;
  };
  const read = (authorization: string | null, resource: Resource = 'core'): RateLimit => {
    const { used, ends } = windowOf(authorization, resource);
    const { limit } = set;
    return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(ends / 1000) };
  };
  return {
    read,
    refusal(authorization, resource) {
      const installation = installationOf(authorization);
      if (installation === null) return null;
      if (set.refuse > 0) {
        set.refuse--;
        return refused(secondaryWords, { 'retry-after': String(set.retryAfter) });
      }
      if (read(authorization, resource).remaining > 0) return null;
      const message = `API rate limit exceeded for installation ID ${installation}.`;
      if (resource === 'core') return refused(message, {});
      return { status: 200, body: { errors: [{ type: 'RATE_LIMITED', message }] } };
    },
    headers(authorization, status, resource) {
      if (status !== 304) windowOf(authorization, resource).used++;
      return rateLimitHeaders(read(authorization, resource), resource);
    },
    controls: {
      primary(perHour, windowMs = hourMs) {
        Object.assign(set, { limit: perHour, windowMs });
        windows.clear();
      },
      secondary: (n, retryAfterSeconds) => void Object.assign(set, { refuse: n, retryAfter: retryAfterSeconds }),
    },
  };
}

const secondaryWords =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.';

function refused(message: string, headers: Record<string, string>): Answer {
  const documentation_url = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api';
  return { status: 403, body: { message, documentation_url, status: '403' }, headers };
}

function rateLimitHeaders(rate: RateLimit, resource: Resource): Record<string, string> {
  return {
    'x-ratelimit-limit': String(rate.limit),
    'x-ratelimit-used': String(rate.used),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-reset': String(rate.reset),
    'x-ratelimit-resource': resource,
  };
}
