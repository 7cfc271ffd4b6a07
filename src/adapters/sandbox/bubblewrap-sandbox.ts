import { type Sandbox, type SandboxJob, SandboxRefused, type SandboxRun } from '../../ports.ts';
import { imageOf } from './image-of.ts';
import { prepareSetup } from './prepare-setup.ts';
import { runJob } from './run-job.ts';
import { selfTest } from './self-test.ts';
import type { Setup } from './setup.ts';
import { isPoolStart } from './take-uid.ts';

/** How to set up the sandbox of this process. */
export interface BubblewrapOptions {
  /** Folder of the app for what runs share. When the app is root, others must be able to enter it (0711 is enough). */
  readonly stateDir: string;
  /** Host folders bound read-only and put first on PATH; the app's own Node comes after them. */
  readonly toolDirs?: readonly string[];
  /** When the app is root: commands run as this uid and the 255 after it, one for each concurrent run. Default 61000. */
  readonly firstUid?: number;
  /** Default /usr/bin/bwrap. */
  readonly bwrap?: string;
  /** The Node that commands get. Default: the one this runs on. */
  readonly node?: string;
  /** For how long an image is taken for unchanged. Default a minute. */
  readonly imageMs?: number;
}

/** How long an image is taken for unchanged. */
const IMAGE_MS = 60_000;

type Ready = Setup | { readonly refused: string };

/** The sandbox, and what commands find in it. */
export interface BubblewrapSandbox extends Sandbox {
  /**
   * Differs wherever a command may find other tools, another Node or another architecture. Runs nothing. Looked at anew
   * each minute: packages are upgraded under a server that runs.
   */
  image(): Promise<string>;
}

const prepare = (options: BubblewrapOptions, firstUid: number): Promise<Ready> =>
  prepareSetup({
    stateDir: options.stateDir,
    toolDirs: options.toolDirs ?? [],
    firstUid,
    bwrap: options.bwrap ?? '/usr/bin/bwrap',
    node: options.node ?? process.execPath,
  });

async function tested(setup: Ready): Promise<Ready> {
  if ('refused' in setup) return setup;
  const leak = await selfTest(setup);
  return leak === null ? setup : { refused: leak };
}

/**
 * Runs untrusted commands with bubblewrap: no network, no capability, no environment, nothing of the host but /usr and
 * the tree, a filter on system calls, and never as root. Nothing runs before the self-test has held once.
 */
export function bubblewrapSandbox(options: BubblewrapOptions): BubblewrapSandbox {
  const { firstUid = 61_000, imageMs = IMAGE_MS } = options;
  if (!isPoolStart(firstUid)) throw new RangeError(`No pool of uids can start at ${firstUid}.`);
  let preparing: Promise<Ready> | undefined;
  let testing: Promise<Ready> | undefined;
  let image: { readonly taken: number; readonly name: Promise<string> } | undefined;
  const prepared = (): Promise<Ready> => {
    preparing ??= prepare(options, firstUid);
    return preparing;
  };
  const ready = (): Promise<Ready> => {
    testing ??= prepared().then(tested);
    return testing;
  };
  return {
    image() {
      const now = performance.now();
      if (image !== undefined && now - image.taken < imageMs) return image.name;
      // Where nothing runs, nothing is told apart.
      image = { taken: now, name: prepared().then((setup) => ('refused' in setup ? '' : imageOf(setup))) };
      return image.name;
    },
    async refusal(): Promise<string | null> {
      const setup = await ready();
      return 'refused' in setup ? setup.refused : null;
    },
    async run(job: SandboxJob): Promise<SandboxRun> {
      const setup = await ready();
      if ('refused' in setup) throw new SandboxRefused(setup.refused);
      return runJob(setup, job);
    },
  };
}
