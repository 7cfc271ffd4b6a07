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

/** The pids of all processes of this machine. */
export const allProcesses = (): readonly string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Those of one pid namespace, by its inode: whoever is in it belongs to the run, however it was re-parented. */
export const processesIn = (namespace: number): readonly string[] =>
  processesByNamespace().get(`pid:[${namespace}]`) ?? [];

/** The pids of this machine by the name of their pid namespace, such as `pid:[4026531836]`. */
export function processesByNamespace(): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const pid of allProcesses()) {
    const namespace = attempt(() => readlinkSync(`/proc/${pid}/ns/pid`), '');
    groups.set(namespace, [...(groups.get(namespace) ?? []), pid]);
  }
  return groups;
}
