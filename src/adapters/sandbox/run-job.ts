import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { bwrapArguments } from './bwrap-arguments.ts';
import { messageOf, nothing, startAndFollow } from './carry-out.ts';
import { carryOutChecked } from './carry-out-checked.ts';
import type { ControlGroup } from './control-groups.ts';
import { defaults } from './defaults.ts';
import type { Followed } from './follow-run.ts';
import { launch } from './launch.ts';
import type { Setup } from './setup.ts';

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

/** Runs one job on a prepared set-up, whether or not that holds. What the command does is in the result, never thrown. */
export const runJob = (setup: Setup, job: SandboxJob): Promise<SandboxRun> =>
  carryOutChecked(setup, job, ({ checked, uid, input }) => {
    const args = bwrapArguments(setup, job, checked);
    const how = { setup, args, uid, withStdin: input !== undefined, limits: job.limits };
    return inGroup(setup, job, (group) => startAndFollow(job, input, () => launch({ ...how, group })));
  });
