import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Figures } from '../../domain/figures.ts';
import type { Ledger, Observer } from '../../ports.ts';
import { factCounter } from './count-facts.ts';
import { workCounter } from './count-work.ts';
import { queueGauges } from './figures.ts';
import { followFacts } from './follow-facts.ts';
import { named } from './named.ts';
import { creates, routeOf } from './route-of.ts';

/** One call of GitHub's API. `installation` and `remaining` where the caller knows them. */
export interface CountedCall {
  readonly method: string;
  readonly path: string;
  /** null when GitHub did not answer. */
  readonly status: number | null;
  readonly installation?: number | undefined;
  /** Calls that GitHub still allows the installation in this hour. */
  readonly remaining?: number | undefined;
}

/** The numbers of one process, for Prometheus. */
export interface Metrics {
  /** Times and counts what it is laid around. */
  readonly observer: Observer;
  /** The same ledger, its appends counted. One for each piece of work. */
  counting(ledger: Ledger): Ledger;
  onCall(call: CountedCall): void;
  /** Outputs of steps, by where they came from. */
  onOutputs(from: 'memory' | 'store' | 'sandbox', count: number): void;
  /** The whole page of `GET /metrics`. Answers also while the database is down. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const MOST_INSTALLATIONS = 1000;

/** Metrics in a registry of their own: two apps in one process do not meet. Labels are of closed lists or bounded. */
export function openMetrics({ figures }: { readonly figures: () => Promise<Figures> }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    ...named('corrigible_github_calls_total'),
    labelNames: ['method', 'route', 'status', 'creates'],
    registers,
  });
  const remaining = new Gauge({
    ...named('corrigible_github_remaining_calls'),
    labelNames: ['installation'],
    registers,
  });
  const outputs = new Counter({
    ...named('corrigible_suite_outputs_total'),
    labelNames: ['from'],
    registers,
  });
  const onAppended = factCounter(registry);
  const refresh = queueGauges(registry, figures);
  const installations = new Set<number>();
  return {
    observer: workCounter(registry),
    counting: (ledger) => followFacts(ledger, onAppended),
    onCall: (call) => {
      const { method, path, status, installation } = call;
      const route = routeOf(path);
      calls.inc({ method, route, status: status ?? 'none', creates: creates(method, route) ? 'yes' : 'no' });
      if (installation === undefined || call.remaining === undefined) return;
      if (installations.size >= MOST_INSTALLATIONS && !installations.has(installation)) return;
      installations.add(installation);
      remaining.set({ installation }, call.remaining);
    },
    onOutputs: (from, count) => outputs.inc({ from }, count),
    text: async () => {
      await refresh();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
