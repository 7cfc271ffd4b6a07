import { realpath, stat } from 'node:fs/promises';
import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob } from '../../ports.ts';
import { firstClosed, firstClosedAbove } from './first-closed.ts';

function badWords(job: SandboxJob): string | null {
  if (job.command.length === 0 || job.command[0] === '') return notStarted.emptyCommand();
  const words = [...(typeof job.command === 'string' ? [job.command] : job.command), ...Object.values(job.env ?? {})];
  if (words.some((word) => word.includes('\0'))) return notStarted.noText();
  for (const name of Object.keys(job.env ?? {})) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return notStarted.badName(name);
  }
  return null;
}

async function closedTo(job: SandboxJob, tree: string): Promise<string | null> {
  const closed = job.writable ? await firstClosedAbove(tree) : await firstClosed(tree);
  if (closed !== null || job.gitDir === undefined) return closed;
  return firstClosed(job.gitDir).catch(() => job.gitDir ?? null);
}

/**
 * Looks at a job before it starts: the real path of its tree, or why it cannot start. `dropped`: commands run as
 * another user than the app.
 */
export async function checkJob(
  job: SandboxJob,
  dropped: boolean,
): Promise<{ readonly tree: string } | { readonly refused: string }> {
  const words = badWords(job);
  if (words !== null) return { refused: words };
  const tree = await realpath(job.tree).catch(() => null);
  if (tree === null || !(await stat(tree)).isDirectory()) return { refused: notStarted.noTree(job.tree) };
  const closed = dropped ? await closedTo(job, tree) : null;
  return closed === null ? { tree } : { refused: notStarted.closed(closed) };
}
