import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openaiModel } from '../../src/adapters/models/openai.ts';
import { aloneHere, localForge } from '../../src/cli/try/local-forge.ts';
import { memoryBlobs, memoryLedger, noReserves, noTranscripts } from '../../src/cli/try/memory-ledger.ts';
import { suitesOf, toolsOf } from '../../src/compose.ts';
import type { Ports } from '../../src/ports.ts';
import { type Base, readBase } from '../../src/read-base.ts';
import { withModel } from '../../src/read-operator.ts';
import { makeRepository } from '../agents/make-repository.ts';
import { silent } from '../support/silent-log.ts';

/** Longest wait for one answer of the reader. */
export const PATIENCE_MS = 600_000;
const REF = { installation: 1, repo: 'acme/shop', issue: 1 };
const nowhere = { url: '', token: null };

/** All that requests are made of, beside the prompts and the code. */
export interface Material {
  /** The repository, file by file. */
  readonly files: Readonly<Record<string, string>>;
  /** The rubrics that ship, by file name. */
  readonly rubrics: Readonly<Record<string, string>>;
}

export interface Product extends AsyncDisposable {
  readonly base: Base;
  /** The ports of the product, with its model and its agent speaking to this endpoint. */
  speakingTo(baseUrl: string): Promise<Ports>;
}

/** The product on this material: a real git mirror and the real sandbox. Throws when untrusted code cannot run here. */
export async function startProduct({ files, rubrics }: Material): Promise<Product> {
  const stateDir = await mkdtemp(join(tmpdir(), 'prompts-'));
  const dispose = () => rm(stateDir, { recursive: true, force: true });
  try {
    // Others pass through it, but cannot list it: where this is root, the sandbox runs as somebody else.
    await chmod(stateDir, 0o711);
    const { repository, base: commit } = await makeRepository(stateDir, files);
    const portsWith = async (baseUrl: string | null): Promise<Ports> => {
      const reader = { apiKey: 'none', model: 'reader', timeoutMs: 2 * PATIENCE_MS, retries: 0 };
      const tools = await toolsOf(
        { stateDir, operator: withModel(baseUrl === null ? null : { ...reader, baseUrl }) },
        silent,
      );
      const model = baseUrl === null ? null : openaiModel({ ...reader, baseUrl });
      return {
        ...tools,
        model,
        readers: { detect: model, draft: model, ask: model },
        suites: suitesOf(tools, REF.repo),
        ref: REF,
        ledger: memoryLedger(tools.clock.now),
        blobs: memoryBlobs(),
        transcripts: noTranscripts,
        reserves: noReserves,
        leave: aloneHere,
        queue: { enqueueRun: async () => 'queued' as const, cancelRun: async () => {}, wakeAfter: async () => {} },
        forge: localForge(REF.repo, nowhere, { title: '', body: '' }, tools.clock.now),
        repository,
        shipped: { rubrics: async () => rubrics },
      };
    };
    const silentPorts = await portsWith(null);
    const refusal = await silentPorts.sandbox.refusal();
    if (refusal !== null) throw new Error(refusal);
    const read = await readBase(silentPorts, commit);
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    return { base: read.base, speakingTo: portsWith, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
