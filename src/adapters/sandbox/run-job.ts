import { Readable } from 'node:stream';
import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { bwrapArguments, type Checked } from './bwrap-arguments.ts';
import { checkJob } from './check-job.ts';
import type { ControlGroup } from './control-groups.ts';
import { defaults } from './defaults.ts';
import { feed, type Input, openInput } from './feed.ts';
import { type Followed, followRun } from './follow-run.ts';
import { launch } from './launch.ts';
import type { Launched } from './launched.ts';
import { lendFolders, type NotLent } from './lend-folders.ts';
import { placeLayers } from './place-layers.ts';
import type { Setup } from './setup.ts';
import { visitTree } from './visit-tree.ts';

type Start = (uid: number | null) => Promise<Followed>;

const MB = 1024 * 1024;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

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

async function follow(prepared: Prepared, uid: number | null, group: ControlGroup | null): Promise<Followed> {
  const { setup, job, input, args } = prepared;
  let launched: Launched;
  try {
    launched = await launch({ setup, args, uid, withStdin: input !== undefined, limits: job.limits, group });
  } catch (error) {
    return nothing('could-not-start', notStarted.spawn(messageOf(error)));
  }
  if (launched.stdin !== null && input !== undefined) feed(launched.stdin, input);
  return followRun(launched, job);
}

async function start(prepared: Prepared, uid: number | null): Promise<Followed> {
  const { setup, job } = prepared;
  if (job.signal?.aborted) return nothing('aborted');
  if (setup.groups === null) return follow(prepared, uid, null);
  const { memoryMb = defaults.memoryMb, processes = defaults.processes } = job.limits;
  let group: ControlGroup;
  try {
    group = await setup.groups.open({ memoryBytes: memoryMb * MB, processes });
  } catch (error) {
    return nothing('could-not-start', notStarted.noGroup(messageOf(error)));
  }
  try {
    return await follow(prepared, uid, group);
  } finally {
    await group.remove();
  }
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
