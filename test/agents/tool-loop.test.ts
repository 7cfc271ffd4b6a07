import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ThreadEvent, TurnEnd } from '../../src/adapters/agents/thread.ts';
import { toolLoop } from '../../src/adapters/agents/tool-loop.ts';
import { workplace } from '../../src/adapters/agents/workplace.ts';
import { openaiChat } from '../../src/adapters/models/chat.ts';
import { Weather } from '../../src/ports.ts';
import { type Reply, type Script, type SeenRequest, scriptedModel } from '../support/scripted-model.ts';
import { layOut, makePlace, type Place, quiet } from './in-worktree.ts';

let place: Place & AsyncDisposable;
beforeAll(async () => {
  place = await makePlace(62_300);
});
afterAll(() => place[Symbol.asyncDispose]());

interface Played {
  readonly end: TurnEnd | Error;
  readonly requests: readonly SeenRequest[];
  readonly spent: { steps: number };
  readonly events: readonly ThreadEvent[];
  file(path: string): Promise<string>;
}

interface Conditions {
  readonly steps?: number;
  readonly context?: number;
  readonly signal?: AbortSignal;
}

/** Lets the scripted model work on a worktree with one file. */
async function play(script: Script, conditions: Conditions = {}): Promise<Played> {
  await using server = await scriptedModel(script);
  const dir = await layOut(place.state, { 'sum.js': 'console.log(1 - 1);\n' });
  const signal = conditions.signal ?? new AbortController().signal;
  const meter = { steps: 0, counted: { tokens: 0, of: 0 } };
  const events: ThreadEvent[] = [];
  const end = await toolLoop({
    chat: openaiChat({ baseUrl: server.baseUrl, apiKey: 'k', model: 'm', retries: 0 }),
    workplace: workplace(place.sandbox, { dir }, signal),
    messages: [
      { role: 'system', text: 'system' },
      { role: 'user', text: 'prompt' },
    ],
    most: conditions.steps ?? 20,
    context: conditions.context ?? 64_000,
    signal,
    meter,
    on: (event) => {
      events.push(event);
      return 'go-on';
    },
    log: quiet,
  }).catch((error: Error) => error);
  return { end, requests: server.requests, spent: meter, events, file: (path) => readFile(join(dir, path), 'utf8') };
}
const done: Reply = { tool: 'done', args: { summary: 'ok' } };

test('a dialogue of reading, editing and running changes the worktree', async () => {
  const { end, file, spent } = await play([
    { tool: 'read', args: { path: 'sum.js' } },
    { expect: /1 - 1/, reply: { tool: 'edit', args: { path: 'sum.js', old: '1 - 1', new: '1 + 1' } } },
    { expect: /was changed/, reply: { tool: 'run', args: { command: 'node sum.js' } } },
    { expect: /exit status 0\\nprinted:\\n2\\n/, reply: done },
  ]);
  expect(end).toEqual({ is: 'done', summary: 'ok' });
  expect(await file('sum.js')).toBe('console.log(1 + 1);\n');
  expect(spent).toMatchObject({ steps: 4 });
});

test('equal dialogues give equal bytes, and each request begins with the one before', async () => {
  const script: Script = [{ tool: 'list', args: {} }, { tool: 'run', args: { command: 'ls' } }, done];
  const [first, second] = [await play(script), await play(script)];
  expect(second.requests.map((r) => r.raw)).toEqual(first.requests.map((r) => r.raw));
  const [one, two] = first.requests.map((r) => JSON.stringify(r.body.messages).slice(0, -1));
  expect(two?.startsWith(one!)).toBe(true);
});

test('calls that make no sense are answered with what is wrong, and a good one is forgiven', async () => {
  const { end } = await play([
    { tool: 'read', args: '{"path": ' },
    { expect: /not valid JSON/, reply: { tool: 'browse', args: {} } },
    { expect: /no such tool; there are read, write/, reply: { tool: 'read', args: { file: 'sum.js' } } },
    { expect: /Unrecognized key/, reply: { tool: 'read', args: [] } },
    { expect: /expected object/, reply: { tool: 'list', args: {} } },
    { tool: 'read', args: '[' },
    done,
  ]);
  expect(end).toEqual({ is: 'done', summary: 'ok' });
});

test('five such calls in a row end the round', async () => {
  const { end, requests } = await play(() => ({ tool: 'read', args: '{' }));
  expect(end).toEqual({ is: 'over', what: 'stuck', most: 5 });
  expect(requests).toHaveLength(5);
});

test('several calls in one answer are done in order, up to the end', async () => {
  const { end, file } = await play([
    {
      tools: [
        { tool: 'write', args: { path: 'a', content: '1' } },
        { tool: 'edit', args: { path: 'a', old: '1', new: '2' } },
        { tool: 'done', args: { summary: 'ok' } },
        { tool: 'write', args: { path: 'a', content: '3' } },
      ],
    },
  ]);
  expect(end).toMatchObject({ is: 'done' });
  expect(await file('a')).toBe('2');
});

test('a long output is shown by its head and its tail', async () => {
  const { requests } = await play([{ tool: 'run', args: { command: 'seq 1 20000' } }, done]);
  const shown = requests[1]?.last ?? '';
  expect(shown.length).toBeLessThan(17_000);
  expect(shown).toMatch(/exit status 0[\s\S]*characters left out[\s\S]*20000/);
});

test('a model that only talks is told to use a tool, and is taken at its end when it goes on', async () => {
  const { end } = await play([
    { text: 'I will now fix it.' },
    { expect: /You called no tool/, reply: { text: 'Done.' } },
  ]);
  expect(end).toEqual({ is: 'done', summary: 'Done.' });
});

test('a cut answer is no end: it is asked for again once', async () => {
  const { end, requests } = await play(['cut', done]);
  expect(end).toEqual({ is: 'done', summary: 'ok' });
  expect(requests).toHaveLength(2);
});

test('an endpoint that goes on cutting is weather', async () => {
  const { end } = await play(['cut', 'cut']);
  expect(end).toBeInstanceOf(Weather);
});

test('a call that was cut by the length limit is a call that makes no sense', async () => {
  const { end } = await play([
    { tool: 'write', args: '{"path":"a","content":"xxx' },
    { expect: /not valid/, reply: done },
  ]);
  expect(end).toMatchObject({ is: 'done' });
});

test('the answers of a round are a limit', async () => {
  const { end } = await play(() => ({ tool: 'list', args: {} }), { steps: 4 });
  expect(end).toEqual({ is: 'over', what: 'steps', most: 4 });
});

test.each(['the model is silent', 'a command runs'])('an abort while %s ends the round at once', async (where) => {
  const stop = new AbortController();
  const running = play(
    () => {
      setTimeout(() => stop.abort(new Error('stop')), where === 'a command runs' ? 150 : 0);
      return where === 'a command runs' ? { tool: 'run', args: { command: 'sleep 30' } } : 'hang';
    },
    { signal: stop.signal },
  );
  expect((await running).end).toMatchObject({ message: 'stop' });
});

const noisy = (times: number): Reply[] =>
  Array.from({ length: times }, (_, at) => ({ tool: 'run', args: { command: `seq ${at}000 ${at}800` } }));
const roles = (request: SeenRequest | undefined) => request?.body.messages.map(({ role }) => role).join(' ');

test('a conversation that nears the context loses its older answers first, and between that each begins with the last', async () => {
  const { requests, end } = await play([...noisy(8), done], { context: 8_000 });
  expect(end).toEqual({ is: 'done', summary: 'ok' });
  const sizes = requests.map(({ raw }) => raw.length);
  const cuts = sizes.filter((size, at) => size < (sizes[at - 1] ?? 0)).length;
  expect(cuts).toBeGreaterThan(0);
  expect(cuts).toBeLessThan(4);
  const begun = requests.filter(({ raw, body }, at) => {
    const before = JSON.stringify(requests[at - 1]?.body.messages ?? []).slice(0, -1);
    return raw.length > 0 && JSON.stringify(body.messages).startsWith(before);
  });
  expect(begun).toHaveLength(requests.length - cuts);
  expect(requests.at(-1)?.raw).toContain('characters were taken away');
});

test('where that is not enough, the model sums up what it did, and goes on from there with its task', async () => {
  const long = 'I think about it. '.repeat(60);
  const asked = (request: SeenRequest) => request.last.includes('is about to be taken away');
  const said = { asked: 0 };
  const { requests, end, events } = await play(
    (request) => {
      if (asked(request)) {
        said.asked++;
        return { text: 'I found it in sum.js, line 1.' };
      }
      if (said.asked === 2) return done;
      return { tool: 'run', args: { command: `echo '${long}'` } };
    },
    { context: 6_000, steps: 60 },
  );
  expect(end).toEqual({ is: 'done', summary: 'ok' });
  const after = requests[requests.findIndex(asked) + 1];
  expect(roles(after)).toMatch(/^system user assistant user( assistant tool)+$/);
  expect(after?.body.messages.slice(0, 3).map(({ content }) => content)).toEqual([
    'system',
    'prompt',
    'I found it in sum.js, line 1.',
  ]);
  expect(events.filter(({ is }) => is === 'said')).toHaveLength(2);
});

test('a model that has nothing to say of its work is told which calls it made', async () => {
  const asked = (request: SeenRequest) => request.last.includes('is about to be taken away');
  const long = 'x'.repeat(900);
  const state = { asked: false };
  const { requests } = await play(
    (request) => {
      if (asked(request)) {
        state.asked = true;
        return { tool: 'list', args: {} };
      }
      return state.asked ? done : { tool: 'run', args: { command: `echo ${long}` } };
    },
    { context: 5_000, steps: 60 },
  );
  expect(requests.at(-1)?.body.messages[2]?.content).toMatch(
    /^I have called these tools so far:\n- run .*\(\d+ times\)$/,
  );
});

test('one turn that is longer than the context by itself is cut until it fits', async () => {
  const many = Array.from({ length: 6 }, () => ({ tool: 'run', args: { command: 'seq 1 20000' } }));
  const { requests, end } = await play([{ tools: many }, done], { context: 5_000 });
  expect(end).toEqual({ is: 'done', summary: 'ok' });
  expect(requests[1]?.raw.length).toBeLessThan(20_000);
});
