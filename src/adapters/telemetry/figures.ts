import { Gauge, type Registry } from 'prom-client';
import type { Figures } from '../../domain/figures.ts';
import type { MetricName } from '../../domain/messages/telemetry.ts';
import { named } from './named.ts';

const FRESH_MS = 1000;
const LONGEST_MS = 3000;

const gauges = {
  corrigible_deliveries_undrained: (f: Figures) => f.undrained,
  corrigible_deliveries_oldest_seconds: (f: Figures) => f.oldestUndrainedMs / 1000,
  corrigible_advances_owed: (f: Figures) => f.owed,
  corrigible_advances_oldest_seconds: (f: Figures) => f.oldestOwedMs / 1000,
  corrigible_gates_shut: (f: Figures) => f.gatesShut,
  corrigible_paused: (f: Figures) => f.paused,
  corrigible_runs_queued: (f: Figures) => f.runsQueued,
  corrigible_runs_running: (f: Figures) => f.runsRunning,
  corrigible_workers: (f: Figures) => f.executors,
} satisfies Partial<Record<MetricName, (figures: Figures) => number>>;

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error('too slow')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Gauges of the queues, read anew for each look but at most once a second. Where the database does not answer they are
 * left out, and `corrigible_database_up` is 0: what is not known is not told as nothing.
 */
export function queueGauges(registry: Registry, read: () => Promise<Figures>): () => Promise<void> {
  const registers = [registry];
  const up = new Gauge({
    ...named('corrigible_database_up'),
    registers,
  });
  const all = (Object.keys(gauges) as (keyof typeof gauges)[]).map((name) => ({
    gauge: new Gauge({ ...named(name), registers }),
    of: gauges[name],
  }));
  let last = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  const look = async () => {
    try {
      const figures = await within(LONGEST_MS, read());
      for (const { gauge, of } of all) gauge.set(of(figures));
      up.set(1);
    } catch {
      for (const { gauge } of all) gauge.remove();
      up.set(0);
    }
    last = performance.now();
    looking = undefined;
  };
  return async () => {
    if (performance.now() - last < FRESH_MS) return;
    looking ??= look();
    await looking;
  };
}
