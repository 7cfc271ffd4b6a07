import type { Setup } from './setup.ts';

/** All that containers have in common; made once for a process. */
export interface ContainerSetup extends Setup {
  /** The runtime's command line, up to its subcommand, with the folder that it keeps its own things in. */
  readonly runtime: readonly string[];
  /** The folder of this process for its containers, one below it for each, and `runtime` for what the runtime keeps. */
  readonly folder: string;
  /** Whether the runtime is to make control groups. */
  readonly grouped: boolean;
}

/** What runtimes are started with: some look for helpers of theirs. */
export const RUNTIME_ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } as const;
