import { type AccountPattern, accountsOf, redactor } from '../../domain/redact.ts';
import type { Log } from '../../ports.ts';
import { plainFields } from './plain-fields.ts';

export type Level = 'info' | 'warn' | 'error' | 'silent';
const rank: Readonly<Record<Level, number>> = { info: 0, warn: 1, error: 2, silent: 3 };

/** Whose work it is that is being logged, where that is known: the rejection's key, and the trace it is in. */
export interface About {
  readonly rejection?: string;
  readonly trace?: string;
}

/** What JSON leaves as it is, but some readers of lines take for the end of one. */
const BREAKS = /[\u0085\u2028\u2029]/g;

/** How account numbers look, by repository: one repository's patterns hide nothing of another. */
type Known = ReadonlyMap<string, readonly AccountPattern[]>;

/** Where a line belongs: a pattern of a repository's must not hide whose work it was. */
const PLACES = new Set(['rejection', 'repo', 'trace']);
/** Patterns are kept of so many repositories, those that were read last. */
const MOST_KNOWN = 1000;

const repoIn = ({ rejection, repo }: Readonly<Record<string, unknown>>): string =>
  typeof rejection === 'string' ? rejection.replace(/#\d+$/, '') : typeof repo === 'string' ? repo : '';

/** A redactor of its own for each line: none remembers values for ever, and equal placeholders of two lines mean nothing. */
function lineOf(level: Level, message: string, fields: object, about: About, known: Known): string {
  const told: Readonly<Record<string, unknown>> = { ...about, ...plainFields(fields) };
  const { redact, redactJson } = redactor({ accounts: known.get(repoIn(told)) ?? [] });
  const plain = redactor();
  const named = Object.fromEntries(
    Object.entries(told).map(([key, value]) => [
      plain.redact(key),
      PLACES.has(key) ? plain.redactJson(value) : redactJson(value),
    ]),
  );
  const own = { at: new Date().toISOString(), level, message: redact(String(message).slice(0, 2000)) };
  const line = JSON.stringify({ ...own, ...named, ...own });
  return `${line.replace(BREAKS, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/**
 * One JSON object per line, through the redactor: neither secrets nor personal data reach a log (invariant 11), nor what
 * an error carries of a person's words. `about` tells whose work goes on right now. Logging never throws.
 */
export function jsonLog(level: Level, write: (line: string) => void, about: () => About = () => ({})): Log {
  const known = new Map<string, readonly AccountPattern[]>();
  const at = (of: Exclude<Level, 'silent'>) => (message: string, fields?: Record<string, unknown>) => {
    if (rank[of] < rank[level]) return;
    try {
      write(lineOf(of, message, fields ?? {}, about(), known));
    } catch {
      // There is nobody left to tell.
    }
  };
  const hide = (repo: string, accounts: readonly string[]): void => {
    known.delete(repo);
    if (accounts.length > 0) known.set(repo, accountsOf({ accounts: [...accounts] }));
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
  };
  return { info: at('info'), warn: at('warn'), error: at('error'), hide };
}
