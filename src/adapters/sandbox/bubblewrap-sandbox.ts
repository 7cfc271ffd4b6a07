import { sandboxDoesNotStart, sandboxLeaks } from '../../domain/messages/sandbox.ts';
import { findCause, readMachine } from './find-cause.ts';
import { prepareSetup } from './prepare-setup.ts';
import { runJob } from './run-job.ts';
import { selfTest } from './self-test.ts';
import type { Setup } from './setup.ts';
import { isPoolStart } from './take-uid.ts';
import { type ImagedSandbox, testedSandbox } from './tested-sandbox.ts';

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

/** Where the pool of uids begins that runs get when the app is root. */
export function poolStart(firstUid = 61_000): number {
  if (!isPoolStart(firstUid)) throw new RangeError(`No pool of uids can start at ${firstUid}.`);
  return firstUid;
}

async function tested(setup: Setup): Promise<Setup | { readonly refused: string }> {
  const found = await selfTest(setup.stateDir, (job) => runJob(setup, job));
  if ('words' in found)
    return { refused: sandboxDoesNotStart(found.words, findCause(found.words, await readMachine())) };
  return found.open.length === 0 ? setup : { refused: sandboxLeaks(found.open) };
}

/**
 * Runs untrusted commands with bubblewrap: no network, no capability, no environment, nothing of the host but /usr and
 * the tree, a filter on system calls, and never as root. Nothing runs before the self-test has held once.
 */
export function bubblewrapSandbox(options: BubblewrapOptions): ImagedSandbox {
  const { stateDir, toolDirs = [], bwrap = '/usr/bin/bwrap', node = process.execPath, imageMs } = options;
  const firstUid = poolStart(options.firstUid);
  return testedSandbox({
    prepare: () => prepareSetup({ stateDir, toolDirs, firstUid, bwrap, node }),
    test: tested,
    run: runJob,
    imageMs,
  });
}
