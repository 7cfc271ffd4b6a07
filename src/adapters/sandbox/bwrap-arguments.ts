import type { SandboxJob } from '../../ports.ts';
import { commandLine, environmentOf } from './command-line.ts';
import { type Checked, type Place, placesOf } from './places.ts';
import type { Setup } from './setup.ts';

const namespaces = [
  ['--unshare-user', '--uid', '1000', '--gid', '1000'],
  ['--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
  ['--disable-userns', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
].flat();

// A file of /proc/sys may be open for writing to whoever owns it on the host: read-only as a second line.
const kernel = ['--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys', '--dev', '/dev'];

function argumentsFor(place: Place): readonly string[] {
  if (place.is === 'link') return ['--symlink', place.to, place.inside];
  if (place.is === 'memory') return ['--size', String(place.bytes), '--tmpfs', place.inside];
  return [place.writable ? '--bind' : '--ro-bind', place.host, place.inside];
}

/** What bubblewrap is told for one run. */
export interface BwrapArguments {
  /** All but the command: everybody on the machine may read the command line, and the host's paths are nobody else's. */
  readonly options: readonly string[];
  readonly command: readonly string[];
}

/**
 * Expects the filter on descriptor 3 and a pipe for its own news on 4; where there are control groups, it waits for a byte
 * on 6.
 */
export function bwrapArguments(setup: Setup, job: SandboxJob, checked: Checked): BwrapArguments {
  const options = [
    ...namespaces,
    ...['--seccomp', '3', '--json-status-fd', '4', '--clearenv'],
    ...(setup.groups === null ? [] : ['--block-fd', '6']),
    ...kernel,
    ...['--dir', '/etc'],
    ...placesOf(setup, job, checked).flatMap(argumentsFor),
    // bubblewrap's own root and /dev are unbounded tmpfs that belong to the command's user.
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...Object.entries(environmentOf(setup, job)).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', '/work'],
  ];
  return { options, command: commandLine(setup, job) };
}
