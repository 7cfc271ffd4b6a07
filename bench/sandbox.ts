import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bubblewrapSandbox } from '../src/adapters/sandbox/bubblewrap-sandbox.ts';
import type { Sandbox, SandboxJob } from '../src/ports.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { median, row } from './support/figures.ts';
import { inPlace, type Place } from './support/place.ts';

/** Runs of each kind. */
const RUNS = 40;
/** Runs at once, as many as agents that are to share two processors. */
const AT_ONCE = 8;
const COMMAND = '/usr/bin/true';

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function bare(tree: string): Promise<void> {
  await once(spawn(COMMAND, { cwd: tree, env: {}, stdio: ['ignore', 'pipe', 'pipe'] }), 'close');
}

/** Processor time of each of many runs that are busy at once, in seconds; the first is greedy, with four processes. */
async function shares(sandbox: Sandbox, folder: string, seconds: number): Promise<readonly number[]> {
  const busy = `perl -e 'my $end = time + ${seconds}; 1 while time < $end; print((times)[0], "\\n")'`;
  const limits = { wallMs: 60_000, outputBytes: 1000 };
  const runs = Array.from({ length: AT_ONCE }, async (_, i) => {
    const tree = join(folder, `tree-${i}`);
    await mkdir(tree);
    const command = i === 0 ? `${busy} & ${busy} & ${busy} & ${busy} & wait` : busy;
    const { stdout } = await sandbox.run({ tree, writable: false, command, limits });
    const used = Buffer.from(stdout).toString().trim().split('\n').map(Number);
    return used.reduce((sum, one) => sum + one, 0);
  });
  return Promise.all(runs);
}

async function measure({ quick }: Size, { folder }: Place): Promise<Measured> {
  const tree = join(folder, 'tree');
  await mkdir(tree);
  const sandbox = bubblewrapSandbox({ stateDir: join(folder, 'state') });
  const refusal = await sandbox.refusal();
  if (refusal !== null) throw new Error(refusal);
  const limits = { wallMs: 60_000, outputBytes: 1000 };
  const sandboxed = async (job: Partial<SandboxJob>): Promise<void> => {
    const run = await sandbox.run({ tree, writable: false, command: [COMMAND], limits, ...job });
    if (run.exit !== 0) throw new Error(`${run.ended} ${run.stderr}`);
  };
  const all: Record<'bare' | 'read' | 'written', number[]> = { bare: [], read: [], written: [] };
  for (let i = 0; i < (quick ? 3 : RUNS); i++) {
    all.read.push(await timed(() => sandboxed({})));
    all.written.push(await timed(() => sandboxed({ writable: true })));
    all.bare.push(await timed(() => bare(tree)));
  }
  const over = (of: readonly number[]) => of.map((ms, i) => ms - all.bare[i]!);
  const beside = { name: 'bare spawn', measured: all.bare };
  const line = (figure: string, measured: readonly number[]) =>
    row({ figure, unit: 'ms', measured: over(measured), beside, goal: { of: 'measured', atMost: 10 } });
  const used = await shares(sandbox, folder, quick ? 1 : 4);
  const modest = used.slice(1);
  return {
    rows: [
      line('a command in the sandbox, over a bare one', all.read),
      line('the same on a tree that it may write to', all.written),
      row({
        figure: `processor time of the least of ${AT_ONCE} busy runs at once, over the median`,
        unit: '×',
        measured: [Math.min(...modest) / median(modest)],
        beside: { name: 'the greedy one over the median', measured: [(used[0] ?? 0) / median(modest)] },
        goal: { of: 'measured', atLeast: 0.5 },
      }),
    ],
    notes: [
      `\`${COMMAND}\`, ${RUNS} times each, in turn. Where the app is root, a tree that may be written to changes hands before and`,
      'after the run. One of the busy runs has four busy processes; the others have one.',
    ],
  };
}

export const sandbox: Benchmark = {
  name: 'sandbox',
  title: 'a command in the sandbox',
  about:
    'The time of a run of a command that does nothing, with namespaces, mounts, filter and limits, beside a bare spawn.',
  run: (size) => inPlace((place) => measure(size, place)),
};
