import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AllowedHost } from '../../domain/allowed-hosts.ts';
import { prepare as say } from '../../domain/messages/prepare.ts';
import { endedBy } from '../../domain/messages/suites.ts';
import { redactor } from '../../domain/redact.ts';
import { removeFolder } from '../../own-folder.ts';
import {
  type Checkout,
  type Log,
  NotPrepared,
  type Preparation,
  type Sandbox,
  type SandboxRun,
  Weather,
} from '../../ports.ts';
import type { Kept, LayerStore, Made } from './layer-store.ts';
import type { HostProxy } from './proxy.ts';
import type { Network } from './reach.ts';

/** What layers are made with. */
export interface Making {
  readonly sandbox: Pick<Sandbox, 'run'>;
  readonly store: LayerStore;
  /** Those that a command may reach that wants the network. */
  readonly hosts: readonly AllowedHost[];
  readonly network: Network | undefined;
  readonly log: Log;
  readonly most: { readonly files: number; readonly bytes: number };
}

const OUTPUT_BYTES = 20_000_000;
/** So much of what a command says last is told. */
const SAID = 1_500;
const COPY_MS = 15 * 60_000;
/** More than a layer may have is told in words of its own: only far more ends the run. */
const TIMES_MOST = 2;
/** The port inside at which the proxy is found. */
const PORT = 8118;
const LAYERS = '/layers';

/** Where packages keep what they find out while they run, as far as we know them: below `node_modules`. */
const SCRATCH = ['.cache', '.vite', '.vite-temp'];

/** Those of them in a folder that was made in which nothing lies: nobody misses what runs find covered. */
export async function scratchIn(folder: string, made: string): Promise<readonly string[]> {
  if (basename(made) !== 'node_modules') return [];
  const isEmpty = async (name: string): Promise<boolean> => {
    const path = join(folder, name);
    return (await lstat(path)).isDirectory() && (await readdir(path)).length === 0;
  };
  const empty = await Promise.all(SCRATCH.map((name) => isEmpty(name).catch(() => false)));
  return SCRATCH.filter((_, i) => empty[i]);
}

// Without the run that made them: nothing that it left behind is at work any more. What is neither file, folder nor link
// is left out, and whoever runs with the layer can read it.
const COPY = `set -e
at=0
for made do
  if [ -L "$made" ] || [ ! -d "$made" ]; then printf 'missing %s\\n' "$at"; exit 0; fi
  cp -a -- "$made/." "${LAYERS}/$at/"
  case "/$made" in
    */node_modules)
      for own in ${SCRATCH.join(' ')}; do mkdir -p -- "${LAYERS}/$at/$own" 2> /tmp/said || :; done ;;
  esac
  at=$((at + 1))
done
cd ${LAYERS}
find . -mindepth 1 ! -type f ! -type d ! -type l -delete
chmod -R u=rwX,go=rX -- [0-9]*
files=$(find . -mindepth 2 -printf x | wc -c)
bytes=$(find . -type f -printf '%s\\n' | awk '{ sum += $1 } END { printf "%.0f", sum }')
names() { find . -mindepth 1 \\( -type f -printf 'f %m %P\\0' -o -type d -printf 'd %P\\0' -o -type l -printf 'l %P\\0%l\\0' \\) | LC_ALL=C sort -z; }
texts() { find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum -z --; }
digest=$( { names; texts; } | sha256sum | cut -c 1-64)
printf 'made %s %s %s\\n' "$files" "$bytes" "$digest"`;

/** What programs are told of the proxy, and not to ask for what no dependency needs. */
function environment(): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${PORT}`;
  const names = [
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'http_proxy',
    'https_proxy',
    'npm_config_proxy',
    'npm_config_https_proxy',
  ];
  return {
    ...Object.fromEntries(names.map((name) => [name, proxy])),
    NODE_USE_ENV_PROXY: '1',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
}

/** What a command said at last, for people: without what looks like a secret or personal. */
function lastWords({ stdout, stderr }: SandboxRun): string {
  const text = stderr.trim() === '' ? Buffer.from(stdout).toString('utf8') : stderr;
  const last = redactor()
    .redact(text.trim().slice(-SAID * 4))
    .slice(-SAID);
  return last === '' ? '' : say.said(last);
}

/** Throws where the command did not come to its end as it should, whose trouble that is. */
function judgeRun({ run: command, timeout }: Preparation['prepare'], run: SandboxRun, proxy: HostProxy | null): void {
  if (run.ended === 'exited' && run.exit === 0) return;
  const silent = [...(proxy?.unreachable ?? [])].sort();
  if (silent.length > 0) throw new Weather(say.unreachable(silent));
  if (run.ended === 'could-not-start') throw new NotPrepared(say.notStarted(run.stderr));
  const said = lastWords(run);
  const refused = [...(proxy?.refused ?? [])].sort();
  const asked = refused.length === 0 ? '' : say.refusedHosts(refused);
  const words =
    run.ended === 'exited'
      ? say.exited(command, run.exit ?? -1)
      : run.ended === 'timed-out'
        ? say.tooLong(command, timeout)
        : say.ended(command, endedBy(run.ended, run.exit));
  throw new NotPrepared({ problem: words.problem + asked, fix: words.fix, said });
}

/** Runs the command on a tree that it may write to; with the network that is allowed, or with none. */
async function runCommand(
  { sandbox, hosts, network, log, most }: Making,
  { ref, prepare }: Preparation,
  checkout: Checkout,
  socket: string,
  signal: AbortSignal,
): Promise<void> {
  const options = { socket, hosts, ...(network !== undefined && { network }) };
  // What speaks HTTP is loaded only where the network is wanted: it is a part of every start.
  const proxy = prepare.network ? await (await import('./proxy.ts')).openProxy(options) : null;
  try {
    const run = await sandbox.run({
      tree: checkout.dir,
      writable: true,
      command: prepare.run,
      ...(proxy !== null && { env: environment(), sockets: { proxy: socket }, ports: { [PORT]: 'proxy' } }),
      limits: { wallMs: prepare.timeout * 1000, outputBytes: OUTPUT_BYTES, files: TIMES_MOST * most.files },
      signal,
    });
    signal.throwIfAborted();
    if (proxy !== null && proxy.refused.size > 0)
      log.warn('hosts refused while dependencies were made', {
        repository: ref.repo,
        hosts: [...proxy.refused].sort(),
      });
    judgeRun(prepare, run, proxy);
  } finally {
    await proxy?.close();
  }
}

/** Copies the folders that were made out of the tree, and tells what they come to. */
async function copyOut(
  { sandbox, most }: Making,
  { prepare }: Preparation,
  checkout: Checkout,
  folder: string,
  signal: AbortSignal,
): Promise<Made> {
  const folders = prepare.makes.map((_, i) => join(folder, String(i)));
  for (const one of folders) {
    await mkdir(one);
    await chmod(one, 0o755);
  }
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: true,
    writableLayers: folders.map((host, i) => ({ host, inside: `${LAYERS}/${i}` })),
    command: ['/bin/sh', '-c', COPY, 'sh', ...prepare.makes],
    limits: { wallMs: COPY_MS, outputBytes: 1_000_000, files: TIMES_MOST * most.files },
    signal,
  });
  signal.throwIfAborted();
  if (run.ended === 'could-not-start') throw new NotPrepared(say.notStarted(run.stderr));
  const [, missing, files = '', bytes = '', digest = ''] =
    /^(?:missing (\d+)|made (\d+) (\d+) ([0-9a-f]{64}))\n$/.exec(Buffer.from(run.stdout).toString('latin1')) ?? [];
  if (missing !== undefined) throw new NotPrepared(say.notThere(prepare.makes[Number(missing)] ?? ''));
  if (digest === '' || run.exit !== 0) throw new Weather(say.notCopied(run.stderr.trim().slice(-300) || run.ended));
  const made: Made = { folders: folders.length, files: Number(files), bytes: Number(bytes), digest };
  if (made.files > most.files || made.bytes > most.bytes)
    throw new NotPrepared(say.tooMuch(made.files, made.bytes, most));
  return made;
}

/**
 * Runs the command of a preparation in the sandbox, on a tree of its own, and keeps what it made under this name. Whatever
 * happens, nothing else is left.
 */
export async function makeLayer(making: Making, of: Preparation, name: string, signal: AbortSignal): Promise<Kept> {
  const began = performance.now();
  const folder = await making.store.begin(randomUUID());
  try {
    const checkout = await of.repository.checkout(of.tree);
    try {
      const layer = join(folder, 'layer');
      await mkdir(layer);
      await chmod(layer, 0o711);
      await runCommand(making, of, checkout, join(folder, 's'), signal);
      const made = await copyOut(making, of, checkout, layer, signal);
      const { files, bytes } = made;
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      making.log.info('dependencies were made', { repository: of.ref.repo, files, bytes, seconds });
      return await making.store.keep(name, layer, made);
    } finally {
      await checkout.dispose();
    }
  } finally {
    await removeFolder(folder);
  }
}
