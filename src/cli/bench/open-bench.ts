import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { mirrorOf, suitesOf, toolsOf } from '../../compose.ts';
import type { TranslationCase } from '../../domain/bench/translation-case.ts';
import { CONFIGURATION_FILE } from '../../domain/configuration.ts';
import { bench as say } from '../../domain/messages/bench.ts';
import { type ReaderRole, readerRoles } from '../../domain/named-model.ts';
import { parseConfiguration } from '../../domain/parse-configuration.ts';
import type { Operator } from '../../domain/parse-operator.ts';
import type { Trace } from '../../domain/rejection.ts';
import { layOut } from '../../lay-out.ts';
import { makeFolders } from '../../make-folders.ts';
import type { GitAccess, Log, Ports } from '../../ports.ts';
import { type Base, readBase } from '../../read-base.ts';
import { withModel } from '../../read-operator.ts';
import { runReplays } from '../../run-replays.ts';
import { localSandbox } from '../local-sandbox.ts';
import { toTerminal } from '../print.ts';
import { aloneHere, localForge } from '../try/local-forge.ts';
import { memoryBlobs, memoryLedger, noReserves, noTranscripts } from '../try/memory-ledger.ts';
import type { CaseSet } from './read-cases.ts';

const run = promisify(execFile);
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
export const REPO = 'local/bench';

/** The repository of the cases with all their tickets, and the product beside it. */
interface Opened {
  readonly cases: readonly TranslationCase[];
  readonly base: Base;
  /** Git object id of base's tree. */
  readonly tree: string;
  /** The trace of a stored ticket on base; undefined where it cannot be replayed. */
  traceOf(ticket: string): Trace | undefined;
  readonly ports: Ports;
  readonly access: GitAccess;
}
export type Bench = Opened & AsyncDisposable;

/** Git's settings are its own, and so are the times: equal files make an equal commit. */
const gitEnv = {
  PATH: process.env['PATH'] ?? '',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

/** A clone of the repository's files with the tickets of the cases, and one commit. */
async function makeClone(folder: string, repository: string, cases: readonly TranslationCase[]): Promise<void> {
  const filter = (from: string) => basename(from) !== '.git';
  await cp(repository, folder, { recursive: true, filter });
  const { tickets = 'tickets' } = await readConfiguration(folder);
  for (const { ticket, stored } of cases) {
    if (ticket === null || stored === undefined) continue;
    const file = join(folder, tickets, `${ticket}.json`);
    makeFolders(dirname(file));
    await writeFile(file, `${JSON.stringify(stored, null, 2)}\n`, { flag: 'wx' });
  }
  const git = (...args: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@corrigible.invalid', ...args], {
      env: gitEnv,
    });
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'Start');
}

async function readConfiguration(folder: string) {
  const text = await readFile(join(folder, CONFIGURATION_FILE), 'utf8').catch(() => {
    throw new Error(say.noRepository(folder));
  });
  const parsed = parseConfiguration(CONFIGURATION_FILE, text);
  if ('problems' in parsed) throw new Error(say.noRepository(folder));
  return parsed.configuration;
}

/** The traces of all tickets, made in one run. */
async function tracesOf(ports: Ports, base: Base, cases: readonly TranslationCase[]): Promise<Map<string, Trace>> {
  const named = cases.flatMap(({ ticket, faults }) => [ticket ?? [], ...faults.map((fault) => fault.ticket ?? [])]);
  const tickets = [...new Set(named.flat())];
  const { replay } = base.configuration;
  if (replay === undefined) return new Map();
  const checkout = await layOut(ports, base, await ports.repository.treeOf(base.commit));
  try {
    const traces = await runReplays(ports, checkout, replay, tickets);
    return new Map(
      tickets.flatMap((ticket, i) => {
        const trace = traces[i];
        return trace === undefined || 'error' in trace ? [] : [[ticket, trace] as const];
      }),
    );
  } finally {
    await checkout.dispose();
  }
}

/** Which roles have a model, and how patient they are. */
export interface Readers {
  readonly roles: readonly ReaderRole[];
  readonly reading: Operator['reading'];
}

/** An operator whose models are all the same to the product, each at an address of its role's. */
function operatorAt(baseUrl: string | null, readers?: Readers): Operator {
  if (baseUrl === null) return withModel(null);
  const operator = withModel({ baseUrl, apiKey: 'none', model: 'bench' });
  const { default: own } = operator.models;
  if (own === undefined) return operator;
  const { roles = readerRoles, reading = operator.reading } = readers ?? {};
  const models = Object.fromEntries(roles.map((name) => [name, { ...own, name, url: `${own.url}/${name}` }]));
  return {
    ...operator,
    models: { ...models, default: own },
    roles: { detect: 'detect', draft: 'draft', ask: 'ask' },
    reading,
  };
}

async function portsIn(stateDir: string, access: GitAccess, baseUrl: string | null, readers?: Readers) {
  const sandbox = localSandbox(process.env, toTerminal);
  const tools = await toolsOf({ stateDir, operator: operatorAt(baseUrl, readers), sandbox }, silent);
  const { now } = tools.clock;
  const ports: Ports = {
    ...tools,
    suites: suitesOf(tools, REPO),
    ref: { installation: 0, repo: REPO, issue: 1 },
    ledger: memoryLedger(now),
    blobs: memoryBlobs(),
    transcripts: noTranscripts,
    reserves: noReserves,
    leave: aloneHere,
    queue: { enqueueRun: async () => 'queued', cancelRun: async () => {}, wakeAfter: async () => {} },
    repository: await mirrorOf(stateDir, REPO),
    forge: localForge(REPO, access, { title: '', body: '' }, now),
  };
  return { ports, close: tools.preparing.close };
}

/** The cases on these ports, whose forge leads to the repository with their tickets. */
export async function benchOn(ports: Ports, access: GitAccess, cases: readonly TranslationCase[]): Promise<Opened> {
  const read = await readBase(ports);
  if ('problems' in read)
    throw new Error(read.problems.map(({ file, line, problem }) => `${file}:${line}: ${problem}`).join('\n'));
  const { base } = read;
  const traces = await tracesOf(ports, base, cases);
  const tree = await ports.repository.treeOf(base.commit);
  return { cases, base, tree, traceOf: (ticket) => traces.get(ticket), ports, access };
}

/** Opens everything that translating the cases takes; a model is spoken to at `baseUrl`, or there is none. */
export async function openBench(
  { repository, cases }: CaseSet,
  baseUrl: string | null,
  readers?: Readers,
): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'corrigible-bench-'));
  let close = async () => {};
  const dispose = async () => {
    await close();
    await rm(root, { recursive: true, force: true });
  };
  try {
    // Others pass through it, but cannot list it: where this is root, the sandbox runs as somebody else.
    await chmod(root, 0o711);
    const clone = join(root, 'clone');
    await makeClone(clone, repository, cases);
    const access = { url: pathToFileURL(clone).href, token: null };
    const opened = await portsIn(root, access, baseUrl, readers);
    close = opened.close;
    const refusal = await opened.ports.sandbox.refusal();
    if (refusal !== null) throw new Error(refusal);
    return { ...(await benchOn(opened.ports, access, cases)), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
