import { readdirSync } from 'node:fs';
import path from 'node:path';
import { attempt, textOf } from './processes.ts';

const HIERARCHIES = '/sys/fs/cgroup';

/** Where control groups of containers lie, below the root of each hierarchy. */
export const GROUPS = 'corrigible';

/** The names in a folder; none where it is not there. */
export const entriesOf = (folder: string): readonly string[] => attempt(() => readdirSync(folder), []);

/** The folders of those groups, of either version: not each of them is there. */
export const groupFolders = (): readonly string[] =>
  ['.', ...entriesOf(HIERARCHIES)].map((hierarchy) => path.join(HIERARCHIES, hierarchy, GROUPS));

/** Where either version counts what the kernel killed for want of memory. */
const COUNTS = ['memory.events', 'memory.oom_control'];

/** Whether the kernel has killed anything of a container for its memory. false where it is in no group, or gone. */
export const ranOutOfMemory = (id: string): boolean =>
  groupFolders().some((folder) =>
    COUNTS.some((file) => /^oom_kill [1-9]/m.test(textOf(path.join(folder, id, file)) ?? '')),
  );
