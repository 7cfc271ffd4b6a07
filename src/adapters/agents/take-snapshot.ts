import { roundEnded } from '../../domain/messages/agents.ts';
import { parseSnapshot, snapshotCommand } from '../../domain/snapshot.ts';
import type { Checkout, Repository, Sandbox } from '../../ports.ts';
import { SandboxBroken } from './workplace.ts';

interface Snapshot {
  readonly checkout: Checkout;
  readonly base: string;
  readonly signal: AbortSignal;
}

/**
 * Carries a worktree out of the sandbox and returns its tree. What was hidden is as on base. Throws `SandboxBroken` when
 * the worktree cannot leave as a tree: the agent may have made it so.
 */
export async function takeSnapshot(
  sandbox: Sandbox,
  repository: Repository,
  { checkout, base, signal }: Snapshot,
): Promise<string> {
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: true,
    gitDir: checkout.gitDir,
    command: snapshotCommand(base, checkout.tree),
    limits: { wallMs: 120_000, outputBytes: 64_000_000 },
    signal,
  });
  signal.throwIfAborted();
  if (run.ended !== 'exited' || run.exit !== 0)
    throw new SandboxBroken(roundEnded.noSnapshot(run.stderr.trim().slice(-300) || run.ended));
  try {
    const { tree, pack } = parseSnapshot(run.stdout);
    return await repository.importTree(pack, tree, base);
  } catch (error) {
    throw new SandboxBroken(roundEnded.noSnapshot(error instanceof Error ? error.message : String(error)));
  }
}
