// The whole app, as `corrigible serve` starts it, that can be asked what it did. With INSTANT, the name of a file, its
// suites answer from there.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { sandboxedSuites } from '../../src/adapters/suites/sandboxed-suites.ts';
import { startApp } from '../../src/app.ts';
import type { Observer } from '../../src/ports.ts';
import { readSettings } from '../../src/read-settings.ts';
import { instantSuites } from '../support/instant-suites.ts';
import { offer } from '../support/offer.ts';

import type { Span } from '../support/spans.ts';

const advances: number[] = [];
const spans: Span[] = [];
let watching = false;
const observer: Observer = {
  around: async (point, _doing, work) => {
    if (point !== 'engine.advance' && !watching) return work();
    const began = performance.now();
    try {
      return await work();
    } finally {
      const ended = performance.now();
      if (point === 'engine.advance') advances.push(ended - began);
      if (watching) spans.push({ point, began: performance.timeOrigin + began, ended: performance.timeOrigin + ended });
    }
  },
};

/** Bytes of what is still in use, after everything else was collected. */
function live(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

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
    /** From now on every call is written down. */
    watch: () => {
      watching = true;
    },
    /** What was written down since then. */
    spans: () => {
      watching = false;
      return spans.splice(0);
    },
    live,
    /** How often a step was run since this was last asked. */
    ran: () => suites?.ran() ?? 0,
  },
  () => app.stop(),
);
