import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BubblewrapOptions, bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import type { SandboxJob, SandboxRun } from '../../src/ports.ts';

export const asRoot = process.getuid?.() === 0;
export const limits = { wallMs: 20_000, outputBytes: 1_000_000 } as const;

/** A folder that the sandbox's user can enter, a sandbox on it, and trees in it. */
export function makeRoom(options: Partial<BubblewrapOptions> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
  chmodSync(folder, 0o711);
  const sandbox = bubblewrapSandbox({ stateDir: path.join(folder, 'state'), ...options });
  return {
    folder,
    sandbox,
    tree(files: Readonly<Record<string, string>> = {}): string {
      const tree = path.join(folder, `tree-${randomUUID()}`);
      mkdirSync(tree);
      chmodSync(tree, 0o755);
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(tree, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
        // Whatever the umask of who runs the tests.
        chmodSync(file, 0o644);
      }
      return tree;
    },
    run(command: SandboxJob['command'], job: Partial<SandboxJob> = {}): Promise<SandboxRun> {
      return sandbox.run({ tree: job.tree ?? this.tree(), writable: true, command, limits, ...job });
    },
    [Symbol.dispose](): void {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const text = (run: SandboxRun): string => Buffer.from(run.stdout).toString('utf8');

/** How many processes of this machine have `mark` among their arguments. */
export function processesWith(mark: string): number {
  const commands = readdirSync('/proc').map((pid) => {
    try {
      return /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : '';
    } catch {
      return '';
    }
  });
  return commands.filter((command) => command.includes(mark)).length;
}

/** A perl line that exits 0 when a system call succeeds; `number` on x64 and arm64. */
export function systemCall(number: readonly [x64: number, arm64: number], ...args: readonly string[]): string[] {
  const call = process.arch === 'arm64' ? number[1] : number[0];
  const line = `my ($b, $type, $name) = ("\\0" x 256, "user", "n"); my $r = syscall(${[call, ...args].join(', ')}); print "errno ", $! + 0; exit($r >= 0 ? 0 : 1)`;
  return ['perl', '-e', line];
}
