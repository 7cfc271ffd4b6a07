import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Observer } from '../../ports.ts';
import type { EndedSpan } from './one-work.ts';
import { routeOf } from './route-of.ts';
import { workSpans } from './work-spans.ts';

export interface TraceOptions {
  /** Base address of a collector that takes OTLP over HTTP. */
  readonly endpoint: string;
  /** This process, among those that work on one database. */
  readonly instance: string;
}

/** Spans of what this process does, on their way to a collector. */
export interface Traces {
  readonly observer: Observer;
  onCall(call: { readonly method: string; readonly path: string; readonly status: number | null }): void;
  /** The trace of what is being done at this place, for the log. */
  here(): string | undefined;
  /** Sends what is left, for at most some seconds. Never throws. */
  stop(): Promise<void>;
}

/** Spans that wait for a collector that is down: what comes beyond is dropped, nothing waits for it. */
const MOST_WAITING = 2048;
const EXPORT_MS = 5000;
const STOP_MS = 3000;
const SAMPLED = TraceFlags.SAMPLED;

/** Hands spans that have ended to the library under the ids that were chosen for them. */
function recorder({ endpoint, instance }: TraceOptions) {
  let next = '';
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'corrigible', 'service.instance.id': instance }),
    idGenerator: { generateTraceId: () => next.slice(0, 32), generateSpanId: () => next.slice(32) },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS }),
        maxQueueSize: MOST_WAITING,
        exportTimeoutMillis: EXPORT_MS,
        scheduledDelayMillis: 1000,
      }),
    ],
  });
  const tracer = provider.getTracer('corrigible');
  const tell = ({ traceId, spanId, parent, name, from, to, end, attributes }: EndedSpan): void => {
    next = traceId + spanId;
    const under =
      parent === null
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parent, traceFlags: SAMPLED, isRemote: true });
    const span = tracer.startSpan(
      name,
      { startTime: from, attributes: { ...attributes, 'corrigible.end': end } },
      under,
    );
    if (end !== 'done') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(to);
  };
  return { tell, shutdown: () => provider.shutdown() };
}

/** Traces to a collector. A collector that is down or slow costs nothing but a bounded queue. */
export function openTraces(options: TraceOptions): Traces {
  const { tell, shutdown } = recorder(options);
  const spans = workSpans(tell);
  return {
    observer: spans.observer,
    onCall: ({ method, path, status }) => spans.noteCall(method, routeOf(path), status),
    here: spans.here,
    stop: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((done) => {
        timer = setTimeout(done, STOP_MS);
      });
      await Promise.race([shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}
