import type { SandboxJob, SandboxLimits } from '../../ports.ts';
import { defaults } from './defaults.ts';
import type { Placed } from './place-layers.ts';
import type { Ceilings, Setup } from './setup.ts';

const MB = 1024 * 1024;
const FORWARDER = '/run/forward.mjs';

/** What was found out about a job before it starts. */
export interface Checked extends Placed {
  /** The real path of its tree. */
  readonly tree: string;
  /** Whether the tree has a `.git` to be kept as it is. */
  readonly gitEntry: boolean;
}

/** Bounds of one run that a job does not choose. */
const fixed = { files: 4096, fileBytes: 512 * MB, scratchBytes: 1024 * MB, layerScratchBytes: 128 * MB } as const;

const CPU_GRACE_SECONDS = 2;

/** Scratch folders of the sandbox, on memory. */
export const scratch = { tmp: '/tmp', home: '/home/agent', shared: '/dev/shm' } as const;

const namespaces = [
  ['--unshare-user', '--uid', '1000', '--gid', '1000'],
  ['--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
  ['--disable-userns', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
].flat();

function mounts(setup: Setup, memoryMb: number): string[] {
  const size = String(Math.min(fixed.scratchBytes, Math.max(64, Math.floor(memoryMb / 2)) * MB));
  const system = setup.system.flatMap(({ name, link }) =>
    link === null ? ['--ro-bind', `/${name}`, `/${name}`] : ['--symlink', link, `/${name}`],
  );
  const tmpfs = Object.values(scratch).flatMap((folder) => ['--size', size, '--tmpfs', folder]);
  return [
    ...['--ro-bind', '/usr', '/usr', ...system, '--dir', '/etc'],
    ...setup.binds.flatMap(({ host, inside }) => ['--ro-bind', host, inside]),
    // A file of /proc/sys may be open for writing to whoever owns it on the host: read-only as a second line.
    ...['--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys', '--dev', '/dev', ...tmpfs],
  ];
}

function treeMounts(job: SandboxJob, { tree, gitEntry, layers }: Checked): string[] {
  const gitDir = job.gitDir === undefined ? [] : ['--ro-bind', job.gitDir, '/repo.git'];
  const masked = gitEntry ? ['--ro-bind', `${tree}/.git`, '/work/.git'] : [];
  const layered = layers.flatMap(({ host, inside, writable, scratch: folders = [] }) => [
    ...[writable ? '--bind' : '--ro-bind', host, inside],
    ...folders.flatMap((folder) => ['--size', String(fixed.layerScratchBytes), '--tmpfs', `${inside}/${folder}`]),
  ]);
  return [job.writable ? '--bind' : '--ro-bind', tree, '/work', ...masked, ...gitDir, ...layered];
}

// Connecting to a socket writes nothing to the mount that it lies on.
const socketMounts = ({ sockets }: Checked): string[] =>
  sockets.flatMap(({ host, inside }) => ['--ro-bind', host, inside]);

/** Where ports are to lead to sockets: our program, bound, and the command line that has it start the command. */
function forwarding(
  setup: Setup,
  job: SandboxJob,
): { readonly mount: readonly string[]; readonly line: readonly string[] } {
  const routes = Object.entries(job.ports ?? {}).map(([port, name]) => `${port}=/run/${name}.sock`);
  if (routes.length === 0) return { mount: [], line: [] };
  return { mount: ['--ro-bind', setup.forwarder, FORWARDER], line: [setup.node, FORWARDER, ...routes, '--'] };
}

/** The whole environment of a command whose job adds nothing. */
export const baseEnvironment = (onPath: string, home: string): Readonly<Record<string, string>> => ({
  PATH: onPath,
  HOME: home,
  USER: 'agent',
  LANG: 'C.UTF-8',
  CI: '1',
  NO_COLOR: '1',
});

function environment(setup: Setup, job: SandboxJob): string[] {
  const onPath = [...(job.path ?? []), setup.path].join(':');
  const base = baseEnvironment(onPath, scratch.home);
  return Object.entries({ ...base, ...job.env }).flatMap(([name, value]) => ['--setenv', name, value]);
}

/** What stands before a command line to bound its processes. */
export function limiter(limits: SandboxLimits, ceilings: Ceilings): string[] {
  const memoryMb = limits.memoryMb ?? defaults.memoryMb;
  // Of data, not of address space: engines reserve far more than they touch, and WebAssembly dies of RLIMIT_AS. Above
  // what the watchdog allows, so that a run over its memory is named as such; it only stops what outruns the watchdog.
  const dataBytes = (memoryMb * 2 + 1024) * MB;
  return [
    '/usr/bin/prlimit',
    `--nproc=${Math.min(limits.processes ?? defaults.processes, ceilings.processes)}`,
    `--data=${Math.min(dataBytes, ceilings.dataBytes)}`,
    `--fsize=${Math.min(fixed.fileBytes, ceilings.fileBytes)}`,
    `--nofile=${Math.min(fixed.files, ceilings.files)}`,
    // Of each process: all together are watched; this stops what outruns the watchdog.
    ...(limits.cpuSeconds === undefined ? [] : [`--cpu=${Math.ceil(limits.cpuSeconds) + CPU_GRACE_SECONDS}`]),
    '--core=0',
    '--',
  ];
}

/**
 * The argument list of bubblewrap for one run. Expects the filter on descriptor 3 and a pipe for its own news on 4; where there are
 * control groups, it waits for a byte on 5.
 */
export function bwrapArguments(setup: Setup, job: SandboxJob, checked: Checked): string[] {
  const command = typeof job.command === 'string' ? ['/bin/sh', '-c', job.command] : job.command;
  const { mount, line } = forwarding(setup, job);
  return [
    ...namespaces,
    ...['--seccomp', '3', '--json-status-fd', '4', '--clearenv'],
    ...(setup.groups === null ? [] : ['--block-fd', '5']),
    ...mounts(setup, job.limits.memoryMb ?? defaults.memoryMb),
    ...treeMounts(job, checked),
    ...[...socketMounts(checked), ...mount],
    // bubblewrap's own root and /dev are unbounded tmpfs that belong to the command's user.
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...environment(setup, job),
    ...['--chdir', '/work', '--', ...limiter(job.limits, setup.ceilings), ...line, ...command],
  ];
}
