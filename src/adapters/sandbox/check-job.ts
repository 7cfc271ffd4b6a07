import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob } from '../../ports.ts';
import { firstClosed, firstClosedAbove } from './first-closed.ts';

/** A job that may start: the real path of its tree, and whether that has a `.git`. */
export interface Checked {
  readonly tree: string;
  readonly gitEntry: boolean;
}

type Refused = { readonly refused: string };

function badWords(job: SandboxJob): string | null {
  if (job.command.length === 0 || job.command[0] === '') return notStarted.emptyCommand();
  for (const name of Object.keys(job.env ?? {})) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return notStarted.badName(name);
  }
  return null;
}

async function checkTree(tree: string): Promise<Checked | Refused> {
  const real = await realpath(tree).catch(() => null);
  if (real === null || !(await stat(real)).isDirectory()) return { refused: notStarted.noTree(tree) };
  const gitPath = path.join(real, '.git');
  const entry = await lstat(gitPath).catch(() => null);
  // Through a link that an earlier command left, bubblewrap would bind whatever it points at on the host.
  if (entry !== null && !entry.isFile() && !entry.isDirectory()) return { refused: notStarted.gitLink(gitPath) };
  return { tree: real, gitEntry: entry !== null };
}

async function closedTo(job: SandboxJob, tree: string): Promise<string | null> {
  const closed = job.writable ? await firstClosedAbove(tree) : await firstClosed(tree);
  if (closed !== null || job.gitDir === undefined) return closed;
  return firstClosed(job.gitDir).catch(() => job.gitDir ?? null);
}

/** Looks at a job before it starts. `dropped`: commands run as another user than the app. */
export async function checkJob(job: SandboxJob, dropped: boolean): Promise<Checked | Refused> {
  const words = badWords(job);
  if (words !== null) return { refused: words };
  const checked = await checkTree(job.tree);
  if ('refused' in checked || !dropped) return checked;
  const closed = await closedTo(job, checked.tree);
  return closed === null ? checked : { refused: notStarted.closed(closed) };
}
