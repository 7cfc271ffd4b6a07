import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { asItsUser, carryOut, nothing } from './carry-out.ts';
import { checkJob } from './check-job.ts';
import type { Input } from './feed.ts';
import type { Followed } from './follow-run.ts';
import { placeLayers } from './place-layers.ts';
import type { Checked } from './places.ts';
import type { Setup } from './setup.ts';
import { visitTree } from './visit-tree.ts';

/** A job that was looked at, and to whose user everything was lent that it writes to or speaks to. */
interface Ready {
  readonly checked: Checked;
  /** null for the app's own user. */
  readonly uid: number | null;
  readonly input: Input;
}

type Start = (ready: Ready) => Promise<Followed>;

const lentTo = (job: SandboxJob, { tree, layers, sockets }: Checked): readonly string[] => [
  ...(job.writable ? [tree] : []),
  ...sockets.map(({ host }) => host),
  ...layers.flatMap(({ host, writable }) => (writable ? [host] : [])),
];

async function attempt({ firstUid }: Setup, job: SandboxJob, input: Input, start: Start): Promise<Followed> {
  const dropped = firstUid !== null;
  const checkedJob = await checkJob(job, dropped);
  if ('refused' in checkedJob) return nothing('could-not-start', checkedJob.refused);
  const { tree } = checkedJob;
  return visitTree(tree, async (git) => {
    if (git === 'other') return nothing('could-not-start', notStarted.gitLink(`${tree}/.git`));
    const placed = await placeLayers(job, tree, dropped);
    if ('refused' in placed) return nothing('could-not-start', placed.refused);
    const checked = { tree, gitEntry: git === 'bindable', ...placed };
    return asItsUser(firstUid, lentTo(job, checked), (uid) => start({ checked, uid, input }));
  });
}

/** Carries out one job in a sandbox of ours, of whatever kind: `start` starts and follows what was looked at. */
export const carryOutChecked = (setup: Setup, job: SandboxJob, start: Start): Promise<SandboxRun> =>
  carryOut(job, (input) => attempt(setup, job, input, start));
