import { Readable } from 'node:stream';
import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { bwrapArguments, type Checked } from './bwrap-arguments.ts';
import { checkJob } from './check-job.ts';
import { feed, type Input, openInput } from './feed.ts';
import { type Followed, followRun } from './follow-run.ts';
import { type Launched, launch } from './launch.ts';
import { lendFolders, type NotLent } from './lend-folders.ts';
import { placeLayers } from './place-layers.ts';
import type { Setup } from './setup.ts';
import { visitTree } from './visit-tree.ts';

type Start = (uid: number | null) => Promise<Followed>;

const nothing = (ended: SandboxRun['ended'], stderr = ''): Followed => ({
  ended,
  exit: null,
  stdout: new Uint8Array(),
  stderr,
});

interface Prepared {
  readonly setup: Setup;
  readonly job: SandboxJob;
  readonly input: Input;
  readonly args: readonly string[];
}

async function start({ setup, job, input, args }: Prepared, uid: number | null): Promise<Followed> {
  if (job.signal?.aborted) return nothing('aborted');
  let launched: Launched;
  try {
    launched = await launch(setup, args, uid, input !== undefined);
  } catch (error) {
    return nothing('could-not-start', notStarted.spawn(error instanceof Error ? error.message : String(error)));
  }
  if (launched.stdin !== null && input !== undefined) feed(launched.stdin, input);
  return followRun(launched, job);
}

const notLent: Readonly<Record<NotLent, string>> = {
  'too-many': notStarted.tooMany(),
  'two-users': notStarted.otherUser(),
};

async function asItsUser({ firstUid }: Setup, folders: readonly string[], use: Start): Promise<Followed> {
  if (firstUid === null) return use(null);
  const run = await lendFolders(folders, firstUid, use);
  return typeof run === 'string' ? nothing('could-not-start', notLent[run]) : run;
}

const writtenTo = (job: SandboxJob, { tree, layers }: Checked): readonly string[] => [
  ...(job.writable ? [tree] : []),
  ...layers.flatMap(({ host, writable }) => (writable ? [host] : [])),
];

async function attempt(setup: Setup, job: SandboxJob, input: Input): Promise<Followed> {
  if (job.signal?.aborted) return nothing('aborted');
  const dropped = setup.firstUid !== null;
  const checkedJob = await checkJob(job, dropped);
  if ('refused' in checkedJob) return nothing('could-not-start', checkedJob.refused);
  const { tree } = checkedJob;
  return visitTree(tree, async (git) => {
    if (git === 'other') return nothing('could-not-start', notStarted.gitLink(`${tree}/.git`));
    const placed = await placeLayers(job, tree, dropped);
    if ('refused' in placed) return nothing('could-not-start', placed.refused);
    const checked = { tree, gitEntry: git === 'bindable', ...placed };
    const args = bwrapArguments(setup, job, checked);
    return asItsUser(setup, writtenTo(job, checked), (uid) => start({ setup, job, input, args }, uid));
  });
}

/** Runs one job on a prepared set-up, whether or not that holds. What the command does is in the result, never thrown. */
export async function runJob(setup: Setup, job: SandboxJob): Promise<SandboxRun> {
  const began = performance.now();
  const input = openInput(job.stdin);
  try {
    const followed = await attempt(setup, job, input);
    return { ...followed, ms: performance.now() - began };
  } finally {
    if (input instanceof Readable) input.destroy();
  }
}
