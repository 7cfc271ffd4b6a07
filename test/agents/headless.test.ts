import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentEvent, Intervention } from '../../src/domain/agent-event.ts';
import type { HeadlessAgent } from '../../src/domain/installed-agent.ts';
import type { AgentResult } from '../../src/ports.ts';
import type { Reply, Script } from '../support/scripted-model.ts';
import { CANARY } from './brief-of.ts';
import { type Conditions, type GuestHouse, openGuestHouse } from './guest-house.ts';
import { headlessOn } from './headless-agent.ts';
import { runningLike } from './in-worktree.ts';
import { MODEL_KEY } from './through-gateway.ts';

let house: GuestHouse;
beforeAll(async () => {
  const files = { 'sum.js': 'console.log(1 - 1);\n', 'private/T-1.json': `{"text":"${CANARY}"}\n` };
  house = await openGuestHouse(63_200, files);
});
afterAll(() => house[Symbol.asyncDispose]());
const left = () => house.left();
const changesOf = (result: AgentResult) => house.changesOf(result);

/** One round of the smallest headless agent, whose model says this. */
const round = (script: Script, { agent, ...conditions }: Conditions & { agent?: Partial<HeadlessAgent> } = {}) =>
  house.round(script, (url) => headlessOn(house.place.state, url, agent), conditions);

const edit: Reply = { tool: 'edit', args: { path: 'sum.js', old: '1 - 1', new: '1 + 1' } };
const done: Reply = { tool: 'done', args: { summary: 'It <b>adds</b> now.' } };

test.each<[string, Partial<HeadlessAgent>]>([
  ['on its standard input', { prompt: 'stdin', command: ['node', '{install}/agent.mjs', '--stdin'] }],
  ['as an argument', { prompt: 'argument', command: ['node', '{install}/agent.mjs', '--words', '{prompt}'] }],
  ['as its last argument', { prompt: 'argument', command: ['node', '{install}/agent.mjs', '--words'] }],
  ['in a file', { prompt: 'file', command: ['node', '{install}/agent.mjs', '--file', '{prompt-file}'] }],
])('a command that is told its task %s makes the fix, is counted, and leaves nothing behind', async (_, agent) => {
  const { result, requests } = await round([edit, done], { agent });
  expect(await changesOf(result)).toEqual(['modified sum.js']);
  expect(result).toMatchObject({ summary: 'It adds now.', spent: { tokens: 240, requests: 2 } });
  expect(requests[0]?.last).toMatch(
    /^You change a program [\s\S]*# What to change\nAdd up[\s\S]*CANNOT: and the reason\.\n?$/,
  );
  expect(await left()).toEqual([]);
});

test('what it prints as JSON lines is told as it is done, with its files', async () => {
  const { events } = await round([edit, done]);
  expect(events.filter(({ is }) => is !== 'spent')).toEqual([
    { is: 'told', text: expect.stringContaining('# What to change') },
    { is: 'called', call: 'call_1_0', tool: 'command', paths: [], input: 'edit sum.js' },
    { is: 'answered', call: 'call_1_0', ok: true, text: 'changed' },
    { is: 'said', text: 'It <b>adds</b> now.' },
  ]);
  expect(events.filter(({ is }) => is === 'spent')).toHaveLength(2);
});

test('what it prints as plain text was said', async () => {
  const { events, result } = await round([edit, done], { agent: { output: 'text', env: {} } });
  const said = events.flatMap((event) => (event.is === 'said' ? [event.text] : [])).join('');
  expect(said).toContain('$ edit sum.js\nchanged\n');
  expect(result).toMatchObject({ is: 'candidate', summary: 'It adds now.' });
});

test('invariant 4: neither key nor hold-out nor hidden file is anywhere where it looks', async () => {
  const look =
    'env; cat /proc/*/environ /proc/*/cmdline; cat private/*; cat $(find /opt/corrigible /run "$HOME" /tmp /work -type f); ls -laR /opt/corrigible /run /work /repo.git; mount';
  const { requests, result } = await round([{ tool: 'run', args: { command: look } }, edit, done]);
  const seen = requests.map(({ raw }) => raw).join('\n');
  expect(seen).toContain('/opt/corrigible');
  expect(seen).not.toContain(MODEL_KEY);
  expect(seen).not.toContain(CANARY);
  expect(await changesOf(result)).toEqual(['modified sum.js']);
});

test('it reaches its model and nothing else', async () => {
  const reach =
    'for to in 127.0.0.1/22 10.0.0.1/80 1.1.1.1/443; do timeout 2 bash -c "echo > /dev/tcp/$to" 2>/dev/null && echo "open $to"; done; echo over';
  const { requests } = await round([{ tool: 'run', args: { command: reach } }, edit, done]);
  expect(requests[1]?.last).toBe('over\n');
});

test('nudged, it is stopped once its call is over, and started again with its task and the words', async () => {
  const watch = (event: AgentEvent): Intervention | null =>
    event.is === 'called' && event.input === 'echo one' ? { do: 'nudge', text: 'Look at sum.js.' } : null;
  const { requests, events, result } = await round(
    (request) => {
      if (!request.raw.includes('Look at sum.js.')) return { tool: 'run', args: { command: 'echo one' } };
      return request.body.messages.length === 1 ? edit : done;
    },
    { watch },
  );
  expect(await changesOf(result)).toEqual(['modified sum.js']);
  const again = requests.find(({ raw }) => raw.includes('Look at sum.js.'));
  expect(again?.last).toMatch(/# What to change[\s\S]*# You have begun already\n[\s\S]*\nLook at sum\.js\.\n$/);
  expect(events.filter(({ is }) => is === 'told')).toHaveLength(2);
  expect(await left()).toEqual([]);
});

test.each<[string, Script, string, RegExp]>([
  [
    'says that it cannot',
    [{ tool: 'cannot', args: { reason: 'It contradicts itself.' } }],
    'cannot',
    /^It contradicts itself\.$/,
  ],
  ['claims success without a change', [done], 'no-change', /without changing/],
  ['claims success while its model is down', () => ({ status: 503 }), 'model-unreachable', /could not be reached/],
  ['has a model that refuses the key', () => ({ status: 401 }), 'model-unreachable', /refused the key/],
  ['prints without end', [{ tool: 'run', args: { command: 'yes | head -c 60000000' } }], 'broken', /printed too much/],
])('an agent that %s has made nothing, and says why', async (_, script, code, because) => {
  const { result } = await round(script);
  expect(result).toMatchObject({ is: 'nothing', code, because: expect.stringMatching(because) });
  expect(await left()).toEqual([]);
});

test.each([
  ['is not there', ['{install}/none'], /none: not found/],
  ['dies at its start', ['node', '-e', 'throw new Error("no config")'], /no config/],
  ['only claims to have worked', ['echo', 'All green!'], /All green!/],
])('a command that %s is told by its last words', async (_, command, because) => {
  const { result } = await round([], { agent: { command } });
  expect(result).toMatchObject({ is: 'nothing', code: 'broken', because: expect.stringMatching(because) });
});

test('stopped, it and all that it has started is gone at once', async () => {
  const stop = new AbortController();
  const mark = `sleep 3${process.pid}`;
  const { result } = await round(
    (request) => {
      if (request.body.messages.length > 1) {
        stop.abort(new Error('stop'));
        return 'hang';
      }
      return { tool: 'run', args: { command: `trap '' TERM; (setsid ${mark} >/dev/null 2>&1 &); echo on` } };
    },
    { signal: stop.signal },
  );
  expect(result).toMatchObject({ is: 'nothing', code: 'stopped' });
  expect(await runningLike(mark)).toEqual([]);
  expect(await left()).toEqual([]);
});
