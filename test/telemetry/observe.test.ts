import { expect, test } from 'vitest';
import type { Configuration } from '../../src/domain/configuration.ts';
import { observed, PORT_POINTS, severalObservers } from '../../src/observe.ts';
import type { Observer, Ports } from '../../src/ports.ts';

type Method = (...args: unknown[]) => Promise<unknown>;

/** A port of any shape: each method answers with its own name and remembers what it was called with. */
const anyPort = (name: string, calls: unknown[][]) =>
  new Proxy({ name } as Record<string, unknown>, {
    get: (_, method) =>
      method === 'label'
        ? `label of ${name}`
        : async (...args: unknown[]) => {
            calls.push([`${name}.${String(method)}`, ...args]);
            return `${name}.${String(method)}`;
          },
  });

function anyPorts(calls: unknown[][] = []): Ports {
  const port = (name: string) => anyPort(name, calls);
  const names = [...new Set(PORT_POINTS.map((point) => point.split('.')[0] ?? ''))].filter((name) => name !== 'agent');
  return {
    ...Object.fromEntries(names.map((name) => [name, port(name)])),
    ref: { installation: 1, repo: 'acme/support', issue: 7 },
    readers: { detect: null, draft: port('model'), ask: null },
    agents: { recipe: () => port('agent'), model: () => port('agent') },
    clock: { now: () => '2026-01-01T00:00:00.000Z' },
    log: { info() {}, warn() {}, error() {} },
  } as unknown as Ports;
}

const configuration = {} as Configuration;
const remembering = (seen: unknown[], name = ''): Observer => ({
  around: async (point, doing, work) => {
    seen.push([`${name}${point}`, doing]);
    const result = await work();
    seen.push([`${name}${point} ended`, result]);
    return result;
  },
});

const permit = { what: 'question-1' };

test('every point is reached by its own method, once, with the rejection at hand', async () => {
  const calls: unknown[][] = [];
  const seen: unknown[][] = [];
  const ports = observed(anyPorts(calls), remembering(seen));
  for (const point of PORT_POINTS) {
    const [name = '', method = ''] = point.split('.');
    const port =
      name === 'agent' ? ports.agents.model(configuration) : (ports as unknown as Record<string, unknown>)[name];
    const call = (port as Record<string, Method>)[method];
    expect(await call?.(permit, 'second', [{ kind: 'merged' }])).toBe(point);
  }
  expect(calls.map(([point]) => point)).toEqual(PORT_POINTS);
  expect(seen.map(([point]) => point)).toEqual(PORT_POINTS.flatMap((point) => [point, `${point} ended`]));
  for (const [, doing] of seen.filter(([, value]) => typeof value === 'object'))
    expect(doing).toMatchObject({ rejection: 'acme/support#7' });
  expect(PORT_POINTS.length).toBe(new Set(PORT_POINTS).size);
});

test('an append tells the kind of its first fact, a write its name, a run its name, and a read nothing', async () => {
  const seen: unknown[][] = [];
  const ports = observed(anyPorts(), remembering(seen));
  await ports.ledger.append('acme/support#7', 3, [{ kind: 'resumed' }, { kind: 'thanked', comment: 1 }]);
  await ports.forge.postComment(permit as never, 7, 'marker', 'words of a person');
  await ports.repository.push(permit as never, { url: '', token: 'secret' }, 'a'.repeat(40), 'branch', null);
  await ports.queue.enqueueRun(ports.ref, 'run-4');
  await ports.forge.permission('rita');
  await ports.agents.recipe(null as never, null as never).implement(null as never);
  const told = seen.filter(([point]) => !String(point).endsWith('ended'));
  const rejection = 'acme/support#7';
  expect(told).toEqual([
    ['ledger.append', { rejection, what: 'resumed' }],
    ['forge.postComment', { rejection, what: 'question-1' }],
    ['repository.push', { rejection, what: 'question-1' }],
    ['queue.enqueueRun', { rejection, what: 'run-4' }],
    ['forge.permission', { rejection }],
    ['agent.implement', { rejection }],
  ]);
});

test('suites that judge anew are observed as well', async () => {
  const seen: unknown[][] = [];
  const anew = { outputs: async () => [], report: async () => ({ cases: [] }), anew: () => anew };
  const suites = { ...anew, outputs: () => Promise.reject(new Error('not anew')) };
  const ports = observed({ ...anyPorts(), suites }, remembering(seen));
  await ports.suites
    .anew()
    .anew()
    .outputs(null as never, null as never, []);
  expect(seen.map(([point]) => point)).toEqual(['suites.outputs', 'suites.outputs ended']);
});

test('what is no call stays as it was, and what a call throws comes through', async () => {
  const failing = { ...anyPorts(), shipped: { rubrics: () => Promise.reject(new Error('no disk')) } };
  const ports = observed(failing, remembering([]));
  expect((ports.forge as unknown as { label: string }).label).toBe('label of forge');
  expect(ports.clock).toBe(failing.clock);
  expect(observed({ ...failing, model: null }, remembering([])).model).toBeNull();
  await expect(ports.shipped.rubrics()).rejects.toThrow('no disk');
});

test('several observers lie around one another, the first outermost', async () => {
  const seen: unknown[][] = [];
  const both = severalObservers(remembering(seen, 'a '), remembering(seen, 'b '));
  expect(await both.around('x.y', {}, async () => 5)).toBe(5);
  expect(seen.map(([point]) => point)).toEqual(['a x.y', 'b x.y', 'b x.y ended', 'a x.y ended']);
});
