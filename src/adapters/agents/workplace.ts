import { roundEnded } from '../../domain/messages/agents.ts';
import type { Checkout, Sandbox } from '../../ports.ts';
import type { Workplace } from './tools/tool.ts';

/** The sandbox did not do its part; nothing can be said about the agent's work. */
export class SandboxBroken extends Error {
  override readonly name = 'SandboxBroken';
}

/**
 * Commands in the sandbox, on this worktree. The repository is not bound: in its history a command could read the files
 * that are hidden from the agent. Throws the signal's reason when aborted.
 */
export const workplace = (
  sandbox: Sandbox,
  { dir, prepared }: Pick<Checkout, 'dir' | 'prepared'>,
  signal: AbortSignal,
): Workplace => ({
  async run(command, { stdin, seconds = 30 } = {}) {
    signal.throwIfAborted();
    const run = await sandbox.run({
      tree: dir,
      writable: true,
      layers: prepared?.layers ?? [],
      command,
      ...(stdin !== undefined && { stdin }),
      limits: { wallMs: seconds * 1000, outputBytes: 1_000_000 },
      signal,
    });
    signal.throwIfAborted();
    if (run.ended === 'could-not-start') throw new SandboxBroken(roundEnded.noSandbox(run.stderr));
    return run;
  },
});
