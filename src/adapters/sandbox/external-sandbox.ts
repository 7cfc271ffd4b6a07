import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { external, notStarted } from '../../domain/messages/sandbox.ts';
import { type Log, type SandboxJob, SandboxRefused } from '../../ports.ts';
import type { BubblewrapOptions } from './bubblewrap-sandbox.ts';
import { asItsUser, carryOut, nothing, startAndFollow } from './carry-out.ts';
import { checkJob } from './check-job.ts';
import { clearUser } from './clear-user.ts';
import { baseEnvironment, limiter } from './command-line.ts';
import { startExternal } from './external-run.ts';
import type { Input } from './feed.ts';
import type { Followed } from './follow-run.ts';
import { imageOf } from './image-of.ts';
import { prepareSetup } from './prepare-setup.ts';
import type { Setup } from './setup.ts';
import type { ImagedSandbox } from './tested-sandbox.ts';

type Options = Pick<BubblewrapOptions, 'stateDir' | 'toolDirs' | 'firstUid' | 'node'>;

/** Folders of one run, for what a sandbox of ours would have on memory. */
async function withScratch(stateDir: string, use: (scratch: string) => Promise<Followed>): Promise<Followed> {
  const scratch = await mkdtemp(path.join(stateDir, 'external-'));
  try {
    await chmod(scratch, 0o755);
    for (const name of ['tmp', 'home']) await mkdir(path.join(scratch, name));
    return await use(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const needsMounts = ({ layers = [], writableLayers = [], sockets = {} }: SandboxJob): boolean =>
  layers.length + writableLayers.length + Object.keys(sockets).length > 0;

function environment(setup: Setup, job: SandboxJob, tree: string, scratch: string): Record<string, string> {
  const folders = setup.binds.map(({ host, inside }) => [inside, host] as const);
  // Tools lie where they are: nothing is bound to another place.
  const onPath = setup.path.split(':').map((folder) => {
    const [inside, host] = folders.find(([one]) => one === folder || path.dirname(one) === folder) ?? [];
    if (inside === undefined || host === undefined) return folder;
    return inside === folder ? host : path.dirname(host);
  });
  return {
    ...baseEnvironment([...(job.path ?? []), ...onPath].join(':'), path.join(scratch, 'home')),
    TMPDIR: path.join(scratch, 'tmp'),
    // Where a sandbox of ours has /work and /repo.git.
    SANDBOX_TREE: tree,
    ...(job.gitDir !== undefined && { SANDBOX_REPOSITORY: job.gitDir }),
    ...job.env,
  };
}

const commandOf = ({ command, limits }: SandboxJob, { ceilings }: Setup): string[] => [
  ...limiter(limits, ceilings),
  ...(typeof command === 'string' ? ['/bin/sh', '-c', command] : command),
];

async function attempt(setup: Setup, job: SandboxJob, input: Input): Promise<Followed> {
  if (needsMounts(job)) return nothing('could-not-start', notStarted.noMounts());
  const checked = await checkJob(job, true);
  if ('refused' in checked) return nothing('could-not-start', checked.refused);
  const { tree } = checked;
  return withScratch(setup.stateDir, (scratch) =>
    asItsUser(
      setup.firstUid,
      [scratch, ...(job.writable ? [tree] : [])],
      (uid) =>
        startAndFollow(job, input, async () => {
          if (uid === null) throw new Error(external.notRoot);
          const env = environment(setup, job, tree, scratch);
          const command = commandOf(job, setup);
          return startExternal({ setup, command, tree, env, uid, withStdin: input !== undefined });
        }),
      clearUser,
    ),
  );
}

/**
 * Runs commands with no sandbox of ours: for an app that sits, with nothing worth taking, in a machine that is thrown away
 * after the job, because its operator said so. Each run is still another user than the
 * app, with the same tree, environment, end, and limits of time, output and disk. Told on every run.
 */
export function externalSandbox({ stateDir, toolDirs = [], ...options }: Options, log: Log): ImagedSandbox {
  const { firstUid = 61_000, node = process.execPath } = options;
  let preparing: ReturnType<typeof prepareSetup> | undefined;
  const prepared = () => {
    preparing ??= prepareSetup({ stateDir, toolDirs, firstUid, bwrap: null, node }).then((setup) =>
      'refused' in setup || setup.firstUid !== null ? setup : { refused: external.notRoot },
    );
    return preparing;
  };
  return {
    async image() {
      const setup = await prepared();
      // What ran with a network is nothing for whoever runs without.
      return 'refused' in setup ? '' : `external-${await imageOf(setup)}`;
    },
    async refusal() {
      const setup = await prepared();
      return 'refused' in setup ? setup.refused : null;
    },
    async run(job) {
      const setup = await prepared();
      if ('refused' in setup) throw new SandboxRefused(setup.refused);
      log.warn(external.warning, { tree: path.basename(job.tree), writable: job.writable });
      return carryOut(job, (input) => attempt(setup, job, input));
    },
  };
}
