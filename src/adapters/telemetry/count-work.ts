import { Counter, Histogram, type Registry } from 'prom-client';
import type { MetricName } from '../../domain/messages/telemetry.ts';
import type { Observer } from '../../ports.ts';
import { timed } from './end-of.ts';
import { named } from './named.ts';

const SHORT = [0.005, 0.02, 0.1, 0.5, 2, 10, 30];
const LONG = [0.1, 0.5, 2, 10, 30, 60, 300, 900, 3600];

/** More events than GitHub has are no events: their names are not told apart. */
const MOST_EVENTS = 80;

/** Counts and times what is done: webhooks, advances, runs, and each call of a port or boundary of the engine. */
export function workCounter(registry: Registry): Observer {
  const registers = [registry];
  const histogram = <L extends string>(name: MetricName, labelNames: L[], buckets: number[]) =>
    new Histogram<L>({ ...named(name), labelNames, buckets, registers });
  const advances = histogram('corrigible_advance_duration_seconds', ['end'], SHORT);
  const runs = histogram('corrigible_run_duration_seconds', ['end'], LONG);
  const calls = histogram('corrigible_operation_duration_seconds', ['point', 'end'], SHORT);
  const deliveries = new Counter({
    ...named('corrigible_deliveries_total'),
    labelNames: ['event', 'found'],
    registers,
  });
  const events = new Set<string>();
  const eventOf = (what = ''): string => {
    if (events.has(what)) return what;
    if (!/^[a-z_]{1,40}$/.test(what) || events.size >= MOST_EVENTS) return 'other';
    events.add(what);
    return what;
  };
  return {
    around: async (point, { what }, work) => {
      const result = await timed(work, (end, seconds) => {
        if (point === 'engine.advance') advances.observe({ end }, seconds);
        else if (point === 'engine.run') runs.observe({ end }, seconds);
        else calls.observe({ point, end }, seconds);
      });
      const found: unknown = result;
      if (point === 'engine.deliver' && (found === 'new' || found === 'known'))
        deliveries.inc({ event: eventOf(what), found });
      return result;
    },
  };
}
