const limit = 5000;
const hourMs = 3_600_000;

export interface RateLimit {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

/** Counts calls per token and hour as GitHub's headers do. It only counts: a local forge refuses nobody for haste. */
export function makeRateLimits(): { count(key: string): RateLimit; read(key: string): RateLimit } {
  const windows = new Map<string, { used: number; ends: number }>();
  const windowOf = (key: string) => {
    const found = windows.get(key);
    if (found && found.ends > Date.now()) return found;
    const fresh = { used: 0, ends: Date.now() + hourMs };
    windows.set(key, fresh);
    return fresh;
  };
  const read = (key: string) => {
    const { used, ends } = windowOf(key);
    return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(ends / 1000) };
  };
  return {
    read,
    count(key) {
      windowOf(key).used++;
      return read(key);
    },
  };
}

export function rateLimitHeaders(rate: RateLimit): Record<string, string> {
  return {
    'x-ratelimit-limit': String(rate.limit),
    'x-ratelimit-used': String(rate.used),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-reset': String(rate.reset),
    'x-ratelimit-resource': 'core',
  };
}
