import { once } from 'node:events';
import { access, chmod } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { threadAgent } from '../../src/adapters/agents/run-thread.ts';
import type { ThreadKind } from '../../src/adapters/agents/thread.ts';
import type { AgentEvent, Intervention } from '../../src/domain/agent-event.ts';
import type { Prepared, Repository } from '../../src/ports.ts';
import { type Script, scriptedModel } from '../support/scripted-model.ts';
import { briefOf } from './brief-of.ts';
import { layOut, makePlace, type Place, quiet } from './in-worktree.ts';
import { makeRepository } from './make-repository.ts';
import { doorTo, impatient } from './through-gateway.ts';

let place: Place & AsyncDisposable;
let repository: Repository;
let base: string;
beforeAll(async () => {
  place = await makePlace(62_900);
  ({ repository, base } = await makeRepository(place.state, { 'sum.js': 'console.log(1 - 1);\n' }));
});
afterAll(() => place[Symbol.asyncDispose]());

type Watch = (event: AgentEvent) => Intervention | null;

interface Conditions {
  readonly watch?: Watch;
  readonly idleMs?: number;
  readonly prepared?: Prepared;
}

/** One round of an agent of this kind, with all that whoever watches it was told. */
async function round(kind: ThreadKind, url: string, { watch = () => null, idleMs, prepared }: Conditions = {}) {
  const events: AgentEvent[] = [];
  const agent = threadAgent({ kind, sandbox: place.sandbox, log: quiet, door: doorTo(url), idleMs });
  const { signal } = new AbortController();
  const result = await agent.implement({
    brief: briefOf(),
    repository,
    base,
    hide: [],
    ...(prepared !== undefined && { prepared }),
    signal,
    on: (event) => {
      events.push(event);
      return watch(event);
    },
  });
  return { result, events };
}

async function scripted(script: Script, watch?: Watch) {
  await using server = await scriptedModel(script);
  return { ...(await round(impatient, server.baseUrl, { ...(watch && { watch }) })), requests: server.requests };
}

const edit = { tool: 'edit', args: { path: 'sum.js', old: '1 - 1', new: '1 + 1' } };
const done = { tool: 'done', args: { summary: 'It adds now.' } };

test('whoever watches is told all that happens, in order', async () => {
  const { events } = await scripted([edit, done]);
  expect(events).toEqual([
    { is: 'told', text: expect.stringContaining('# What to change') },
    { is: 'spent', tokens: 120 },
    { is: 'called', call: 'call_0', tool: 'edit', paths: ['sum.js'], input: JSON.stringify(edit.args) },
    { is: 'answered', call: 'call_0', ok: true, text: 'sum.js was changed.' },
    { is: 'spent', tokens: 120 },
    { is: 'called', call: 'call_0', tool: 'done', paths: [], input: JSON.stringify(done.args) },
    { is: 'answered', call: 'call_0', ok: true, text: 'It was noted.' },
  ]);
});

test('a nudge is the next that the agent is told, once what it does is over', async () => {
  const nudge: Watch = (event) =>
    event.is === 'called' && event.tool === 'run' ? { do: 'nudge', text: 'Look at sum.js.' } : null;
  const { requests, events, result } = await scripted(
    [
      {
        tools: [
          { tool: 'run', args: { command: 'echo one' } },
          { tool: 'run', args: { command: 'echo two' } },
        ],
      },
      edit,
      done,
    ],
    nudge,
  );
  expect(result).toMatchObject({ is: 'candidate' });
  expect(requests[1]?.body.messages.slice(-3).map((m) => `${m.role}: ${m.content}`)).toEqual([
    expect.stringContaining('one'),
    expect.stringContaining('two'),
    'user: Look at sum.js.',
  ]);
  expect(events.filter((event) => event.is === 'told')).toHaveLength(2);
});

test('an agent that ends as it is nudged hears the nudge all the same', async () => {
  const nudged = { done: false };
  const nudge: Watch = (event) => {
    if (event.is !== 'called' || nudged.done) return null;
    nudged.done = true;
    return { do: 'nudge', text: 'Nothing has changed yet.' };
  };
  const { result, requests } = await scripted([done, edit, done], nudge);
  expect(result).toMatchObject({ is: 'candidate', summary: 'It adds now.' });
  expect(requests[1]?.last).toBe('Nothing has changed yet.');
});

test('an agent that is stopped ends before the call for which it is stopped', async () => {
  const { result, requests } = await scripted([edit], (event) =>
    event.is === 'called' ? { do: 'stop', because: 'It left its paths.' } : null,
  );
  expect(result).toMatchObject({ is: 'nothing', code: 'watched', because: 'It left its paths.' });
  expect(result.spent).toMatchObject({ tokens: 120, requests: 1 });
  expect(requests).toHaveLength(1);
});

/** Where no model is. */
const NOWHERE = 'http://127.0.0.1:9/v1';
const sleeper = (turn: ThreadKind['open']): ThreadKind => ({ model: 'm', first: () => 'brief', open: turn });

test('an agent from which nothing is heard is stopped, and its thread is closed', async () => {
  const closed = Promise.withResolvers<void>();
  const silent = sleeper(async () => ({
    turn: async (_, on, signal) => {
      on({ is: 'said', text: 'I think.' });
      await once(signal, 'abort');
      throw signal.reason;
    },
    close: async () => closed.resolve(),
  }));
  const { result } = await round(silent, NOWHERE, { idleMs: 2_000 });
  expect(result).toMatchObject({ code: 'budget', because: 'The agent was stopped: it did nothing for 2 s.' });
  await closed.promise;
});

test('what was prepared lies beside what the agent works on, and does not leave with it', async () => {
  const made = await layOut(place.state, { 'own/index.mjs': 'export const word = "made";\n' });
  // The sandbox's users read it.
  await chmod(made, 0o755);
  const prepared = { key: 'k', layers: [{ host: made, inside: '/work/node_modules' }] };
  const command = `node -e 'import("own/index.mjs").then(({ word }) => console.log(word))'; touch node_modules/x`;
  await using server = await scriptedModel([{ tool: 'run', args: { command } }, edit, done]);
  const { result, events } = await round(impatient, server.baseUrl, { prepared });
  const answers = events.filter((event) => event.is === 'answered').map(({ text }) => text);
  expect(answers[0]).toContain('made\n');
  expect(answers[0]).toContain('Read-only file system');
  if (result.is !== 'candidate') throw new Error(result.because);
  expect(await repository.list(result.candidate.tree, '')).toEqual(['sum.js']);
});

test.each([
  ['asked a model that is not there', 'model-unreachable', true],
  ['never asked its model', 'broken', false],
])('an agent that %s and claims success has not made “no change”', async (_, code, asks) => {
  const liar = sleeper(async ({ gateway }) => ({
    turn: async () => {
      const body = JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }] });
      if (asks) await gateway.handle(new Request('http://gateway/v1/chat/completions', { method: 'POST', body }));
      return { is: 'done', summary: 'All green!' };
    },
    close: async () => {},
  }));
  const { result } = await round(liar, NOWHERE);
  expect(result).toMatchObject({ is: 'nothing', code });
});

test('a fault of ours in a thread is thrown, and what was laid out for it is gone', async () => {
  let dir = '';
  const broken = sleeper(async ({ checkout }) => {
    dir = checkout.dir;
    throw new TypeError('ours');
  });
  await expect(round(broken, NOWHERE)).rejects.toThrow('ours');
  await expect(access(dir)).rejects.toThrow('ENOENT');
});
