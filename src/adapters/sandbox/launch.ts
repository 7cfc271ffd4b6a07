import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Setup } from './setup.ts';

/** bubblewrap, started, with the pipes that a run needs. */
export interface Launched {
  readonly child: ChildProcess;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** What bubblewrap itself reports; the command cannot write here. */
  readonly news: Readable;
  /** SIGKILL to everything of the run. */
  kill(): void;
}

// Node closes its own files in a child, not those that it was itself given: they are covered with /dev/null.
function stdioOf(setup: Setup, withStdin: boolean, filter: number, nothing: number): StdioOptions {
  const stdio: ('pipe' | 'ignore' | number)[] = [withStdin ? 'pipe' : 'ignore', 'pipe', 'pipe', filter, 'pipe'];
  for (const fd of setup.inherited) {
    while (stdio.length < fd) stdio.push('ignore');
    stdio[fd] = nothing;
  }
  return stdio;
}

function start(setup: Setup, args: readonly string[], uid: number | null, withStdin: boolean): ChildProcess {
  // Opened for each run: a descriptor that is shared also shares its position, and the next reader would get nothing.
  const filter = openSync(setup.filterFile, 'r');
  const nothing = openSync('/dev/null', 'r');
  try {
    return spawn(setup.bwrap, args, {
      cwd: '/',
      env: {},
      detached: true,
      stdio: stdioOf(setup, withStdin, filter, nothing),
      ...(uid === null ? {} : { uid, gid: uid }),
    });
  } finally {
    closeSync(filter);
    closeSync(nothing);
  }
}

/**
 * Starts bubblewrap with an empty environment: its own first process would show the app's at /proc/1/environ.
 * `uid`: whom to start it as, null for the app's own user. Rejects when it cannot be started.
 */
export async function launch(
  setup: Setup,
  args: readonly string[],
  uid: number | null,
  withStdin: boolean,
): Promise<Launched> {
  // Root in a user namespace is still root of the host for every file that root owns.
  if (uid === 0 || (uid === null && process.getuid?.() === 0)) throw new Error('A command never runs as root.');
  const child = start(setup, args, uid, withStdin);
  if (child.pid === undefined) throw (await once(child, 'error'))[0];
  return {
    child,
    stdin: child.stdin,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    news: child.stdio[4] as Readable,
    kill: () => killGroup(child),
  };
}

// Until the command runs, bubblewrap's two processes are one group; after that the second one, pid 1 of the namespace,
// dies with the first, and the kernel ends the rest of the namespace with it.
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone in this very moment.
  }
}
