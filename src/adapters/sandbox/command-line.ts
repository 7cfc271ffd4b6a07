import type { SandboxJob, SandboxLimits } from '../../ports.ts';
import { cpuSecondsOf, defaults } from './defaults.ts';
import { FORWARDER, scratch } from './places.ts';
import type { Ceilings, Setup } from './setup.ts';

const MB = 1024 * 1024;

/** Bounds of one run that a job does not choose. */
const fixed = { files: 4096, fileBytes: 512 * MB } as const;

const CPU_GRACE_SECONDS = 2;

/** The whole environment of a command whose job adds nothing. */
export const baseEnvironment = (onPath: string, home: string): Readonly<Record<string, string>> => ({
  PATH: onPath,
  HOME: home,
  USER: 'agent',
  LANG: 'C.UTF-8',
  CI: '1',
  NO_COLOR: '1',
});

/** The environment of a command in a sandbox of ours. */
export const environmentOf = (setup: Setup, job: SandboxJob): Readonly<Record<string, string>> => ({
  ...baseEnvironment([...(job.path ?? []), setup.path].join(':'), scratch.home),
  ...job.env,
});

/**
 * How much of data a process may have, and all of a run together where the kernel holds that. Above what the watchdog
 * allows, so that a run over its memory is named as such; it only stops what outruns the watchdog.
 */
export const hardBytes = ({ memoryMb = defaults.memoryMb }: SandboxLimits): number => (memoryMb * 2 + 1024) * MB;

/** What stands before a command line to bound its processes. */
export function limiter(limits: SandboxLimits, ceilings: Ceilings): string[] {
  return [
    '/usr/bin/prlimit',
    `--nproc=${Math.min(limits.processes ?? defaults.processes, ceilings.processes)}`,
    // Of data, not of address space: engines reserve far more than they touch, and WebAssembly dies of RLIMIT_AS.
    `--data=${Math.min(hardBytes(limits), ceilings.dataBytes)}`,
    `--fsize=${Math.min(fixed.fileBytes, ceilings.fileBytes)}`,
    `--nofile=${Math.min(fixed.files, ceilings.files)}`,
    // Of each process: all together are watched; this stops what outruns the watchdog.
    `--cpu=${Math.min(Math.ceil(cpuSecondsOf(limits)) + CPU_GRACE_SECONDS, ceilings.cpuSeconds)}`,
    '--core=0',
    '--',
  ];
}

/** Where ports are to lead to sockets: our program, and the command line that has it start the command. */
function forwarding({ node }: Setup, { ports = {} }: SandboxJob): readonly string[] {
  const routes = Object.entries(ports).map(([port, name]) => `${port}=/run/${name}.sock`);
  return routes.length === 0 ? [] : [node, FORWARDER, ...routes, '--'];
}

/** What is run inside: the command of a job, within its limits, with its ports. */
export const commandLine = (setup: Setup, job: SandboxJob): readonly string[] => [
  ...limiter(job.limits, setup.ceilings),
  ...forwarding(setup, job),
  ...(typeof job.command === 'string' ? ['/bin/sh', '-c', job.command] : job.command),
];
