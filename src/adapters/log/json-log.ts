import { redactor } from '../../domain/redact.ts';
import type { Log } from '../../ports.ts';

export type Level = 'info' | 'warn' | 'error' | 'silent';
const rank: Readonly<Record<Level, number>> = { info: 0, warn: 1, error: 2, silent: 3 };

/** One JSON object per line, through the redactor: neither secrets nor personal data reach a log (invariant 11). */
export function jsonLog(level: Level, write: (line: string) => void): Log {
  const { redactJson } = redactor();
  const at = (of: Exclude<Level, 'silent'>) => (message: string, fields?: Record<string, unknown>) => {
    if (rank[of] < rank[level]) return;
    write(`${JSON.stringify(redactJson({ at: new Date().toISOString(), level: of, message, ...fields }))}\n`);
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
