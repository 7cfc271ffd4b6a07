import { redactor } from '../../domain/redact.ts';
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

/** A redactor of its own for each line: none remembers values for ever, and equal placeholders of two lines mean nothing. */
function lineOf(level: Level, message: string, fields: object, about: About): string {
  const told = { ...about, ...plainFields(fields) };
  const { redact, redactJson } = redactor();
  const named = Object.fromEntries(Object.entries(told).map(([key, value]) => [redact(key), redactJson(value)]));
  const own = { at: new Date().toISOString(), level, message: redact(String(message).slice(0, 2000)) };
  const line = JSON.stringify({ ...own, ...named, ...own });
  return `${line.replace(BREAKS, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/**
 * One JSON object per line, through the redactor: neither secrets nor personal data reach a log (invariant 11), nor what
 * an error carries of a person's words. `about` tells whose work goes on right now. Logging never throws.
 */
export function jsonLog(level: Level, write: (line: string) => void, about: () => About = () => ({})): Log {
  const at = (of: Exclude<Level, 'silent'>) => (message: string, fields?: Record<string, unknown>) => {
    if (rank[of] < rank[level]) return;
    try {
      write(lineOf(of, message, fields ?? {}, about()));
    } catch {
      // There is nobody left to tell.
    }
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
