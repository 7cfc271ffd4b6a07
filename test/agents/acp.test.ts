import { afterAll, beforeAll, expect, test } from 'vitest';
import { acp } from '../../src/adapters/agents/acp.ts';
import type { AgentEvent, Intervention } from '../../src/domain/agent-event.ts';
import type { HeadlessAgent } from '../../src/domain/installed-agent.ts';
import type { AgentResult } from '../../src/ports.ts';
import type { Reply, Script } from '../support/scripted-model.ts';
import { type Conditions, type GuestHouse, openGuestHouse } from './guest-house.ts';
import { spokenAgent } from './spoken-agent.ts';
import { modelAt } from './through-gateway.ts';

let house: GuestHouse;
beforeAll(async () => {
  house = await openGuestHouse(63_500, { 'sum.js': 'console.log(1 - 1);\n' });
});
afterAll(() => house[Symbol.asyncDispose]());
const left = () => house.left();
const changesOf = (result: AgentResult) => house.changesOf(result);

interface SpokenConditions extends Conditions {
  readonly how?: string;
  readonly agent?: Partial<HeadlessAgent>;
}

/** One round of an agent that is spoken to, whose model says this. */
function round(script: Script, { how = '', agent: more = {}, ...conditions }: SpokenConditions = {}) {
  const { state } = house.place;
  const agent = spokenAgent(state, { env: { FAKE_ACP: how }, ...more });
  return house.round(script, (url) => acp({ agent, model: modelAt(url), stateDir: state }), conditions);
}

const edit: Reply = { tool: 'edit', args: { path: 'sum.js', old: '1 - 1', new: '1 + 1' } };
const done: Reply = { tool: 'done', args: { summary: 'It <b>adds</b> now.' } };

test('an agent that is spoken to makes the fix, is let do what it asks for, is counted, and leaves nothing behind', async () => {
  const { result, events, requests } = await round([edit, done]);
  expect(await changesOf(result)).toEqual(['modified sum.js']);
  expect(result).toMatchObject({ summary: 'It adds now.', spent: { tokens: 240, requests: 2 } });
  expect(requests[0]?.last).toContain('# What to change');
  expect(events.filter(({ is }) => is !== 'spent')).toEqual([
    { is: 'told', text: expect.stringContaining('# What to change') },
    { is: 'called', call: 'call-1-0', tool: 'edit', paths: ['sum.js', '/work/sum.js'], input: expect.any(String) },
    { is: 'answered', call: 'call-1-0', ok: true, text: 'changed' },
    { is: 'said', text: 'It <b>adds</b> now.' },
  ]);
  expect(await left()).toEqual([]);
});

test('noise, and answers to what nobody asked, are survived', async () => {
  const { result } = await round([edit, done], { how: 'noise' });
  expect(await changesOf(result)).toEqual(['modified sum.js']);
});

test('it is given no file and no terminal of the app’s', async () => {
  const { result, events } = await round([done], { how: 'asks' });
  expect(events).toContainEqual({ is: 'said', text: expect.stringContaining('refused: -32601 -32601') });
  expect(result).toMatchObject({ is: 'nothing', code: 'no-change' });
});

test('it may be put into a mode of its own', async () => {
  const { result } = await round([edit, done], { agent: { mode: 'yolo' } });
  expect(await changesOf(result)).toEqual(['modified sum.js']);
});

const nudgeOnce = (event: AgentEvent): Intervention | null =>
  event.is === 'called' && event.call === 'call-1-0' ? { do: 'nudge', text: 'Look at sum.js.' } : null;
const untilNudged = (request: Parameters<Extract<Script, (...args: never[]) => unknown>>[0]): Reply => {
  if (!request.raw.includes('Look at sum.js.')) return { tool: 'edit', args: { path: 'sum.js', old: 'no', new: 'no' } };
  return request.body.messages.length === 1 ? edit : done;
};

test.each([
  ['is told to stop, and goes on in the same conversation', ''],
  ['does not heed that, is ended, and begun anew with its task', 'deaf'],
])('nudged, it %s', async (_, how) => {
  let nudged = false;
  const watch = (event: AgentEvent) => {
    const wanted = nudged ? null : nudgeOnce(event);
    nudged ||= wanted !== null;
    return wanted;
  };
  const { result, requests, events } = await round(untilNudged, { how, watch });
  expect(await changesOf(result)).toEqual(['modified sum.js']);
  const again = requests.find(({ raw }) => raw.includes('Look at sum.js.'))?.last ?? '';
  expect(again.includes('# What to change')).toBe(how === 'deaf');
  expect(again.trimEnd().endsWith('Look at sum.js.')).toBe(true);
  expect(events.filter(({ is }) => is === 'told')).toHaveLength(2);
  expect(await left()).toEqual([]);
});

test.each<[string, string, Script, string, RegExp]>([
  ['says that it cannot', '', [{ tool: 'cannot', args: { reason: 'No.' } }], 'cannot', /^No\.$/],
  ['claims success without a change', '', [done], 'no-change', /without changing/],
  ['ends its turn though its model is down', '', () => ({ status: 503 }), 'model-unreachable', /could not be reached/],
  ['dies', 'dies', [], 'broken', /without asking its model/],
  ['opens no session', 'refuses', [], 'broken', /without asking its model/],
  ['prints without end', 'floods', [], 'broken', /printed too much/],
])('an agent that %s has made nothing, and says why', async (_, how, script, code, because) => {
  const { result } = await round(script, { how });
  expect(result).toMatchObject({ is: 'nothing', code, because: expect.stringMatching(because) });
  expect(await left()).toEqual([]);
});

test('what it had changed before it died is judged all the same', async () => {
  const { result } = await round((request) => (request.body.messages.length > 1 ? 'cut' : edit));
  expect(await changesOf(result)).toEqual(['modified sum.js']);
});

test('one that is silent is ended, though its model is fine', async () => {
  const { result, requests } = await round([], { how: 'hangs', idleMs: 3_000 });
  expect(result).toMatchObject({ is: 'nothing', code: 'budget', because: expect.stringContaining('did nothing for') });
  expect(requests).toEqual([]);
  expect(await left()).toEqual([]);
});

test('stopped, it is gone at once', async () => {
  const stop = new AbortController();
  const hang = (): Reply => {
    stop.abort(new Error('stop'));
    return 'hang';
  };
  const { result } = await round(hang, { signal: stop.signal });
  expect(result).toMatchObject({ is: 'nothing', code: 'stopped' });
  expect(await left()).toEqual([]);
});
