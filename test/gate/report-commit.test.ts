import { expect, test } from 'vitest';
import { Configuration } from '../../src/domain/configuration.ts';
import type { ReadReport } from '../../src/domain/reports/report.ts';
import type { Checkout, Ports } from '../../src/ports.ts';
import { type ReportedOn, runReports } from '../../src/run-reports.ts';

const BASE = `ba5e${'0'.repeat(36)}`;
const HEAD = `4ead${'0'.repeat(36)}`;
const TWIN = `2417${'0'.repeat(36)}`;
const OTHER = `07e4${'0'.repeat(36)}`;
const treeByCommit: Readonly<Record<string, string>> = {
  [BASE]: 'base-tree',
  [HEAD]: 'head-tree',
  [TWIN]: 'head-tree',
  [OTHER]: 'tree',
};

const configuration = Configuration.parse({
  version: 1,
  steps: [
    {
      name: 'say',
      run: 'say',
      inputs: ['**'],
      cases: 'evals/say.yml',
      report: { run: 'suite', file: 'report', format: 'jsonl', oracle: ['test/**'] },
    },
  ],
  changes: {},
});

/** What the head comes to when its report names this commit. */
async function outcomeWhere(named: string | undefined, head: Omit<ReportedOn, 'prepared'>): Promise<string> {
  const repository = {
    checkout: async (tree: string): Promise<Checkout> => ({ dir: '', gitDir: '', tree, dispose: async () => {} }),
    treeOf: async (commit: string) => {
      const tree = treeByCommit[commit];
      if (tree === undefined) throw new Error(`commit ${commit} is not in the mirror`);
      return tree;
    },
  } as unknown as Ports['repository'];
  const cases: ReadReport = { cases: [{ id: 'a', outcome: 'pass', because: '' }] };
  const suites = {
    report: async ({ tree }: Checkout): Promise<ReadReport> =>
      tree === head.tree && named !== undefined ? { ...cases, commit: named } : cases,
  } as unknown as Ports['suites'];
  const [one] = await runReports({ repository, suites }, configuration, [
    { tree: 'base-tree', commit: BASE, prepared: null },
    { ...head, prepared: null },
  ]);
  return `${one?.case.name}: ${one?.head.outcome}${one?.head.outcome === 'error' ? `, ${one.head.because}` : ''}`;
}

const refused = (named: string) =>
  `the report: error, The report says that it is of commit “${named}”, which is not what is judged. Let the suite’s command run the suite on the files that it finds, and write a new report.`;

test.each([
  ['none', undefined],
  ['the judged one', HEAD],
  ['the judged one in capitals', HEAD.toUpperCase()],
  ['the judged one, shortened', HEAD.slice(0, 7)],
  ['another one of the very same files', TWIN],
])('a report that names %s is read', async (_, named) => {
  expect(await outcomeWhere(named, { tree: 'head-tree', commit: HEAD })).toBe('a: pass');
});

test.each([
  ['base, on a head', BASE],
  ['one of other files', OTHER],
  ['one that the mirror does not have', '5'.repeat(40)],
  ['too little of the judged one', HEAD.slice(0, 6)],
  ['nothing in particular', ''],
  ['what is no commit', '--all'],
])('a report that names %s is an error that says so', async (_, named) => {
  expect(await outcomeWhere(named, { tree: 'head-tree', commit: HEAD })).toBe(refused(named));
});

test('a tree that is no commit yet has no report that names another, and one that names a commit of its files', async () => {
  expect(await outcomeWhere(TWIN, { tree: 'head-tree' })).toBe('a: pass');
  expect(await outcomeWhere(HEAD.slice(0, 7), { tree: 'head-tree' })).toBe(refused(HEAD.slice(0, 7)));
  expect(await outcomeWhere(BASE, { tree: 'head-tree' })).toBe(refused(BASE));
});

test('where the oracle of base is laid over a head, the head is what its report may name', async () => {
  expect(await outcomeWhere(HEAD, { tree: 'mixed-tree', commit: HEAD })).toBe('a: pass');
});
