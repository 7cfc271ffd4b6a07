import { afterAll, beforeAll, expect, test } from 'vitest';
import { threadAgent } from '../../src/adapters/agents/run-thread.ts';
import type { AgentResult, Brief, Repository } from '../../src/ports.ts';
import { echo } from '../support/model-actors.ts';
import { type Reply, type Script, type SeenRequest, scriptedModel } from '../support/scripted-model.ts';
import { briefOf, CANARY } from './brief-of.ts';
import { makePlace, type Place, quiet } from './in-worktree.ts';
import { makeRepository } from './make-repository.ts';
import { doorTo, impatient } from './through-gateway.ts';

const files = {
  'sum.js': 'console.log(1 - 1);\n',
  'config/weights.json': '{"a":1}\n',
  'evals/sum.yml': 'cases:\n  - { name: a, input: 1, expect: [{ path: "", op: eq, value: 2 }] }\n',
  'private/T-1.json': `{"text":"${CANARY}"}\n`,
  '.github/corrigible.yml': 'version: 1\nsteps: []\n',
};

let place: Place & AsyncDisposable;
let repository: Repository;
let base: string;
beforeAll(async () => {
  place = await makePlace(62_600);
  ({ repository, base } = await makeRepository(place.state, files));
});
afterAll(() => place[Symbol.asyncDispose]());

interface Implemented {
  readonly result: AgentResult;
  readonly requests: readonly SeenRequest[];
}

async function implement(script: Script, limits?: Brief['limits'], signal?: AbortSignal): Promise<Implemented> {
  await using server = await scriptedModel(script);
  const agent = threadAgent({
    kind: impatient,
    door: doorTo(server.baseUrl),
    sandbox: place.sandbox,
    log: quiet,
  });
  const hide = ['private/**'];
  const result = await agent.implement({
    brief: briefOf(limits),
    repository,
    base,
    hide,
    signal: signal ?? new AbortController().signal,
    on: () => null,
  });
  return { result, requests: server.requests };
}

const fix: readonly Reply[] = [
  { tool: 'edit', args: { path: 'sum.js', old: '1 - 1', new: '1 + 1' } },
  { tool: 'done', args: { summary: 'It <b>adds</b> now.' } },
];
/** What a candidate changes, as `status path`. */
async function changesOf(result: AgentResult): Promise<readonly string[]> {
  if (result.is !== 'candidate') return expect.fail(`no candidate: ${result.because}`);
  const changes = await repository.changes(base, result.candidate.tree);
  return changes.map((change) => `${change.status} ${change.path}`);
}

test('the tree that the agent leaves is the candidate, with what it cost', async () => {
  const { result } = await implement(fix);
  expect(await changesOf(result)).toEqual(['modified sum.js']);
  expect(result).toMatchObject({ candidate: { base }, summary: 'It adds now.', spent: { tokens: 240, requests: 2 } });
});

test('invariant 4: hidden files and hold-outs are in nothing that the model receives', async () => {
  const look = 'cat private/* ; grep -rn canary . ; git log --all ; ls -a / /repo.git ; env';
  const { requests, result } = await implement([{ tool: 'run', args: { command: look } }, ...fix]);
  expect(requests.map((request) => request.raw).join('\n')).not.toContain(CANARY);
  expect(await changesOf(result)).toEqual(['modified sum.js']);
});

test('an agent that claims success without a change has made nothing', async () => {
  const { result } = await implement([{ tool: 'done', args: { summary: 'All fixed!' } }]);
  expect(result).toMatchObject({ is: 'nothing', code: 'no-change' });
});

test('an agent that cannot says why, in plain words of at most 300 characters', async () => {
  const reason = `No <script>x</script>[way](https://evil.example) ${'out '.repeat(200)}`;
  const { result } = await implement([{ tool: 'cannot', args: { reason } }]);
  expect(result).toMatchObject({
    is: 'nothing',
    code: 'cannot',
    because: expect.stringMatching(/^No x\s?way out out/),
  });
  expect(result.is === 'nothing' && result.because.length).toBeLessThanOrEqual(300);
});

test('a reason that copies the whole task is cut too', async () => {
  const { result } = await implement(echo);
  expect(result.is === 'nothing' && result.because.length).toBeLessThanOrEqual(300);
});

test.each<[string, Script, string]>([
  ['goes on for ever', () => ({ tool: 'list', args: {} }), 'budget'],
  ['makes no sense', () => ({ tool: 'nonsense', args: {} }), 'broken'],
  ['is out of reach', () => ({ status: 503 }), 'model-unreachable'],
  ['refuses the key', () => ({ status: 401 }), 'model-unreachable'],
  ['cuts every answer', () => 'cut', 'model-unreachable'],
])('a model that %s ends the round with a reason', async (_, script, code) => {
  const { result } = await implement(script, { minutes: 5, tokens: 40_000 });
  expect(result).toMatchObject({ is: 'nothing', code });
  expect(result.spent.requests).toBeGreaterThan(0);
});

test('a round that is stopped says so, and is not taken for its end', async () => {
  const stop = new AbortController();
  const { result } = await implement(
    () => {
      stop.abort(new Error('stop'));
      return 'hang';
    },
    undefined,
    stop.signal,
  );
  expect(result).toMatchObject({ is: 'nothing', code: 'stopped' });
});

test('a round without minutes left is over before it costs anything', async () => {
  const { result } = await implement(() => 'hang', { minutes: 0, tokens: 1000 });
  expect(result).toMatchObject({ is: 'nothing', code: 'budget' });
});
