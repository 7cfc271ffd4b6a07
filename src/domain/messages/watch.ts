import type { Reason } from '../fact.ts';
import { quoted } from './people.ts';

/** What was noticed of an agent, as the end of a sentence. Plain text: whoever shows it keeps it from becoming markup. */
const noticed: Readonly<Record<string, (detail: string) => string>> = {
  'watch-outside': (path) => `it changed ${path}, which this spec does not let it change`,
  'watch-repeats': (tool) => `it did the same three times in a row, with the same outcome (${tool})`,
  'watch-alternates': () => 'it went back and forth between the same two actions',
  'watch-errors': (times) => `${times} of its calls failed in a row`,
  'watch-idle': () => 'it went on for long without changing anything',
  'watch-injected': (tool) => `something that it was shown gives orders to it (${tool})`,
};

/** The same, to be shown. */
export const watchReasons: Readonly<Record<string, (detail: string) => string>> = Object.fromEntries(
  Object.entries(noticed).map(([code, say]) => [code, (detail: string) => quoted(say(detail))]),
);

/** What a round is said to have ended of. */
export const watchedEnd = ({ code, detail = '' }: Reason): string =>
  `after it was told once to mind its way, ${noticed[code]?.(detail) ?? code}`;
