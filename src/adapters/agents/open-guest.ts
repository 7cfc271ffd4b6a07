import { randomBytes } from 'node:crypto';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InstalledAgent } from '../../domain/installed-agent.ts';
import type { NamedModel } from '../../domain/named-model.ts';
import { makeFolders } from '../../make-folders.ts';
import { ownFolder } from '../../own-folder.ts';
import type { SandboxJob } from '../../ports.ts';
import type { Opening } from './thread.ts';

/** Where the sandbox shows the agent, and what it is told. */
const INSTALL = '/opt/agent';
const GIVEN = '/opt/corrigible';
export const PROMPT_FILE = `${GIVEN}/brief.md`;
const PORT = 4000;

/** Agents are large programs of their own. */
const LIMITS = { memoryMb: 4096, processes: 512, outputBytes: 50_000_000 } as const;

/** An installed agent in the sandbox, before it is started. */
export interface Guest {
  /** The words of its command, filled in. */
  readonly words: readonly string[];
  /** What each of its starts has in common. Its command runs by way of `start`. */
  readonly job: Omit<SandboxJob, 'command' | 'limits'> & { readonly limits: typeof LIMITS };
  /** Lays out what it is told at `PROMPT_FILE`. */
  tell(text: string): Promise<void>;
  close(): Promise<void>;
}

interface GuestOptions {
  readonly agent: InstalledAgent;
  readonly model: NamedModel;
  /** The folder in which the app keeps its state. */
  readonly stateDir: string;
}

/** The base address as clients of this API want it. */
const baseUrlOf = ({ api }: NamedModel): string => `http://127.0.0.1:${PORT}${api.startsWith('openai-') ? '/v1' : ''}`;

/**
 * Prepares everything that an installed agent needs in the sandbox: its own folder read-only, its settings in a scratch
 * home, and the one way to its model at a port of the loopback address. `close` leaves nothing of it.
 */
export async function openGuest(
  { agent, model, stateDir }: GuestOptions,
  { checkout, gateway }: Opening,
): Promise<Guest> {
  const folder = join(await ownFolder(join(stateDir, 'guests')), randomBytes(12).toString('hex'));
  const fill = filler({ model: model.model, 'base-url': baseUrlOf(model), install: INSTALL, home: '/home/agent' });
  await layOut(folder, Object.fromEntries(Object.entries(agent.files).map(([path, text]) => [path, fill(text)])));
  const socket = await gateway.listen(join(stateDir, 'sockets'));
  const install = agent.install === undefined ? [] : [{ host: agent.install, inside: INSTALL }];
  return {
    words: agent.command.map(fill),
    job: {
      tree: checkout.dir,
      writable: true,
      layers: [...(checkout.prepared?.layers ?? []), ...install, { host: folder, inside: GIVEN }],
      sockets: { model: socket },
      ports: { [PORT]: 'model' },
      path: agent.install === undefined ? [] : [`${INSTALL}/bin`, `${INSTALL}/node_modules/.bin`],
      env: Object.fromEntries(Object.entries(agent.env).map(([name, text]) => [name, fill(text)])),
      limits: LIMITS,
    },
    tell: (text) => writeOpen(join(folder, 'brief.md'), text),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Others may read it: commands in the sandbox are other users of this machine. */
async function writeOpen(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await chmod(file, 0o644);
}

async function makeOpen(folder: string): Promise<void> {
  makeFolders(folder);
  await chmod(folder, 0o755);
}

async function layOut(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await makeOpen(folder);
  await makeOpen(join(folder, 'home'));
  for (const [path, text] of Object.entries(files)) {
    let above = join(folder, 'home');
    for (const part of dirname(path).split('/')) {
      above = join(above, part);
      await makeOpen(above);
    }
    await writeOpen(join(folder, 'home', path), text);
  }
}

const filler =
  (values: Readonly<Record<string, string>>) =>
  (text: string): string =>
    text.replace(/\{([a-z-]+)\}/g, (whole, name: string) =>
      Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
    );

/** A command that puts the settings into the scratch home first. `then` is shell, with the words as its arguments. */
export const start = (words: readonly string[], then = 'exec "$@"'): readonly string[] => [
  ...['/bin/sh', '-c', `cp -R ${GIVEN}/home/. "$HOME"/ || exit 126\n${then}`, 'agent'],
  ...words,
];
