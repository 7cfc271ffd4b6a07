import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openTraces, type Traces } from '../../src/adapters/telemetry/traces.ts';
import type { Fact, Recorded } from '../../src/domain/fact.ts';
import { Weather } from '../../src/ports.ts';

const KEY = 'acme/support#7';
const WORDS = 'Lorena Fuentespina wants her money back, write to lorena@example.net';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code: number };
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** A collector that keeps what it is sent; `answer` is what it says. */
async function inCollector(
  story: (at: { url: string; spans: () => readonly Span[]; bodies: readonly string[] }) => Promise<void>,
  answer: 'ok' | 'hang' = 'ok',
): Promise<void> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(`${request.url} ${body}`);
    if (answer === 'ok') response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const spans = () =>
    bodies.flatMap((body) =>
      JSON.parse(body.slice(body.indexOf(' '))).resourceSpans.flatMap((of: { scopeSpans: { spans: Span[] }[] }) =>
        of.scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  try {
    await story({ url: `http://127.0.0.1:${port}`, spans, bodies });
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

const accepted = (seq: number): Recorded => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  fact: { kind: 'rejection-accepted', reporter: 'rita', ticket: WORDS } as unknown as Fact,
});

/** What an advance does, as the observer sees it. `facts` is what it reads, before and after what it appends. */
async function advance({ observer, onCall }: Traces, facts: readonly [readonly Recorded[], readonly Recorded[]]) {
  const on = { rejection: KEY };
  const read = (found: readonly Recorded[]) => observer.around('ledger.read', on, async () => found);
  await observer.around('engine.advance', on, async () => {
    await read(facts[0]);
    await observer.around('ledger.append', { ...on, what: 'rejection-accepted' }, async () => true);
    await read(facts[1]);
    await observer.around('forge.postComment', { ...on, what: WORDS }, async () => {
      onCall({ method: 'POST', path: '/repos/acme/support/issues/7/comments', status: 201 });
    });
  });
}

async function run({ observer }: Traces, facts: readonly Recorded[]) {
  const on = { rejection: KEY };
  const fails = observer.around('engine.run', { ...on, what: 'run-9' }, async () => {
    await observer.around('ledger.read', on, async () => facts);
    await observer.around('agent.implement', on, () => observer.around('sandbox.run', on, async () => 'output'));
    throw new Weather(WORDS);
  });
  await expect(fails).rejects.toThrow(Weather);
}

test('two processes at one rejection tell one trace, in its order, and nothing that a person wrote', () =>
  inCollector(async ({ url, spans, bodies }) => {
    const [web, worker] = [
      openTraces({ endpoint: url, instance: 'a' }),
      openTraces({ endpoint: `${url}/`, instance: 'b' }),
    ];
    await advance(web, [[], [accepted(1)]]);
    await run(worker, [accepted(1)]);
    await Promise.all([web.stop(), worker.stop()]);
    const all = spans();
    expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1);
    const byId = new Map(all.map((span) => [span.spanId, span]));
    expect(byId.size).toBe(all.length);
    const path = (span: Span): string => {
      const parent = span.parentSpanId ? byId.get(span.parentSpanId) : undefined;
      return parent === undefined ? span.name : `${path(parent)} > ${span.name}`;
    };
    expect(all.map(path).toSorted()).toEqual([
      'rejection',
      'rejection > engine.advance',
      'rejection > engine.advance > forge.postComment',
      'rejection > engine.advance > forge.postComment > github.call',
      'rejection > engine.advance > ledger.append',
      'rejection > engine.run',
      'rejection > engine.run > agent.implement',
      'rejection > engine.run > agent.implement > sandbox.run',
    ]);
    const told = bodies.join('');
    expect(told).toContain('/v1/traces');
    expect(told).toContain('rejection-accepted');
    expect(told).toContain('"weather"');
    expect(told).not.toMatch(/Lorena|money|@example/);
    expect(all.find(({ name }) => name === 'engine.run')?.status.code).toBe(2);
  }));

test('a rejection that is accepted anew begins another trace; what is of another rejection is in neither', () =>
  inCollector(async ({ url, spans }) => {
    const traces = openTraces({ endpoint: url, instance: 'a' });
    await advance(traces, [[], [accepted(1)]]);
    await advance(traces, [[accepted(1)], [accepted(1), accepted(20)]]);
    await traces.observer.around('engine.advance', { rejection: 'acme/other#1' }, async () => {});
    await traces.observer.around('engine.drain', {}, async () => {});
    await traces.stop();
    const roots = spans().filter(({ name }) => name === 'rejection');
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(2);
    expect(new Set(spans().map(({ traceId }) => traceId)).size).toBe(3);
    expect(spans().some(({ name }) => name === 'engine.drain')).toBe(false);
  }));

test('the log can name the trace of what is being done', () =>
  inCollector(async ({ url, spans }) => {
    const traces = openTraces({ endpoint: url, instance: 'a' });
    let here: string | undefined;
    await traces.observer.around('engine.advance', { rejection: KEY }, async () => {
      expect(traces.here()).toBeUndefined();
      await traces.observer.around('ledger.read', { rejection: KEY }, async () => [accepted(1)]);
      here = traces.here();
    });
    await traces.stop();
    expect(here).toBe(spans()[0]?.traceId);
    expect(traces.here()).toBeUndefined();
  }));

test('a collector that is down or never answers holds nobody up, and what waits for it is bounded', async () => {
  const busy = async (endpoint: string) => {
    const traces = openTraces({ endpoint, instance: 'a' });
    for (let i = 0; i < 3000; i++) await advance(traces, [[accepted(1)], [accepted(1)]]);
    await traces.stop();
  };
  await busy('http://127.0.0.1:9');
  await inCollector(async ({ url, spans }) => {
    await busy(url);
    expect(spans().length).toBeLessThan(10_000);
  }, 'hang');
});
