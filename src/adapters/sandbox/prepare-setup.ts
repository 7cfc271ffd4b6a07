import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { folderClosed, noFilterFor, notLinux, programMissing, rootfsMissing } from '../../domain/messages/sandbox.ts';
import { makeFolders } from '../../make-folders.ts';
import { buildFilter } from './build-filter.ts';
import { findControlGroups } from './control-groups.ts';
import { firstClosed } from './first-closed.ts';
import type { Place } from './places.ts';
import { prepareTools } from './prepare-tools.ts';
import type { Bind, Ceilings, Setup } from './setup.ts';
import type { Arch } from './system-calls.ts';

/** What `prepareSetup` needs to know. */
export interface SetupOptions {
  /** Must lie where the user of the sandbox can enter: the folders above it 0711 or wider. */
  readonly stateDir: string;
  readonly toolDirs: readonly string[];
  readonly firstUid: number;
  /** null: commands run without. */
  readonly bwrap: string | null;
  /** Default `/`. */
  readonly root?: string | undefined;
  /** Programs that have to be where they are, as commands see them; without `bwrap` and these nothing is filtered. */
  readonly needs?: readonly string[];
  readonly node: string;
}

const FORWARDER = fileURLToPath(new URL('./forward-inside.ts', import.meta.url));
const PRLIMIT = '/usr/bin/prlimit';

// Without accounts `os.userInfo()`, ssh and git fail. The repository at /repo.git belongs to another user, which git
// distrusts unless told otherwise.
const syntheticEtc: Readonly<Record<string, string>> = {
  passwd: 'root:x:0:0::/nonexistent:/usr/sbin/nologin\nagent:x:1000:1000:agent:/home/agent:/bin/sh\n',
  group: 'root:x:0:\nagent:x:1000:\n',
  hosts: '127.0.0.1 localhost\n::1 localhost\n',
  gitconfig: '[safe]\n\tdirectory = *\n[core]\n\tfsmonitor = false\n',
};

// What programs need of the host's /etc to start at all; Java keeps its jvm.cfg and security settings there.
const hostEtc = /^(alternatives|ld\.so\.cache|nsswitch\.conf|localtime|mime\.types|java-.+|python3.*|perl)$/;

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

async function writeShared(stateDir: string, filter: Uint8Array): Promise<string> {
  const files = { ...syntheticEtc, 'filter.bpf': filter, 'forward.mjs': await readFile(FORWARDER) };
  const hash = createHash('sha256');
  for (const [name, content] of Object.entries(files)) hash.update(`${name}\0`).update(content).update('\0');
  const folder = path.join(stateDir, 'sandbox', hash.digest('hex').slice(0, 16));
  if (await exists(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  makeFolders(fresh);
  await chmod(path.dirname(folder), 0o755);
  await chmod(fresh, 0o755);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(fresh, name), content);
    await chmod(path.join(fresh, name), 0o644);
  }
  // Two processes may come here at once: the content is the same, so the loser throws its own away.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true }));
  return folder;
}

async function etcBinds(root: string, shared: string): Promise<Bind[]> {
  const found = (await readdir(path.join(root, 'etc'))).filter((name) => hostEtc.test(name)).sort();
  if (await exists(path.join(root, 'etc/ssl/certs'))) found.push('ssl/certs');
  const binds = found.map((name) => ({ host: path.join(root, 'etc', name), inside: `/etc/${name}` }));
  for (const name of Object.keys(syntheticEtc)) binds.push({ host: path.join(shared, name), inside: `/etc/${name}` });
  return binds;
}

function hardLimit(limits: string, title: string): number {
  const value = new RegExp(`^${title}\\s+\\S+\\s+(\\S+)`, 'm').exec(limits)?.[1];
  return value === undefined || value === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(value);
}

// prlimit fails when it is asked to go above what this process itself may have.
async function readCeilings(): Promise<Ceilings> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  return {
    processes: hardLimit(limits, 'Max processes'),
    files: hardLimit(limits, 'Max open files'),
    fileBytes: hardLimit(limits, 'Max file size'),
    dataBytes: hardLimit(limits, 'Max data size'),
    cpuSeconds: hardLimit(limits, 'Max cpu time'),
  };
}

async function systemFolders(root: string): Promise<Setup['system']> {
  const names = (await readdir(root)).filter((name) => /^(usr|bin|sbin|lib(32|64|x32)?)$/.test(name)).sort();
  return Promise.all(
    names.map(async (name): Promise<Place> => {
      const [host, inside] = [path.join(root, name), `/${name}`];
      const to = await readlink(host).catch(() => null);
      return to === null ? { is: 'bind', host, inside, writable: false } : { is: 'link', inside, to };
    }),
  );
}

const CLOSE_ON_EXEC = 0o2000000;

async function inheritedDescriptors(): Promise<number[]> {
  const open = (await readdir('/proc/self/fd')).map(Number).filter((fd) => fd > 4);
  const flags = await Promise.all(
    open.map(async (fd) => {
      const info = await readFile(`/proc/self/fdinfo/${fd}`, 'utf8').catch(() => '');
      return Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '02000000', 8);
    }),
  );
  return open.filter((_fd, index) => (flags[index]! & CLOSE_ON_EXEC) === 0);
}

async function missing({ bwrap, needs }: SetupOptions, root: string): Promise<string | null> {
  if (process.platform !== 'linux') return notLinux(process.platform);
  if (!(await exists(path.join(root, 'usr')))) return rootfsMissing(root);
  for (const program of [PRLIMIT, ...(needs ?? [])])
    if (!(await exists(path.join(root, program)))) return programMissing(program, root);
  if (bwrap === null && needs === undefined) return null;
  if (process.arch !== 'x64' && process.arch !== 'arm64') return noFilterFor(process.arch);
  return bwrap === null || (await exists(bwrap)) ? null : programMissing(bwrap, '/');
}

/** Writes what all runs share below the state folder, or says in one sentence why untrusted code cannot run here. */
export async function prepareSetup(options: SetupOptions): Promise<Setup | { readonly refused: string }> {
  // `--die-with-parent` is bound to the thread: a command would die with the worker that started it.
  if (!isMainThread) throw new Error('The sandbox must be used from the main thread.');
  const root = options.root ?? '/';
  const lacking = await missing(options, root);
  if (lacking !== null) return { refused: lacking };
  const made = makeFolders(options.stateDir);
  // A folder of our own making, under a strict umask; one that was there is the operator's to open.
  if (made !== undefined) await chmod(options.stateDir, 0o711);
  const stateDir = await realpath(options.stateDir);
  const dropped = process.getuid?.() === 0;
  const shared = await writeShared(
    stateDir,
    options.bwrap === null ? new Uint8Array() : buildFilter(process.arch as Arch),
  );
  const closed = dropped ? await firstClosed(shared) : null;
  if (closed !== null) return { refused: folderClosed(closed) };
  const tools = await prepareTools({ ...options, stateDir, dropped, root });
  if ('refused' in tools) return tools;
  return {
    bwrap: options.bwrap ?? '',
    filterFile: path.join(shared, 'filter.bpf'),
    system: await systemFolders(root),
    binds: [...(await etcBinds(root, shared)), ...tools.binds],
    path: [...tools.path, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    node: tools.node,
    forwarder: path.join(shared, 'forward.mjs'),
    firstUid: dropped ? options.firstUid : null,
    ceilings: await readCeilings(),
    inherited: await inheritedDescriptors(),
    groups: options.bwrap === null ? null : findControlGroups(),
    stateDir,
    root,
  };
}
