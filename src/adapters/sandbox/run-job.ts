import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { bwrapArguments } from './bwrap-arguments.ts';
import { type Checked, checkJob } from './check-job.ts';
import { type Followed, followRun } from './follow-run.ts';
import { type Launched, launch } from './launch.ts';
import { lendTree } from './lend-tree.ts';
import type { Setup } from './setup.ts';
import { takeUid } from './take-uid.ts';

const nothing = (ended: SandboxRun['ended'], stderr = ''): Followed => ({
  ended,
  exit: null,
  stdout: new Uint8Array(),
  stderr,
});

function feed({ stdin }: Launched, input: string | Uint8Array): void {
  // A command need not read what it is given.
  stdin?.on('error', () => {});
  stdin?.end(input);
}

async function start(setup: Setup, job: SandboxJob, checked: Checked, uid: number | null): Promise<Followed> {
  // It may have been aborted while it waited for its tree.
  if (job.signal?.aborted) return nothing('aborted');
  const args = bwrapArguments(setup, job, checked.tree, checked.gitEntry);
  let launched: Launched;
  try {
    launched = await launch(setup, args, uid, job.stdin !== undefined);
  } catch (error) {
    return nothing('could-not-start', notStarted.spawn(error instanceof Error ? error.message : String(error)));
  }
  if (job.stdin !== undefined) feed(launched, job.stdin);
  return followRun(launched, job);
}

async function startAsOther(setup: Setup, job: SandboxJob, checked: Checked, firstUid: number): Promise<Followed> {
  const taken = takeUid(firstUid);
  if (taken === null) return nothing('could-not-start', notStarted.tooMany());
  try {
    const use = (): Promise<Followed> => start(setup, job, checked, taken.uid);
    return await (job.writable ? lendTree(checked.tree, taken.uid, use) : use());
  } finally {
    taken.release();
  }
}

async function attempt(setup: Setup, job: SandboxJob): Promise<Followed> {
  if (job.signal?.aborted) return nothing('aborted');
  const checked = await checkJob(job, setup.firstUid !== null);
  if ('refused' in checked) return nothing('could-not-start', checked.refused);
  return setup.firstUid === null ? start(setup, job, checked, null) : startAsOther(setup, job, checked, setup.firstUid);
}

/** Runs one job on a prepared set-up, whether or not that holds. What the command does is in the result, never thrown. */
export async function runJob(setup: Setup, job: SandboxJob): Promise<SandboxRun> {
  const began = performance.now();
  const followed = await attempt(setup, job);
  return { ...followed, ms: performance.now() - began };
}
