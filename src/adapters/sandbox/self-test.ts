import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Leak } from '../../domain/messages/sandbox.ts';
import { makeFolders } from '../../make-folders.ts';
import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { judgeFindings } from './judge-findings.ts';

const PROBE = fileURLToPath(new URL('./probe-inside.ts', import.meta.url));
const limits = { wallMs: 60_000, outputBytes: 64 * 1024, memoryMb: 1024 } as const;

/** Things of the host that the probe tries to reach. */
interface Bait extends AsyncDisposable {
  readonly folder: string;
  readonly file: string;
  readonly port: number;
  readonly abstractName: string;
}

async function layBait(stateDir: string): Promise<Bait> {
  const folder = await mkdtemp(path.join(stateDir, 'self-test-'));
  await chmod(folder, 0o755);
  const file = path.join(folder, 'host-file');
  await writeFile(file, 'bait');
  await chmod(file, 0o644);
  const abstractName = randomUUID();
  const servers = [createServer().listen(0, '127.0.0.1'), createServer().listen(`\0${abstractName}`)];
  await Promise.all(servers.map((server) => once(server, 'listening')));
  return {
    folder,
    file,
    port: (servers[0]!.address() as AddressInfo).port,
    abstractName,
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function layTree(folder: string, name: string): Promise<string> {
  const tree = path.join(folder, name);
  makeFolders(path.join(tree, '.git'));
  await copyFile(PROBE, path.join(tree, 'probe.mts'));
  // As open as can be, so that only the sandbox keeps the command out.
  for (const place of [tree, path.join(tree, '.git')]) await chmod(place, 0o777);
  await chmod(path.join(tree, 'probe.mts'), 0o644);
  return tree;
}

async function ownFilters(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/^Seccomp_filters:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}

function lastWords({ stderr, ended, exit }: SandboxRun): string {
  const lines = stderr.trim().split('\n');
  const line = lines.findLast((candidate) => candidate.startsWith('bwrap: ')) ?? lines.at(-1);
  // Runtimes of containers say it as `level=error msg="…"`.
  const said = /\bmsg="(.*)"/.exec(line ?? '')?.[1]?.replaceAll('\\"', '"') ?? line;
  return said?.slice(0, 200) || `${ended}, exit ${exit}`;
}

type Run = (job: SandboxJob) => Promise<SandboxRun>;

/** Leaks of one kind of tree, or the last line of what starts commands when nothing ran. */
async function probeOnce(runOne: Run, bait: Bait, writable: boolean): Promise<readonly Leak[] | string> {
  const tree = await layTree(bait.folder, writable ? 'writable' : 'read-only');
  const command = ['node', 'probe.mts', bait.file, String(bait.port), bait.abstractName];
  const run = await runOne({ tree, writable, command, limits });
  const found = judgeFindings(Buffer.from(run.stdout).toString('utf8'), { filters: await ownFilters(), writable });
  return found ?? lastWords(run);
}

/** Tries to get out of a sandbox: what is open that has to be closed, or the last words of what does not start at all. */
export async function selfTest(
  stateDir: string,
  runOne: Run,
): Promise<{ readonly open: readonly Leak[] } | { readonly words: string }> {
  await using bait = await layBait(stateDir);
  const results = await Promise.all([probeOnce(runOne, bait, true), probeOnce(runOne, bait, false)]);
  const words = results.find((result) => typeof result === 'string');
  if (words !== undefined) return { words };
  return { open: [...new Set(results.flatMap((result) => (typeof result === 'string' ? [] : result)))] };
}
