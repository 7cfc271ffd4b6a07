// The whole app, as `corrigible serve` starts it, that can be asked what it did. With INSTANT, the name of a file, its
// suites answer from there.
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { sandboxedSuites } from '../../src/adapters/suites/sandboxed-suites.ts';
import { startApp } from '../../src/app.ts';
import type { Observer } from '../../src/ports.ts';
import { readSettings } from '../../src/read-settings.ts';
import { instantSuites } from '../support/instant-suites.ts';
import { offer } from '../support/offer.ts';

const advances: number[] = [];
const observer: Observer = {
  around: async (point, _doing, work) => {
    if (point !== 'engine.advance') return work();
    const began = performance.now();
    try {
      return await work();
    } finally {
      advances.push(performance.now() - began);
    }
  },
};

const { INSTANT, ...env } = process.env;
const read = readSettings(env);
if ('problems' in read) throw new Error(read.problems.join('\n'));
const { settings } = read;
const suites = INSTANT === undefined ? null : instantSuites(sandboxedSuites(bubblewrapSandbox(settings)), INSTANT);
const app = await startApp(settings, {
  onLog: (line) => process.stderr.write(line),
  observer,
  ...(suites === null ? {} : { tools: { suites } }),
});
offer(
  app.url,
  {
    idle: () => app.idle(),
    /** Milliseconds of each advance since this was last asked. */
    advances: () => advances.splice(0),
    /** How often a step was run since this was last asked. */
    ran: () => suites?.ran() ?? 0,
  },
  () => app.stop(),
);
