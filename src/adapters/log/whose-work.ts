import { AsyncLocalStorage } from 'node:async_hooks';
import type { Observer } from '../../ports.ts';
import type { About } from './json-log.ts';

/** Knows at any place in the program which rejection is being worked on, so that each line of the log can say it. */
export function whoseWork(): { readonly observer: Observer; readonly about: () => About } {
  const storage = new AsyncLocalStorage<About>();
  return {
    about: () => storage.getStore() ?? {},
    observer: {
      around: (_point, { rejection }, work) =>
        rejection === undefined || storage.getStore()?.rejection === rejection
          ? work()
          : storage.run({ rejection }, work),
    },
  };
}
