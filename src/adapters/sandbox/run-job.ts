import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { bwrapArguments, type Checked } from './bwrap-arguments.ts';
import { asItsUser, carryOut, messageOf, nothing, startAndFollow } from './carry-out.ts';
import { checkJob } from './check-job.ts';
import type { ControlGroup } from './control-groups.ts';
import { defaults } from './defaults.ts';
import type { Input } from './feed.ts';
import type { Followed } from './follow-run.ts';
import { launch } from './launch.ts';
import { placeLayers } from './place-layers.ts';
import type { Setup } from './setup.ts';
import { visitTree } from './visit-tree.ts';

const MB = 1024 * 1024;

async function inGroup(
  { groups }: Setup,
  { limits }: SandboxJob,
  use: (group: ControlGroup | null) => Promise<Followed>,
): Promise<Followed> {
  if (groups === null) return use(null);
  const { memoryMb = defaults.memoryMb, processes = defaults.processes } = limits;
  let group: ControlGroup;
  try {
    group = await groups.open({ memoryBytes: memoryMb * MB, processes });
  } catch (error) {
    return nothing('could-not-start', notStarted.noGroup(messageOf(error)));
  }
  try {
    return await use(group);
  } finally {
    await group.remove();
  }
}

const writtenTo = (job: SandboxJob, { tree, layers }: Checked): readonly string[] => [
  ...(job.writable ? [tree] : []),
  ...layers.flatMap(({ host, writable }) => (writable ? [host] : [])),
];

async function attempt(setup: Setup, job: SandboxJob, input: Input): Promise<Followed> {
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
    const how = { setup, args, withStdin: input !== undefined, limits: job.limits };
    return asItsUser(setup.firstUid, writtenTo(job, checked), (uid) =>
      inGroup(setup, job, (group) => startAndFollow(job, input, () => launch({ ...how, uid, group }))),
    );
  });
}

/** Runs one job on a prepared set-up, whether or not that holds. What the command does is in the result, never thrown. */
export const runJob = (setup: Setup, job: SandboxJob): Promise<SandboxRun> =>
  carryOut(job, (input) => attempt(setup, job, input));
