import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'vitest';
import { type BubblewrapOptions, bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { containerSandbox } from '../../src/adapters/sandbox/container-sandbox.ts';
import type { Sandbox, SandboxJob, SandboxRun } from '../../src/ports.ts';

export const asRoot = process.getuid?.() === 0;
export const limits = { wallMs: 20_000, outputBytes: 1_000_000 } as const;

/** One kind of sandbox that has to hold as the others do. */
export interface Runner {
  readonly name: string;
  /** Its module, and the line of code that opens it as `sandbox` on a folder. */
  readonly source: (stateDir: string) => string;
  open(stateDir: string): Sandbox;
}

const moduleOf = (name: string): string =>
  JSON.stringify(new URL(`../../src/adapters/sandbox/${name}.ts`, import.meta.url).href);

const bubblewrap: Runner = {
  name: 'bubblewrap',
  source: (stateDir) =>
    `import { bubblewrapSandbox } from ${moduleOf('bubblewrap-sandbox')};
    const sandbox = bubblewrapSandbox({ stateDir: ${JSON.stringify(stateDir)} });`,
  open: (stateDir) => bubblewrapSandbox({ stateDir }),
};

const container: Runner = {
  name: 'container',
  source: (stateDir) =>
    `import { containerSandbox } from ${moduleOf('container-sandbox')};
    const sandbox = containerSandbox({ stateDir: ${JSON.stringify(stateDir)}, runtime: 'runc' });`,
  open: (stateDir) => containerSandbox({ stateDir, runtime: 'runc' }),
};

/** The runtime that makes containers in tests. */
export const runc = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']
  .map((folder) => path.join(folder, 'runc'))
  .find((file) => existsSync(file));

/** Why no container can be made here; null where that can be. */
export const noRuntime: string | null = runc === undefined ? 'runc is not installed: apt-get install -y runc' : null;

/** Tells the same stories of each kind of sandbox. */
export function ofEachRunner(tell: (runner: Runner) => void): void {
  describe(bubblewrap.name, () => tell(bubblewrap));
  if (noRuntime === null) describe(container.name, () => tell(container));
  else test.skip(`${container.name} (${noRuntime})`, () => {});
}

/** A folder that the sandbox's user can enter, a sandbox on it, and trees in it. */
export function makeRoom(options: Partial<BubblewrapOptions> = {}, runner?: Runner) {
  const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
  chmodSync(folder, 0o711);
  const stateDir = path.join(folder, 'state');
  const sandbox = runner?.open(stateDir) ?? bubblewrapSandbox({ stateDir, ...options });
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

/** Control groups of containers of a process, of either version. */
export const groupsOf = (pid: number | undefined): readonly string[] =>
  readdirSync('/sys/fs/cgroup').flatMap((hierarchy) => {
    const folder = path.join('/sys/fs/cgroup', hierarchy, 'corrigible');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${pid}-`)) : [];
  });
