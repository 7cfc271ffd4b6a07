import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { containerDoesNotStart, containerLeaks, runtimeMissing } from '../../domain/messages/sandbox.ts';
import { type BubblewrapOptions, poolStart } from './bubblewrap-sandbox.ts';
import { containerFolder, withRoot } from './container-folder.ts';
import { type ContainerSetup, RUNTIME_ENV } from './container-setup.ts';
import { findContainerCause, readMachine } from './find-cause.ts';
import { prepareSetup } from './prepare-setup.ts';
import { runInContainer } from './run-in-container.ts';
import { selfTest } from './self-test.ts';
import { type ImagedSandbox, testedSandbox } from './tested-sandbox.ts';

/** How to set up containers as the sandbox of this process. */
export interface ContainerOptions extends Omit<BubblewrapOptions, 'bwrap'> {
  /** Command line of an OCI runtime, such as `runc` or `crun --cgroup-manager=disabled`. */
  readonly runtime: string;
  /** A folder with /usr and /etc for commands. Default: the host's. */
  readonly rootfs?: string | undefined;
}

type Refused = { readonly refused: string };

/** What starts commands in there. */
const NEEDS = ['/usr/bin/env', '/usr/bin/setpriv', '/bin/sh'];

const canRun = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** A program by its path, or looked for where programs are. */
async function findProgram(name: string): Promise<string | null> {
  const places = name.includes('/') ? [name] : RUNTIME_ENV.PATH.split(':').map((folder) => path.join(folder, name));
  for (const place of places) if (path.isAbsolute(place) && (await canRun(place))) return place;
  return null;
}

async function prepare(options: ContainerOptions): Promise<ContainerSetup | Refused> {
  const { stateDir, toolDirs = [], node = process.execPath, rootfs: root } = options;
  const [name = '', ...more] = options.runtime.split(/\s+/).filter((word) => word !== '');
  const program = await findProgram(name);
  if (program === null) return { refused: runtimeMissing(name) };
  const firstUid = poolStart(options.firstUid);
  const setup = await prepareSetup({ stateDir, toolDirs, firstUid, bwrap: null, root, needs: NEEDS, node });
  if ('refused' in setup) return setup;
  const runtime = [program, ...more];
  const folder = await containerFolder(setup.stateDir, runtime);
  return { ...setup, runtime: withRoot(runtime, folder), folder, grouped: setup.firstUid !== null };
}

/** Where no control groups can be made, runs are watched without them, as bubblewrap's are. */
async function tested(setup: ContainerSetup): Promise<ContainerSetup | Refused> {
  const found = await selfTest(setup.stateDir, (job) => runInContainer(setup, job));
  if ('open' in found)
    return found.open.length === 0 ? setup : { refused: containerLeaks(setup.runtime[0]!, found.open) };
  const cause = findContainerCause(found.words, await readMachine());
  if (cause === 'noGroups' && setup.grouped) return tested({ ...setup, grouped: false });
  return { refused: containerDoesNotStart(setup.runtime[0]!, found.words, cause) };
}

/**
 * Runs untrusted commands in containers that a runtime of the operator's makes, of what we tell it: no network, no
 * capability, no environment, nothing of the host but /usr and the tree, the same filter on system calls, and never as root
 * of the host. Nothing runs before the self-test has held once.
 */
export const containerSandbox = (options: ContainerOptions): ImagedSandbox =>
  testedSandbox({
    prepare: () => prepare(options),
    test: tested,
    run: runInContainer,
    imageMs: options.imageMs,
  });
