import type { SandboxJob } from '../../ports.ts';
import { commandLine, environmentOf, hardBytes } from './command-line.ts';
import { defaults } from './defaults.ts';
import { ociFilter } from './oci-filter.ts';
import type { Place } from './places.ts';
import type { Setup } from './setup.ts';
import type { Arch } from './system-calls.ts';

/** Whom a container is made for. */
export interface Users {
  /** Host uid of its commands. */
  readonly command: number;
  /** Host uid of what sets it up, which is root in there; null where the app is nobody's root, and has one uid for both. */
  readonly maker: number | null;
}

/** One mount of a container. */
export interface OciMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** How a container is held by control groups of the runtime's making; null where it cannot make any. */
export type GroupPath = string | null;

// Where the app has one uid, runtimes want it to be root inside: without any capability.
const insideOf = ({ maker }: Users): number => (maker === null ? 0 : 1000);

function idMappings({ command, maker }: Users) {
  const one = (containerID: number, hostID: number) => ({ containerID, hostID, size: 1 });
  return maker === null ? [one(0, command)] : [one(0, maker), one(1000, command)];
}

const NO_CAPABILITIES = Object.fromEntries(
  ['bounding', 'effective', 'inheritable', 'permitted', 'ambient'].map((set) => [set, []]),
);

// Of the kernel's own files: what tells of the machine, and what changes it.
const maskedPaths = ['acpi', 'asound', 'kcore', 'keys', 'latency_stats', 'sched_debug', 'scsi', 'timer_list'];
const readonlyPaths = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'];

const kernel: readonly OciMount[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536', 'ro'] },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
  },
];

function mountOf(place: Place, inside: number, files: ReadonlySet<string>): readonly OciMount[] {
  if (place.is === 'link') return [];
  if (place.is === 'memory') {
    const options = ['nosuid', 'nodev', 'mode=755', `uid=${inside}`, `gid=${inside}`, `size=${place.bytes}`];
    return [{ destination: place.inside, type: 'tmpfs', source: 'tmpfs', options }];
  }
  // `ro` alone leaves writable what is mounted below a folder; a runtime that does not know `rro` still has the other.
  const readOnly = files.has(place.host) ? ['ro'] : ['ro', 'rro'];
  const access = place.writable ? ['rw'] : readOnly;
  return [
    { destination: place.inside, type: 'bind', source: place.host, options: ['rbind', ...access, 'nosuid', 'nodev'] },
  ];
}

/** The mounts of a container, in their order. `files`: what of the host is no folder. */
export const mountsOf = (places: readonly Place[], users: Users, files: ReadonlySet<string>): readonly OciMount[] => [
  ...kernel,
  ...places.flatMap((place) => mountOf(place, insideOf(users), files)),
];

/**
 * The first process of a container: nobody can kill it from inside, it waits for whatever loses its parent, and it dies with
 * the runtime. Says on descriptor 3 that it is there, and starts the command when it is told to; says so again when the
 * command is over, and ends when it is told to: with it go the control groups.
 */
const FIRST = [
  'exec 4>&2 2>/dev/null; echo >&3; read -r go <&3 || exit 125',
  '( exec "$@" 2>&4 3>&- 4>&- ); exit=$?',
  'echo >&3; read -r go <&3; exit "$exit"',
].join('; ');

function argumentsOf(setup: Setup, job: SandboxJob): readonly string[] {
  const variables = Object.entries(environmentOf(setup, job)).map(([name, value]) => `${name}=${value}`);
  return [
    // Runtimes add variables of their own; what the first process has anybody in there can read.
    ...['/usr/bin/env', '-i', '/usr/bin/setpriv', '--pdeathsig', 'KILL', '/bin/sh', '-c', FIRST, 'first'],
    ...['/usr/bin/env', '-i', ...variables, ...commandLine(setup, job)],
  ];
}

function resourcesOf({ limits }: SandboxJob) {
  const limit = hardBytes(limits);
  // Some more than the command may have itself: what starts it counts as well.
  return { memory: { limit, swap: limit }, pids: { limit: (limits.processes ?? defaults.processes) + 32 } };
}

/** What a runtime of containers is told of one run: its config.json. The folder `rootfs` has to lie beside it. */
export function ociConfig(
  setup: Setup,
  job: SandboxJob,
  mounts: readonly OciMount[],
  users: Users,
  group: GroupPath,
): object {
  const inside = insideOf(users);
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: inside, gid: inside },
      args: argumentsOf(setup, job),
      env: [],
      cwd: '/work',
      capabilities: NO_CAPABILITIES,
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: true },
    mounts,
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup', 'user'].map((type) => ({ type })),
      uidMappings: idMappings(users),
      gidMappings: idMappings(users),
      maskedPaths: maskedPaths.map((name) => `/proc/${name}`),
      readonlyPaths: readonlyPaths.map((name) => `/proc/${name}`),
      seccomp: ociFilter(process.arch as Arch),
      ...(group !== null && { cgroupsPath: group, resources: resourcesOf(job) }),
    },
  };
}
