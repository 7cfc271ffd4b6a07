// Judges the repository in REPOSITORY as often as it is asked, with a mirror below STATE and results kept in RESULTS.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mirrorOf, resultsIn, suitesOf, toolsOf } from '../../src/compose.ts';
import { judgePull } from '../../src/judge-pull.ts';
import type { Ports } from '../../src/ports.ts';
import { withModel } from '../../src/read-operator.ts';
import { offer } from '../support/offer.ts';

const { REPOSITORY: folder = '', STATE: stateDir = '', RESULTS: results = '' } = process.env;
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const ref = { installation: 0, repo: 'bench/gate', issue: 1 };
let ran = 0;
const onOutputs = (from: string, count: number) => {
  if (from === 'sandbox') ran += count;
};
const tools = await toolsOf({ stateDir, operator: withModel(null) }, silent);
const repository = await mirrorOf(stateDir, ref.repo);
await repository.fetch({ url: pathToFileURL(join(folder, '.git')).href, token: null });
const head = (await repository.branch('main')) ?? '';
const [from = ''] = await repository.parents(head);
const suites = suitesOf(tools, ref.repo, { store: resultsIn(results), onOutputs });
const ports = { ...tools, suites, repository, ref } as unknown as Ports;
// As in a running app: the sandbox has tested itself.
await tools.sandbox.refusal();

offer('', {
  /** Judges head against its parent: in how many milliseconds, and how many outputs had to be run. */
  judge: async () => {
    ran = 0;
    const began = performance.now();
    const verdict = await judgePull(ports, { from, head }, new AbortController().signal);
    if (!verdict.passed) throw new Error(verdict.because);
    return { ms: performance.now() - began, ran };
  },
});
