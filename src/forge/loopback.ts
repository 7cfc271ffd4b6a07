const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Throws unless the address is this machine's: the forge's webhooks go nowhere else. */
export function requireLoopbackUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'http:' && loopback.has(parsed.hostname)) return;
  throw new Error(
    `The local forge sends webhooks only to this machine: ${url} is not an http address of 127.0.0.1 or localhost.`,
  );
}
