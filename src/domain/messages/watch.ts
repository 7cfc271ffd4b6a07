import type { Reason } from '../fact.ts';

/** What was noticed of an agent, as the end of a sentence. Plain text: whoever shows it keeps it from becoming markup. */
const noticed: Readonly<Record<string, (detail: string) => string>> = {
  'watch-outside': (path) => `it changed ${path}, which this spec does not let it change`,
  'watch-repeats': (tool) => `it did the same three times in a row, with the same outcome (${tool})`,
  'watch-alternates': () => 'it went back and forth between the same two actions',
  'watch-errors': (times) => `${times} of its calls failed in a row`,
  'watch-idle': () => 'it went on for long without changing anything',
  'watch-injected': (tool) => `something that it was shown gives orders to it (${tool})`,
};

export const whatWasNoticed = ({ code, detail = '' }: Reason): string =>
  noticed[code]?.(detail) ?? `of an unknown reason (${code})`;

/** What a round is said to have ended of. */
export const watchedEnd = (reason: Reason): string =>
  `after it was told once to mind its way, ${whatWasNoticed(reason)}`;
