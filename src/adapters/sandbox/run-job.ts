import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { bwrapArguments } from './bwrap-arguments.ts';
import { checkJob } from './check-job.ts';
import { type Followed, followRun } from './follow-run.ts';
import { type Launched, launch } from './launch.ts';
import { lendTree } from './lend-tree.ts';
import type { Setup } from './setup.ts';
import { takeUid } from './take-uid.ts';
import { visitTree } from './visit-tree.ts';

type Start = (uid: number | null) => Promise<Followed>;

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

async function start(setup: Setup, job: SandboxJob, args: readonly string[], uid: number | null): Promise<Followed> {
  if (job.signal?.aborted) return nothing('aborted');
  let launched: Launched;
  try {
    launched = await launch(setup, args, uid, job.stdin !== undefined);
  } catch (error) {
    return nothing('could-not-start', notStarted.spawn(error instanceof Error ? error.message : String(error)));
  }
  if (job.stdin !== undefined) feed(launched, job.stdin);
  return followRun(launched, job);
}

async function asOther(firstUid: number, use: Start): Promise<Followed | null> {
  const taken = takeUid(firstUid);
  if (taken === null) return null;
  try {
    return await use(taken.uid);
  } finally {
    taken.release();
  }
}

async function asItsUser({ firstUid }: Setup, tree: string, writable: boolean, use: Start): Promise<Followed> {
  if (firstUid === null) return use(null);
  const run = await (writable ? lendTree(tree, firstUid, use) : asOther(firstUid, use));
  return run ?? nothing('could-not-start', notStarted.tooMany());
}

async function attempt(setup: Setup, job: SandboxJob): Promise<Followed> {
  if (job.signal?.aborted) return nothing('aborted');
  const checked = await checkJob(job, setup.firstUid !== null);
  if ('refused' in checked) return nothing('could-not-start', checked.refused);
  const { tree } = checked;
  return visitTree(tree, async (git) => {
    if (git === 'other') return nothing('could-not-start', notStarted.gitLink(`${tree}/.git`));
    const args = bwrapArguments(setup, job, tree, git === 'bindable');
    return asItsUser(setup, tree, job.writable, (uid) => start(setup, job, args, uid));
  });
}

/** Runs one job on a prepared set-up, whether or not that holds. What the command does is in the result, never thrown. */
export async function runJob(setup: Setup, job: SandboxJob): Promise<SandboxRun> {
  const began = performance.now();
  const followed = await attempt(setup, job);
  return { ...followed, ms: performance.now() - began };
}
