import { threadAgent } from '../src/adapters/agents/run-thread.ts';
import { bubblewrapSandbox } from '../src/adapters/sandbox/bubblewrap-sandbox.ts';
import type { Agent, Repository, Sandbox } from '../src/ports.ts';
import { briefOf } from '../test/agents/brief-of.ts';
import { makeRepository } from '../test/agents/make-repository.ts';
import { doorTo, impatient } from '../test/agents/through-gateway.ts';
import { type Reply, type SeenRequest, scriptedModel } from '../test/support/scripted-model.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { row } from './support/figures.ts';
import { inPlace, type Place } from './support/place.ts';

/** Turns of which each runs one command, tasks one after another, and agents at once. */
const TURNS = 40;
const BLOCK = 4;
const TASKS = 10;
const AT_ONCE = 8;

const files = { 'sum.js': 'console.log(1 - 1);\n' };
const command = 'true';
const done: Reply = { tool: 'done', args: { summary: 'It adds now.' } };
const task: readonly Reply[] = [
  { tool: 'read', args: { path: 'sum.js' } },
  { tool: 'edit', args: { path: 'sum.js', old: '1 - 1', new: '1 + 1' } },
  { tool: 'run', args: { command: 'node sum.js' } },
  done,
];

interface Work {
  readonly repository: Repository;
  readonly base: string;
  readonly sandbox: Sandbox;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function implement(agent: Agent, { repository, base }: Work): Promise<void> {
  const { signal } = new AbortController();
  const result = await agent.implement({ brief: briefOf(), repository, base, hide: [], signal, on: () => null });
  if (result.is !== 'candidate' && result.code !== 'no-change') throw new Error(`${result.code}: ${result.because}`);
}

/** A model that knows by the length of the conversation what comes next, so that it can serve many at once. */
const inTurn =
  (replies: readonly Reply[]) =>
  ({ body }: SeenRequest): Reply =>
    replies[body.messages.filter(({ role }) => role === 'assistant').length] ?? done;

async function withAgent<T>(work: Work, script: (request: SeenRequest) => Reply, use: (agent: Agent) => Promise<T>) {
  await using model = await scriptedModel(script);
  const log = { info() {}, warn() {}, error() {} };
  return await use(threadAgent({ kind: impatient, sandbox: work.sandbox, log, door: doorTo(model.baseUrl) }));
}

/** From one request to the next: the model answers at once, so all of it is the agent's, and the command's. */
async function turnTimes(work: Work, turns: number): Promise<readonly number[]> {
  const asked: number[] = [];
  const replies = Array.from({ length: turns }, (): Reply => ({ tool: 'run', args: { command } }));
  const reply = inTurn(replies);
  const script = (request: SeenRequest): Reply => {
    asked.push(performance.now());
    return reply(request);
  };
  await withAgent(work, script, (agent) => implement(agent, work));
  return asked.slice(1).map((at, index) => at - (asked[index] ?? at));
}

async function commandTimes({ repository, base, sandbox }: Work, times: number): Promise<readonly number[]> {
  const checkout = await repository.checkout(await repository.treeOf(base));
  const limits = { wallMs: 60_000, outputBytes: 1_000 };
  const all: number[] = [];
  for (let i = 0; i < times; i++)
    all.push(await timed(() => sandbox.run({ tree: checkout.dir, writable: true, command, limits })));
  await checkout.dispose();
  return all;
}

async function endsAtOnce(work: Work, agents: number): Promise<readonly number[]> {
  const began = performance.now();
  return withAgent(work, inTurn(task), (agent) =>
    Promise.all(
      Array.from({ length: agents }, async () => {
        await implement(agent, work);
        return performance.now() - began;
      }),
    ),
  );
}

async function measure({ quick, rounds }: Size, { folder }: Place): Promise<Measured> {
  const { repository, base } = await makeRepository(folder, files);
  const sandbox = bubblewrapSandbox({ stateDir: folder });
  const refusal = await sandbox.refusal();
  if (refusal !== null) throw new Error(refusal);
  const work = { repository, base, sandbox };
  await turnTimes(work, 2);
  const perTurn: number[] = [];
  const alone: number[] = [];
  // In turn, so that a machine that slows down slows both.
  for (let i = 0; i < (quick ? 1 : TURNS / BLOCK); i++) {
    perTurn.push(...(await turnTimes(work, BLOCK)));
    alone.push(...(await commandTimes(work, BLOCK)));
  }
  const tasks: number[] = [];
  for (let i = 0; i < (quick ? 1 : TASKS); i++)
    tasks.push(await withAgent(work, inTurn(task), (agent) => timed(() => implement(agent, work))));
  const first: number[] = [];
  const last: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const ends = await endsAtOnce(work, quick ? 2 : AT_ONCE);
    first.push(Math.min(...ends));
    last.push(Math.max(...ends));
  }
  return {
    rows: [
      row({
        figure: 'a turn that runs a command, over the command alone',
        unit: 'ms',
        measured: perTurn.map((ms, i) => ms - (alone[i] ?? Number.NaN)),
        beside: { name: 'the command in the sandbox', measured: alone },
        goal: { of: 'measured', atMost: 20 },
      }),
      row({
        figure: 'read, edit, run, done: from the brief to the candidate’s tree',
        unit: 'ms',
        measured: tasks,
        goal: { of: 'measured', atMost: 1_000 },
      }),
      row({
        figure: `${AT_ONCE} agents with that task at once: the last of them is done`,
        unit: 'ms',
        measured: last,
        beside: { name: 'the first of them', measured: first },
        goal: { of: 'ratio', atMost: 2 },
      }),
    ],
    notes: [
      'The model is a script on the loopback address that answers at once, through the gateway. A worktree that commands write to',
      'changes hands where the app is root. The task holds laying out the tree, every tool in a sandbox of its own, and taking',
      'the tree out.',
    ],
  };
}

export const agents: Benchmark = {
  name: 'agents',
  title: 'the built-in agent',
  about: 'What the built-in agent takes beside its model: a turn, a whole task, and many at once.',
  run: (size) => inPlace((place) => measure(size, place)),
};
