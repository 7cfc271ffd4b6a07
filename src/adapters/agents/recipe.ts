import type { Configuration } from '../../domain/configuration.ts';
import { globMatcher } from '../../domain/glob.ts';
import { done, refused as say } from '../../domain/messages/recipes.ts';
import { applyEdits } from '../../domain/recipe/apply-edits.ts';
import { editsOf, type FilledEdit } from '../../domain/recipe/edits-of.ts';
import type { Rubric } from '../../domain/rubric.ts';
import type { Agent, AgentResult, Brief, Repository, Task } from '../../ports.ts';

type Nothing = Omit<Extract<AgentResult, { is: 'nothing' }>, 'spent'>;
type Made = Omit<Extract<AgentResult, { is: 'candidate' }>, 'spent'>;

const cannot = (because: string): Nothing => ({
  is: 'nothing',
  code: because === say.noChange ? 'no-change' : 'cannot',
  because,
});

function editsFor(rubric: Rubric, configuration: Configuration, { approved }: Brief, hide: readonly string[]) {
  const { spec, paths } = approved;
  const change = Object.hasOwn(configuration.changes, spec.change) ? configuration.changes[spec.change] : undefined;
  // The label approved one text of one rubric: another text may edit something else.
  const same = rubric.id === approved.rubric.id && rubric.hash === approved.rubric.hash;
  if (rubric.recipe === null || change === undefined || !same) return { refused: say.noRecipe };
  const filled = editsOf(rubric.recipe, { slots: spec.slots ?? {}, settings: change.with, files: spec.files, paths });
  if ('refused' in filled) return filled;
  const isHidden = globMatcher(hide);
  const hidden = filled.edits.find(({ file }) => isHidden(file));
  return hidden === undefined ? filled : { refused: say.outside(hidden.file) };
}

async function readFiles(repository: Repository, base: string, edits: readonly FilledEdit[]) {
  const files = new Map<string, string>();
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const text = await repository.read(base, file);
    if (text !== null) files.set(file, text);
  }
  return Object.fromEntries(files);
}

/**
 * The agent without a model: the edits of the rubric's recipe, filled from the approved spec alone. It needs no sandbox
 * and no worktree, because nothing of the repository is run: texts are read from base as data, edited in memory, and
 * written as a tree. The same spec on the same base always gives the same tree.
 */
export function recipeAgent(rubric: Rubric, configuration: Configuration): Agent {
  const make = async ({ brief, repository, base, hide, signal }: Task): Promise<Made | Nothing> => {
    const filled = editsFor(rubric, configuration, brief, hide);
    if ('refused' in filled) return cannot(filled.refused);
    const applied = applyEdits(await readFiles(repository, base, filled.edits), filled.edits);
    if ('refused' in applied) return cannot(applied.refused);
    if (signal.aborted) return { is: 'nothing', code: 'stopped', because: say.stopped };
    const tree = await repository.withFiles(await repository.treeOf(base), applied.files);
    return { is: 'candidate', candidate: { base, tree }, summary: done(filled.edits) };
  };
  return {
    kind: 'recipe',
    implement: async (task) => {
      const start = performance.now();
      const result = await make(task);
      const seconds = (performance.now() - start) / 1000;
      return { ...result, spent: { seconds, tokens: 0, requests: 0 } };
    },
  };
}
