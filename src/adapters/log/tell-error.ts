import { databaseTrouble } from '../../domain/messages/store.ts';

/** Errors of ours and of the system: their messages are sentences of ours or the system's, with ids at most. */
const SPOKEN = new Set(['Weather', 'Shut', 'Fenced', 'SandboxRefused', 'StoreRefused', 'GithubRefused', 'GitFailure']);
const LONGEST = 300;
const FRAMES = 3;

/** A name of something: no spaces, nothing that reads like words. */
const isName = (text: string): boolean => /^[\w./:#-]{1,80}$/.test(text) && /[a-z0-9][._/:#-]|_|^\d/.test(text);

/**
 * A message as far as it may be logged: its first line, cut, without what stands in quotes. Libraries quote what they
 * were given (`JSON.parse` its text, Postgres a value), and that may be a person's words; names of things stay.
 */
export const tellMessage = (message: string): string =>
  (message.split(/[\r\n\u0085\u2028\u2029]/, 1)[0] ?? '')
    .slice(0, 4 * LONGEST)
    .replace(/"[^"]*(?:"|$)|“[^”]*(?:”|$)|`[^`]*(?:`|$)|(?<!\p{L})'[^']*(?:'|$)/gu, (found) => {
      const inner = found.slice(1).replace(/["”`']$/, '');
      return isName(inner) ? found : `${found[0]}…${found[0] === '“' ? '”' : found[0]}`;
    })
    .slice(0, LONGEST);

function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Where in our own files it was thrown. A stack begins with the message: only what follows it counts. */
function placesOf(stack: unknown, message: unknown): readonly string[] {
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  const begin = message === '' ? 0 : stack.indexOf(message);
  if (begin === -1) return [];
  const frames = stack.slice(begin + message.length).split('\n');
  return frames
    .flatMap((frame) => /^ {4}at .*?\b((?:src|test)\/[\w./-]{1,120}\.ts:\d{1,6})/.exec(frame)?.[1] ?? [])
    .slice(0, FRAMES);
}

/**
 * An error for the log: what kind it is, its code or status, where it was thrown. Its message only where that is a
 * sentence of ours or of the system; never its cause, and nothing else it carries. Never throws.
 */
export function tellError(error: Error): Record<string, unknown> {
  const given = read(error, 'name');
  const name = typeof given === 'string' && /^[A-Za-z]\w{0,60}$/.test(given) ? given : 'Error';
  const code = read(error, 'code');
  const status = read(error, 'status');
  const message = read(error, 'message');
  const known = typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code);
  const spoken = SPOKEN.has(name) || (known && typeof read(error, 'syscall') === 'string');
  const words = known ? databaseTrouble[code] : undefined;
  return {
    name,
    ...(known ? { code } : {}),
    ...(words === undefined ? {} : { message: words }),
    ...(typeof status === 'number' ? { status } : {}),
    ...(spoken && typeof message === 'string' ? { message: tellMessage(message) } : {}),
    at: placesOf(read(error, 'stack'), message),
  };
}
