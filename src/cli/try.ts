import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { mirrorOf, suitesOf, toolsOf } from '../compose.ts';
import { short } from '../domain/hash.ts';
import { tried as say } from '../domain/messages/cli.ts';
import { type GitAccess, type Log, type Repository, Weather } from '../ports.ts';
import { layersFolder } from './cache-folder.ts';
import { INTERRUPTED, interruption } from './demo/interruption.ts';
import { localOperator } from './local-operator.ts';
import { localSandbox } from './local-sandbox.ts';
import { type Print, toTerminal } from './print.ts';
import { type Ask, askAtTerminal } from './try/ask.ts';
import { aloneHere, localForge } from './try/local-forge.ts';
import { memoryBlobs, memoryLedger, noReserves, noTranscripts } from './try/memory-ledger.ts';
import { readModel } from './try/read-model.ts';
import { type Given, readRejection } from './try/read-rejection.ts';
import { type Tried, tryRejection } from './try/try-rejection.ts';

const REPO = 'local/clone';
const REF = { installation: 0, repo: REPO, issue: 1 };
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** What a try needs of the world around the command. */
export interface Around {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ask: Ask;
  readonly print: Print;
  readonly signal: AbortSignal;
}

/** Takes in what is committed at the clone, and says what that is. Throws in words when it cannot be read. */
async function start(repository: Repository, clone: string, access: GitAccess): Promise<string> {
  await repository.fetch(access).catch((error: unknown) => {
    throw error instanceof Weather ? new Error(say.noClone(clone)) : error;
  });
  const branch = await repository.defaultBranch();
  const commit = await repository.branch(branch);
  if (commit === null) throw new Error(say.noCommit(branch));
  return say.start(clone, branch, short(commit));
}

/** Runs the loop on a clone without writing there: everything happens in a folder that is gone afterwards. */
export async function runTry(path: string, given: Given, around: Around): Promise<Tried> {
  const clone = resolve(path);
  const model = readModel(around.env);
  const operator = localOperator(around.env, model);
  const sandbox = localSandbox(around.env, around.print);
  const issue = await readRejection(given);
  const stateDir = await mkdtemp(join(tmpdir(), 'corrigible-try-'));
  let close = async () => {};
  try {
    // Others pass through it, but cannot list it: where this is root, the sandbox runs as somebody else.
    await chmod(stateDir, 0o711);
    const tools = await toolsOf({ stateDir, operator, sandbox, layersIn: await layersFolder(around.env) }, silent);
    close = tools.preparing.close;
    const repository = await mirrorOf(stateDir, REPO);
    const access = { url: pathToFileURL(clone).href, token: null };
    around.print(await start(repository, clone, access));
    around.print(say.agent(operator.models['default']?.model ?? null));
    const { now } = tools.clock;
    const suites = suitesOf(tools, REPO);
    const ports = {
      ...tools,
      suites,
      ref: REF,
      ledger: memoryLedger(now),
      blobs: memoryBlobs(),
      transcripts: noTranscripts,
      reserves: noReserves,
      leave: aloneHere,
      repository,
    };
    return await tryRejection({ ...around, ports, forge: localForge(REPO, access, issue, now) });
  } finally {
    await close();
    await rm(stateDir, { recursive: true, force: true });
  }
}

const exitOf: Readonly<Record<Tried, number>> = { green: 0, person: 2, error: 1 };

export const tryHere = new Command('try')
  .argument('<path>', 'a git clone')
  .option('--ticket <id>', 'the stored ticket that it is about')
  .option('--say <text>', 'what was wrong, and what should have come out')
  .option('--rejection <file>', 'the same as a file: JSON with title and form or body, or Markdown')
  .option('--yes', 'answer the five questions with yes')
  .action(async (path: string, { yes, ...given }: Given & { readonly yes?: boolean }) => {
    const signal = interruption();
    const { ask, close } = yes === true ? { ask: async () => true, close: () => {} } : askAtTerminal(signal);
    try {
      const around = { env: process.env, ask, print: toTerminal, signal };
      const tried = await runTry(path, given, around);
      process.exitCode = signal.aborted ? INTERRUPTED : exitOf[tried];
    } finally {
      close();
    }
  });
