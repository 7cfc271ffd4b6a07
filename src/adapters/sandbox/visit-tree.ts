import { lstat } from 'node:fs/promises';
import path from 'node:path';

/** What lies at `.git` of a tree: something to bind read-only, nothing, or something that cannot be bound safely. */
export type GitEntry = 'bindable' | 'none' | 'other';

interface Visit {
  readonly git: Promise<GitEntry>;
  users: number;
}

const visits = new Map<string, Visit>();

async function look(tree: string): Promise<GitEntry> {
  const entry = await lstat(path.join(tree, '.git')).catch(() => null);
  if (entry === null) return 'none';
  // Through a link that an earlier command left, bubblewrap would bind whatever it points at on the host.
  return entry.isFile() || entry.isDirectory() ? 'bindable' : 'other';
}

/**
 * Calls `use` with what `.git` was before the first of the runs that are now in the tree. Only then can no command swap
 * it between the look and the bind: where it was there, every run of the tree has it bound; where not, none has.
 */
export async function visitTree<T>(tree: string, use: (git: GitEntry) => Promise<T>): Promise<T> {
  const visit = visits.get(tree) ?? { git: look(tree), users: 0 };
  visits.set(tree, visit);
  visit.users++;
  try {
    return await use(await visit.git);
  } finally {
    visit.users--;
    if (visit.users === 0) visits.delete(tree);
  }
}
