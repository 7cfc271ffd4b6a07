import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What `read` returns, or `otherwise` where it throws: a process may end between two reads; then it uses nothing. */
export function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** A file of /proc, or null where its process is gone. */
export const textOf = (file: string): string | null => attempt(() => readFileSync(file, 'latin1'), null);

/** The pids of this machine by the name of their pid namespace, such as `pid:[4026531836]`. */
export function processesByNamespace(): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const namespace = attempt(() => readlinkSync(`/proc/${pid}/ns/pid`), '');
    groups.set(namespace, [...(groups.get(namespace) ?? []), pid]);
  }
  return groups;
}
