import type { Readable, Writable } from 'node:stream';
import type { SandboxRun } from '../../ports.ts';

/** Why a run is ended from outside. */
export type Ending = SandboxRun['ended'];

/** A command that was started, in whatever way; `followRun` holds it to its limits. */
export interface Launched {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** SIGKILL to everything of the run. */
  kill(): void;
  /** Pids of all that belong to the run now. */
  processes(): readonly string[];
  /** Calls `exceeded` when the run holds or uses more than it may. Returns how to stop looking. */
  watch(exceeded: (why: Ending) => void): () => void;
  /** How it ended by itself; resolves when its last process is gone and its output was read. */
  readonly end: Promise<Pick<SandboxRun, 'ended' | 'exit'>>;
}

// What a shell reports for a signal: 128 and its number, of which Linux has 64. Perl, for one, dies with 255.
const isSignal = (exit: number): boolean => exit > 128 && exit <= 192;

/** How a command ended that reported this status. */
export const endOf = (exit: number): Pick<SandboxRun, 'ended' | 'exit'> => ({
  ended: isSignal(exit) ? 'killed-by-signal' : 'exited',
  exit,
});
