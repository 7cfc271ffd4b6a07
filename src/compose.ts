import { join, resolve } from 'node:path';
import { recipeAgent } from './adapters/agents/recipe.ts';
import type { RecordedEndpoint } from './adapters/gateway/recorded-endpoint.ts';
import { gitMirrors } from './adapters/git/mirrors.ts';
import { nativeFolder } from './adapters/postgres/native-files.ts';
import type { Records } from './adapters/postgres/open-records.ts';
import { preparing } from './adapters/prepare/preparing.ts';
import { internet } from './adapters/prepare/reach.ts';
import { bubblewrapSandbox } from './adapters/sandbox/bubblewrap-sandbox.ts';
import { containerSandbox } from './adapters/sandbox/container-sandbox.ts';
import { externalSandbox } from './adapters/sandbox/external-sandbox.ts';
import type { ImagedSandbox } from './adapters/sandbox/tested-sandbox.ts';
import { shippedFiles } from './adapters/shipped/shipped-files.ts';
import { folderResults } from './adapters/suites/folder-results.ts';
import { memory } from './adapters/suites/memory.ts';
import { type Remembering, remembering } from './adapters/suites/remember.ts';
import { sandboxedSuites } from './adapters/suites/sandboxed-suites.ts';
import { parseAllowedHost } from './domain/allowed-hosts.ts';
import { serverUnreachable } from './domain/messages/store.ts';
import type { Patience, ReaderRole } from './domain/named-model.ts';
import type { Operator } from './domain/parse-operator.ts';
import type { TranscriptAnswer } from './domain/transcript/line.ts';
import type { Log, Ports, Repository, Results, Sandbox, Shipped, Suites } from './ports.ts';
import type { SandboxSettings, StoreSettings } from './read-settings.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** Longest wait for a database that is only asked whether it is there. */
const CONNECT_MS = 5_000;

/** The part of the ports that needs neither GitHub nor a store. Its suites remember nothing. */
export interface Tools
  extends Pick<Ports, 'sandbox' | 'suites' | 'agents' | 'model' | 'readers' | 'shipped' | 'pages' | 'clock' | 'log'> {
  /** Differs wherever a step may find other tools beside its tree. */
  readonly image: () => Promise<string>;
  readonly preparing: Closing;
}

/** What makes dependencies, until it is closed. */
type Closing = ReturnType<typeof preparing>;

/** How the tools are set up. */
interface Tooling {
  readonly stateDir: string;
  readonly operator: Operator;
  readonly suitesAtOnce?: number | undefined;
  readonly sandbox?: SandboxSettings | undefined;
  /** Where dependencies are kept, instead of below `stateDir`. */
  readonly layersIn?: string | undefined;
  /** Asked in the place of every model. */
  readonly fetch?: typeof fetch | undefined;
}

/** The suites of one repository. Without more they remember for as long as this process lasts. */
export const suitesOf = (
  { suites, image }: Pick<Tools, 'suites' | 'image'>,
  repo: string,
  more: Partial<Pick<Remembering, 'memory' | 'store' | 'onOutputs'>> = {},
): Suites => remembering(suites, { repo, image, memory: memory(), store: null, ...more });

/** The rubrics that ship. */
export const shippedRubrics = (): Shipped => shippedFiles(join(ROOT, 'rubrics'));

/** Agents, and the reader that drafts. Their library is loaded only where there is a model: it is a third of a start. */
async function withModels({ operator, stateDir, fetch }: Tooling, sandbox: Sandbox, log: Log) {
  const { models, agents, roles, reading } = operator;
  const { openAgents, openReader } = await import('./open-agents.ts');
  const readerOf = (name: string, patience?: Patience) => {
    const of = Object.hasOwn(models, name) ? models[name] : undefined;
    return of === undefined ? null : openReader(of, fetch, patience);
  };
  const inRole = (role: ReaderRole) => readerOf(roles[role], reading[role]);
  return {
    agents: openAgents({ models, agents, stateDir, sandbox, log, fetch }),
    reader: readerOf('default'),
    readers: { detect: inRole('detect'), draft: inRole('draft'), ask: inRole('ask') },
  };
}

function sandboxOf(stateDir: string, of: SandboxSettings | undefined, log: Log): ImagedSandbox {
  if (of?.kind === 'external') return externalSandbox({ stateDir }, log);
  if (of?.kind !== 'container') return bubblewrapSandbox({ stateDir });
  const { runtime, rootfs } = of;
  return containerSandbox({ stateDir, runtime, rootfs });
}

/** What a rejection is worked on with, by the server and by a person at a terminal alike. */
export async function toolsOf(of: Tooling, log: Log): Promise<Tools> {
  const sandbox = sandboxOf(of.stateDir, of.sandbox, log);
  const model = Object.keys(of.operator.models).length === 0 ? null : await withModels(of, sandbox, log);
  return {
    sandbox,
    suites: sandboxedSuites(sandbox, { width: of.suitesAtOnce }),
    image: () => sandbox.image(),
    preparing: preparing({
      stateDir: of.layersIn ?? of.stateDir,
      sandbox,
      image: () => sandbox.image(),
      hosts: of.operator.network.prepare.flatMap((host) => parseAllowedHost(host) ?? []),
      log,
    }),
    agents: {
      recipe: (rubric, configuration) => recipeAgent(rubric, configuration),
      model: (configuration) => model?.agents(configuration) ?? null,
    },
    model: model?.reader ?? null,
    readers: model?.readers ?? { detect: null, draft: null, ask: null },
    shipped: shippedRubrics(),
    // Only a server shows pages.
    pages: { reportAddress: () => null, transcriptAddress: () => null },
    clock: { now: () => new Date().toISOString() },
    log,
  };
}

/** Recorded answers in the place of a model's endpoint. */
export async function recordedEndpoint(answers: readonly TranscriptAnswer[]): Promise<RecordedEndpoint> {
  const { recordedEndpoint: endpoint } = await import('./adapters/gateway/recorded-endpoint.ts');
  return endpoint(answers);
}

/** A mirror of one repository below `stateDir`, empty until it is fetched. */
export const mirrorOf = (stateDir: string, repo: string): Promise<Repository> => gitMirrors({ stateDir }).open(repo);

/** The store for looking at, beside an app that may be running: nothing is written, migrated or worked on. */
export const openRecords = async (settings: StoreSettings): Promise<Records> => {
  // Loaded only where there is a store: it is a third of the start of a command that has none.
  const { openRecords: openAt } = await import('./adapters/postgres/open-records.ts');
  const quiet = { info() {}, warn() {}, error() {} };
  return openAt({ ...settings, stateDir: resolve(settings.stateDir), log: quiet });
};
export type { Records };

/** Results below a folder of this user's, for whoever has no store. */
export const resultsIn = (folder: string): Results => folderResults(folder);

/** Why untrusted code cannot run on this machine; null when it can. */
export const sandboxRefusal = (stateDir: string, of: SandboxSettings): Promise<string | null> =>
  sandboxOf(stateDir, of, { info() {}, warn() {}, error() {} }).refusal();

/** Whether the proxy would connect to this host: it has addresses, and all of them are public. */
export async function isFound(host: string): Promise<boolean> {
  const addresses = await internet.lookup(host).catch(() => []);
  return addresses.length > 0 && addresses.every(internet.isPublic);
}

/** Whether a built-in database is there for this machine, or the server at `url` answers with its version. */
export async function findDatabase(url: string | undefined): Promise<{ version: string | null } | { refused: string }> {
  try {
    if (url !== undefined) return { version: await serverVersion(url) };
    nativeFolder();
    return { version: null };
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    // The address may hold a password.
    return { refused: url === undefined ? because : serverUnreachable(URL.parse(url)?.host ?? '?', because) };
  }
}

async function serverVersion(url: string): Promise<string> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  } finally {
    client.end().catch(() => {});
  }
}
