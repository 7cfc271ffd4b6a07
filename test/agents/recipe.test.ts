import { expect, test } from 'vitest';
import { recipeAgent } from '../../src/adapters/agents/recipe.ts';
import { type ApprovedSpec, clearedSpec } from '../../src/domain/approval.ts';
import { Configuration } from '../../src/domain/configuration.ts';
import { draftFromRecipe, frozen } from '../../src/domain/recipe/draft.ts';
import type { Rubric } from '../../src/domain/rubric.ts';
import type { Repository } from '../../src/ports.ts';
import { change, rejectionOf, rubricWith, trace } from '../domain/support/recipe-parts.ts';

const BASE = 'b'.repeat(40);
const FETCH = `{
  "weights": {
    "billing.refund": { "KB-104": 3, "KB-107": 1 }
  }
}
`;

/** Trees by name, as far as a recipe needs them. Whatever else is asked for fails the test. */
function repositoryOf(files: Readonly<Record<string, string>>) {
  const trees: Record<string, Readonly<Record<string, string>>> = { [BASE]: files, base: files };
  const repository: Pick<Repository, 'read' | 'treeOf' | 'withFiles'> = {
    read: async (of, path) => trees[of]?.[path] ?? null,
    treeOf: async () => 'base',
    withFiles: async (tree, changed) => {
      trees['new'] = { ...trees[tree], ...changed } as Record<string, string>;
      return 'new';
    },
  };
  return { repository: repository as Repository, trees };
}

const configuration = Configuration.parse({
  version: 1,
  steps: [{ name: 'fetch', run: 'node x', inputs: ['config/**'], cases: 'evals/fetch.yml' }],
  changes: { [change.kind]: { step: change.step, paths: change.paths, with: change.with } },
});

function approvedOf(rubric: Rubric, slots: Record<string, string | number> = {}): ApprovedSpec {
  const draft = draftFromRecipe(rubric, rejectionOf({ wish: 'KB-107 should come first' }), trace, change);
  if ('missing' in draft) throw new Error('missing');
  const spec = frozen(draft, []);
  return clearedSpec({
    kind: 'spec-approved',
    event: 1,
    by: 'ada',
    approvalHash: 'h',
    spec: { ...spec, slots: { ...spec.slots, ...slots } },
    rubric: { id: rubric.id, hash: rubric.hash },
    paths: change.paths,
    textHash: 't',
  });
}

async function implement(
  options: {
    files?: Record<string, string>;
    hide?: string[];
    rubric?: Rubric;
    approved?: ApprovedSpec;
    stop?: boolean;
  } = {},
) {
  const rubric = options.rubric ?? rubricWith();
  const { repository, trees } = repositoryOf(options.files ?? { 'config/fetch.json': FETCH });
  const [step] = configuration.steps;
  if (step === undefined) throw new Error('no step');
  const approved = options.approved ?? approvedOf(rubric);
  const brief = { approved, step, instructions: '', rejected: [], review: [], limits: { minutes: 1, tokens: 0 } };
  const signal = options.stop === true ? AbortSignal.abort() : new AbortController().signal;
  const agent = recipeAgent(rubric, configuration);
  return {
    result: await agent.implement({ brief, repository, base: BASE, hide: options.hide ?? [], signal, on: () => null }),
    trees,
  };
}

test('a recipe makes a candidate tree from the approved spec, without a model', async () => {
  const { result, trees } = await implement();
  expect(result).toMatchObject({
    is: 'candidate',
    candidate: { base: BASE, tree: 'new' },
    summary: 'increase /weights/billing.refund/KB-107 in config/fetch.json',
    spent: { tokens: 0, requests: 0 },
  });
  expect(trees['new']?.['config/fetch.json']).toBe(FETCH.replace('"KB-107": 1', '"KB-107": 5'));
});

test('what cannot be done is said in words, and no tree is made', async () => {
  const because = async (options: Parameters<typeof implement>[0]) => {
    const { result, trees } = await implement(options);
    expect(trees['new']).toBeUndefined();
    return result.is === 'nothing' ? `${result.code}: ${result.because}` : 'a candidate';
  };
  const rubric = rubricWith();
  const other = rubricWith(['Prose.', 'Other prose.']);
  expect(await because({ files: {} })).toBe('cannot: config/fetch.json does not exist on the base branch.');
  expect(await because({ files: { 'config/fetch.json': '{"weights":{}}' } })).toBe(
    'cannot: There is nothing at “/weights/billing.refund/KB-107” in config/fetch.json.',
  );
  expect(await because({ approved: approvedOf(rubric, { article: 'KB-x' }) })).toBe(
    'cannot: The approved spec does not fill the slot “article” as the recipe needs it.',
  );
  expect(await because({ hide: ['config/**'] })).toBe(
    'cannot: The recipe edits config/fetch.json, which this kind of change may not touch.',
  );
  expect(await because({ rubric: other, approved: approvedOf(rubric) })).toBe('cannot: The rubric has no recipe.');
  expect(await because({ approved: approvedOf(rubric, { bump: 0 }) })).toBe(
    'no-change: Every value is already as the recipe would make it.',
  );
  expect(await because({ stop: true })).toBe('stopped: The work was stopped.');
});
