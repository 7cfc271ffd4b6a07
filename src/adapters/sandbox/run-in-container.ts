import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { makeBundle } from './bundle.ts';
import { messageOf, nothing, startAndFollow } from './carry-out.ts';
import { carryOutChecked } from './carry-out-checked.ts';
import { startContainer } from './container-run.ts';
import type { ContainerSetup } from './container-setup.ts';
import type { Followed } from './follow-run.ts';
import type { Users } from './oci-config.ts';
import { takeUid } from './take-uid.ts';

/** Calls `use` with the users of a container, whose maker is one of the pool as well: it is nobody else's meanwhile. */
async function withUsers(
  { firstUid }: ContainerSetup,
  uid: number | null,
  use: (users: Users) => Promise<Followed>,
): Promise<Followed> {
  if (firstUid === null || uid === null) return use({ command: process.getuid?.() ?? 0, maker: null });
  const maker = await takeUid(firstUid);
  if (maker === null) return nothing('could-not-start', notStarted.tooMany());
  try {
    return await use({ command: uid, maker: maker.uid });
  } finally {
    maker.release();
  }
}

/** Runs one job in a container, whether or not that holds. What the command does is in the result, never thrown. */
export const runInContainer = (setup: ContainerSetup, job: SandboxJob): Promise<SandboxRun> =>
  carryOutChecked(setup, job, ({ checked, uid, input }) =>
    withUsers(setup, uid, async (users) => {
      // Root in a user namespace is still root of the host for every file that root owns.
      if (users.command === 0) return nothing('could-not-start', notStarted.root());
      const made = await makeBundle(setup, job, checked, users).catch(messageOf);
      if (typeof made === 'string') return nothing('could-not-start', notStarted.spawn(made));
      await using bundle = made;
      const how = { setup, bundle, withStdin: input !== undefined, limits: job.limits };
      return await startAndFollow(job, input, () => startContainer(how));
    }),
  );
