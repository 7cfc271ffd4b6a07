import type { SandboxJob } from '../../ports.ts';
import { defaults } from './defaults.ts';
import type { Placed } from './place-layers.ts';
import type { Setup } from './setup.ts';

const MB = 1024 * 1024;

/** Where our program lies that leads ports to sockets. */
export const FORWARDER = '/run/forward.mjs';

/** Something at an absolute path of a sandbox; later ones lie over earlier ones. */
export type Place =
  | { readonly is: 'bind'; readonly host: string; readonly inside: string; readonly writable: boolean }
  /** A folder on memory that belongs to the command. */
  | { readonly is: 'memory'; readonly inside: string; readonly bytes: number }
  | { readonly is: 'link'; readonly inside: string; readonly to: string };

/** What was found out about a job before it starts. */
export interface Checked extends Placed {
  /** The real path of its tree. */
  readonly tree: string;
  /** Whether the tree has a `.git` to be kept as it is. */
  readonly gitEntry: boolean;
}

const room = { scratch: 1024 * MB, layerScratch: 128 * MB } as const;

/** Scratch folders of the sandbox, on memory. */
export const scratch = { tmp: '/tmp', home: '/home/agent', shared: '/dev/shm' } as const;

const bind = (host: string, inside: string, writable = false): Place => ({ is: 'bind', host, inside, writable });

function ofTree(job: SandboxJob, { tree, gitEntry, layers }: Checked): Place[] {
  return [
    bind(tree, '/work', job.writable),
    ...(gitEntry ? [bind(`${tree}/.git`, '/work/.git')] : []),
    ...(job.gitDir === undefined ? [] : [bind(job.gitDir, '/repo.git')]),
    ...layers.flatMap(({ host, inside, writable, scratch: folders = [] }) => [
      bind(host, inside, writable),
      ...folders.map((folder): Place => ({ is: 'memory', inside: `${inside}/${folder}`, bytes: room.layerScratch })),
    ]),
  ];
}

/** All that a run sees beside `/proc` and `/dev`, whatever makes its sandbox. */
export function placesOf(setup: Setup, job: SandboxJob, checked: Checked): readonly Place[] {
  const memoryMb = job.limits.memoryMb ?? defaults.memoryMb;
  const bytes = Math.min(room.scratch, Math.max(64, Math.floor(memoryMb / 2)) * MB);
  const forwards = Object.keys(job.ports ?? {}).length > 0;
  return [
    ...setup.system,
    ...setup.binds.map(({ host, inside }) => bind(host, inside)),
    ...Object.values(scratch).map((inside): Place => ({ is: 'memory', inside, bytes })),
    ...ofTree(job, checked),
    // Connecting to a socket writes nothing to the mount that it lies on.
    ...checked.sockets.map(({ host, inside }) => bind(host, inside)),
    ...(forwards ? [bind(setup.forwarder, FORWARDER)] : []),
  ];
}
