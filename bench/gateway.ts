import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { openGateway } from '../src/adapters/gateway/gateway.ts';
import type { Gateway } from '../src/ports.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { startScript } from './support/child.ts';
import { row } from './support/figures.ts';
import { inPlace, type Place } from './support/place.ts';

/** Requests of each kind. */
const RUNS = 100;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** A conversation of so many answers of tools, 2 kB each. */
const conversation = (answers: number): string =>
  JSON.stringify({
    model: 'any',
    stream: true,
    messages: [
      { role: 'user', content: 'Fix it.' },
      ...Array.from({ length: answers }, (_, i) => [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: `c${i}`, type: 'function', function: { name: 'read', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: `c${i}`, content: 'const some = code;\n'.repeat(105) },
      ]).flat(),
    ],
    tools: Array.from({ length: 10 }, (_, i) => ({
      type: 'function',
      function: { name: `tool${i}`, description: 'Does something', parameters: { type: 'object', properties: {} } },
    })),
  });

const asked = (base: string, body: string) => new Request(`${base}/chat/completions`, { method: 'POST', body });

async function bySocket(socketPath: string, body: string): Promise<void> {
  const asking = request({ socketPath, path: '/v1/chat/completions', method: 'POST' });
  asking.end(body);
  const [response] = await once(asking, 'response');
  await once(response.resume(), 'end');
}

async function sides(gateway: Gateway, socket: string, url: string, body: string, runs: number) {
  const all: Record<'direct' | 'within' | 'socket', number[]> = { direct: [], within: [], socket: [] };
  for (let i = 0; i < runs; i++) {
    all.within.push(await timed(async () => (await gateway.handle(asked('http://gateway/v1', body))).text()));
    all.socket.push(await timed(() => bySocket(socket, body)));
    all.direct.push(await timed(async () => (await fetch(asked(url, body))).text()));
  }
  return all;
}

async function measure({ quick }: Size, { folder, ending }: Place): Promise<Measured> {
  const { url } = ending(await startScript(new URL('./processes/endpoint.ts', import.meta.url)));
  const gateway = openGateway({
    model: { name: 'default', api: 'openai-chat', url, key: 'a key of the model', model: 'any', most: 16_384 },
    budget: { tokens: 1e12, requests: 1e9 },
    signal: new AbortController().signal,
    onEntry: () => {},
  });
  ending({ stop: () => gateway.close() });
  const socket = await gateway.listen(join(folder, 's'));
  const rows = [];
  for (const [what, answers] of [
    ['a short conversation, 6 kB', 2],
    ['a long one, 400 kB', 190],
  ] as const) {
    const body = conversation(answers);
    await sides(gateway, socket, url, body, 3);
    const all = await sides(gateway, socket, url, body, quick ? 2 : RUNS);
    const over = (of: readonly number[]) => of.map((ms, i) => ms - all.direct[i]!);
    const beside = { name: 'fetch, direct', measured: all.direct };
    const line = (how: string, measured: readonly number[]) =>
      row({
        figure: `${what}: ${how}, over a direct call`,
        unit: 'ms',
        measured: over(measured),
        beside,
        goal: { of: 'measured', atMost: 20 },
      });
    rows.push(line('by the built-in agent', all.within), line('by the socket', all.socket));
  }
  return {
    rows,
    notes: [
      `An answer of 100 events, which comes at once; ${RUNS} times each, in turn. The goal is the whole of the built-in agent's own time per turn.`,
    ],
  };
}

export const gateway: Benchmark = {
  name: 'gateway',
  title: 'the way to a model',
  about:
    'The time of one request through the gateway (parsed, written anew, counted, passed on), beside the same request without it.',
  run: (size) => inPlace((place) => measure(size, place)),
};
