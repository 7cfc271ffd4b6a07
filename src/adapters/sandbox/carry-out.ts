import { Readable } from 'node:stream';
import { notStarted } from '../../domain/messages/sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { feed, type Input, openInput } from './feed.ts';
import { type Followed, followRun } from './follow-run.ts';
import type { Launched } from './launched.ts';
import { type Clear, lendFolders, type NotLent } from './lend-folders.ts';

/** The result of a run of which nothing happened. */
export const nothing = (ended: SandboxRun['ended'], stderr = ''): Followed => ({
  ended,
  exit: null,
  stdout: new Uint8Array(),
  stderr,
});

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const notLent: Readonly<Record<NotLent, string>> = {
  'too-many': notStarted.tooMany(),
  'two-users': notStarted.otherUser(),
};

/**
 * Calls `use` with a uid of the pool, to which these folders are lent meanwhile; with null where there is no pool.
 */
export async function asItsUser(
  firstUid: number | null,
  folders: readonly string[],
  use: (uid: number | null) => Promise<Followed>,
  clear?: Clear,
): Promise<Followed> {
  if (firstUid === null) return use(null);
  const run = await lendFolders(folders, firstUid, use, clear);
  return typeof run === 'string' ? nothing('could-not-start', notLent[run]) : run;
}

/** Starts a command, feeds it and follows it to its end. */
export async function startAndFollow(job: SandboxJob, input: Input, start: () => Promise<Launched>): Promise<Followed> {
  if (job.signal?.aborted) return nothing('aborted');
  let launched: Launched;
  try {
    launched = await start();
  } catch (error) {
    return nothing('could-not-start', notStarted.spawn(messageOf(error)));
  }
  if (launched.stdin !== null && input !== undefined) feed(launched.stdin, input);
  return followRun(launched, job);
}

/** Carries out one job, in whatever way, with its input and its time. */
export async function carryOut(job: SandboxJob, attempt: (input: Input) => Promise<Followed>): Promise<SandboxRun> {
  const began = performance.now();
  const input = openInput(job.stdin);
  try {
    const followed = job.signal?.aborted ? nothing('aborted') : await attempt(input);
    return { ...followed, ms: performance.now() - began };
  } finally {
    if (input instanceof Readable) input.destroy();
  }
}
