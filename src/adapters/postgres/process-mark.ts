import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

const LINUX = process.platform === 'linux';

function ps(column: string, pid: number): string | null {
  try {
    const out = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
    return out.toString().trim() || null;
  } catch {
    return null;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * When the process started, as an opaque text, or null when there is none (a zombie is none). A pid alone may have been
 * given to somebody else since; a pid with its mark names one process. `keeper.sh` computes the same text.
 */
export function markOf(pid: number): string | null {
  if (!Number.isSafeInteger(pid) || pid < 1) return null;
  if (!LINUX) return ps('lstart', pid);
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the program's name and may hold spaces and brackets; the fields after it do not.
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/** The command line of a process, or null when it is gone or cannot be read. */
export function commandOf(pid: number): string | null {
  return LINUX ? readOrNull(`/proc/${pid}/cmdline`) : ps('command', pid);
}

/** Names the machine, its boot and its process namespace: two processes with the same text can see each other's pids. */
export function machine(): string {
  const boot = readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  const pids = LINUX ? readlinkSync('/proc/self/ns/pid') : '';
  return `${hostname()}/${boot}/${pids}`;
}

/** `machine()` as part of a file's name, without a dash: a pid means something only together with it. */
export const namespace = (): string => createHash('sha256').update(machine()).digest('hex').slice(0, 16);
