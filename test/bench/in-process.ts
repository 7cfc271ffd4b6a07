import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openaiModel } from '../../src/adapters/models/openai.ts';
import { type Bench, benchOn, REPO } from '../../src/cli/bench/open-bench.ts';
import type { CaseSet } from '../../src/cli/bench/read-cases.ts';
import { aloneHere, localForge } from '../../src/cli/try/local-forge.ts';
import { memoryBlobs, memoryLedger, noReserves, noTranscripts } from '../../src/cli/try/memory-ledger.ts';
import { shippedRubrics } from '../../src/compose.ts';
import type { Json } from '../../src/domain/rejection.ts';
import type { CaseResult, Ports, Suites } from '../../src/ports.ts';
import { exampleFiles, type Files } from '../example/example.ts';
import { smallRepository } from '../invariants/support/small-repository.ts';
import { silent } from '../support/silent-log.ts';

type Pipeline = typeof import('../../examples/support-pipeline/src/pipeline.ts');
type ReadRules = typeof import('../../examples/support-pipeline/src/read-rules.ts');

/** The example's code as it stands in a tree, loaded into this process: once for each variant of it. */
function loader(folder: string) {
  const loaded = new Map<string, Promise<Pipeline & ReadRules>>();
  const load = async (code: Files): Promise<Pipeline & ReadRules> => {
    const place = join(folder, String(loaded.size));
    for (const [path, text] of Object.entries(code)) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), text);
    }
    const from = (name: string) => pathToFileURL(join(place, 'src', name)).href;
    const [pipeline, rules] = await Promise.all([
      import(/* @vite-ignore */ from('pipeline.ts')) as Promise<Pipeline>,
      import(/* @vite-ignore */ from('read-rules.ts')) as Promise<ReadRules>,
    ]);
    return { ...pipeline, ...rules };
  };
  return (files: Files): Promise<Pipeline & ReadRules> => {
    const code = Object.fromEntries(Object.entries(files).filter(([path]) => /^src\/|^package\.json$/.test(path)));
    const key = JSON.stringify(code);
    const known = loaded.get(key) ?? load(code);
    loaded.set(key, known);
    return known;
  };
}

/** The steps and the replay of the example, without a sandbox: its code is ours. */
function exampleSuites(filesOf: (tree: string) => Files, folder: string): Suites {
  const codeOf = loader(folder);
  const one = async (files: Files, run: string, input: Json): Promise<CaseResult> => {
    try {
      const { rulesFrom, runPipeline, steps } = await codeOf(files);
      const rules = rulesFrom((path) => files[path] ?? '');
      const step = / src\/step\.ts (\w+)$/.exec(run)?.[1];
      if (step !== undefined)
        return { status: 'output', output: steps[step as 'plan'](input, rules) as unknown as Json };
      const { ticket } = input as { readonly ticket: string };
      const stored = files[`tickets/${ticket}.json`];
      if (stored === undefined) return { status: 'error', because: `There is no ticket ${ticket}.` };
      return { status: 'output', output: { steps: runPipeline(JSON.parse(stored), rules) } as unknown as Json };
    } catch (error) {
      return { status: 'error', because: (error as Error).message };
    }
  };
  const suites: Suites = {
    outputs: (checkout, { run }, inputs) =>
      Promise.all(inputs.map((input) => one(filesOf(checkout.tree), String(run), input))),
    report: async () => ({ problem: 'no report here' }),
    anew: () => suites,
  };
  return suites;
}

const never = () => Promise.reject(new Error('nothing is run by hand here'));

/** The same as `openBench`, but git and the sandbox are in this process: for the example's own code, in milliseconds. */
export async function inProcess({ cases }: CaseSet, baseUrl: string | null): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-code-'));
  const stored = cases.flatMap((one) =>
    one.stored === undefined ? [] : [[`tickets/${one.ticket}.json`, JSON.stringify(one.stored)] as const],
  );
  const repository = smallRepository({ ...exampleFiles(), ...Object.fromEntries(stored) });
  const now = () => '2026-07-01T12:00:00Z';
  const access = { url: '', token: null };
  const model = baseUrl === null ? null : openaiModel({ baseUrl, apiKey: 'none', model: 'bench' });
  const ports: Ports = {
    ref: { installation: 0, repo: REPO, issue: 1 },
    forge: localForge(REPO, access, { title: '', body: '' }, now),
    repository,
    suites: exampleSuites(repository.filesOf, folder),
    ledger: memoryLedger(now),
    blobs: memoryBlobs(),
    transcripts: noTranscripts,
    reserves: noReserves,
    leave: aloneHere,
    queue: { enqueueRun: async () => 'queued', cancelRun: async () => {}, wakeAfter: async () => {} },
    sandbox: { refusal: async () => null, run: never },
    preparing: { prepare: never },
    agents: { recipe: never as never, model: never as never },
    model,
    readers: { detect: model, draft: model, ask: model },
    pages: { reportAddress: () => '', transcriptAddress: () => null },
    shipped: shippedRubrics(),
    clock: { now },
    log: silent,
  };
  return {
    ...(await benchOn(ports, access, cases)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
