import type { ControlGroups } from './control-groups.ts';
import type { Place } from './places.ts';

/** One thing of the host that the command sees, read-only. */
export interface Bind {
  readonly host: string;
  readonly inside: string;
}

/** Upper bounds that this process may hand on, in the units of prlimit(1). */
export interface Ceilings {
  readonly processes: number;
  readonly files: number;
  readonly fileBytes: number;
  readonly dataBytes: number;
  readonly cpuSeconds: number;
}

/** All that runs have in common; made once for a process. */
export interface Setup {
  readonly bwrap: string;
  /** The program for `--seccomp`. */
  readonly filterFile: string;
  /** /usr, and /bin, /lib and the like: links (usually into /usr) where they are links, else folders. */
  readonly system: readonly Place[];
  readonly binds: readonly Bind[];
  readonly path: string;
  /** The Node inside, and the program of ours that it runs to lead ports to sockets. */
  readonly node: string;
  readonly forwarder: string;
  /** First uid of the pool when the app is root; null: commands run as the app's own user. */
  readonly firstUid: number | null;
  readonly ceilings: Ceilings;
  /** Descriptors above 4 that whoever started the app left open for every child. */
  readonly inherited: readonly number[];
  /** null: nothing is delegated to the app, and runs are watched instead. */
  readonly groups: ControlGroups | null;
  readonly stateDir: string;
  /** The folder whose /usr and /etc commands see: `/`, or what the operator keeps for them. */
  readonly root: string;
}
