import type { Configuration } from './configuration.ts';
import { globMatcher } from './glob.ts';
import { oracleGlobs } from './integrity.ts';
import * as say from './messages/rubrics.ts';
import { blanksOf, partsOf } from './recipe/template.ts';
import type { FileProblem, Recipe, Rubric } from './rubric.ts';
import { MOST_SHOWN, proseOf } from './rubric-body.ts';

/** Fewer words than this do not say when a rubric fits. */
const MIN_ROUTING = 6;

/** Slots that no template uses. */
function unusedSlots({ slots, ...templates }: Recipe): readonly string[] {
  const used = new Set(blanksOf(JSON.stringify(templates)).map((blank) => blank.name));
  return slots.map((slot) => slot.name).filter((name) => !used.has(name));
}

const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** Words that leave open what is to be done, or by what it could be told that it was. */
const VAGUE =
  /\b(?:as appropriate|if possible|where possible|as needed|when necessary|be careful|take care|pay attention|keep in mind|try to|make sure|properly|reasonabl[ey]|good quality|high quality|user-friendly|best practices?|and so on|etc)\b/i;

type Placed = Omit<FileProblem, 'file'>;

/** Criteria that nobody could answer with yes or no. */
const vagueCriteria = ({ criteria }: Rubric): readonly Placed[] =>
  criteria.flatMap(({ id, text, line }) => {
    const found = VAGUE.exec(text)?.[0];
    if (found !== undefined) return [{ line, ...say.vague(id, found) }];
    return wordsIn(text) < 3 || text.endsWith('?') ? [{ line, ...say.noStatement(id) }] : [];
  });

/** Ids in the text that look like the rubric's own and are none of its criteria. */
function unknownIds({ criteria, body }: Rubric): readonly Placed[] {
  const known = new Set(criteria.map(({ id }) => id));
  const letters = [...new Set(criteria.map(({ id }) => id.replace(/\d+$/, '')))];
  const like = new RegExp(`(?<![\\w-])(?:${letters.join('|')})\\d{1,2}(?![\\w-])`, 'g');
  const named = letters.length === 0 ? [] : [...body.matchAll(like)].map(([id]) => id);
  return [...new Set(named)].filter((id) => !known.has(id)).map((id) => ({ line: 1, ...say.unknownId(id) }));
}

/** The file of an edit with the settings filled in; null where a slot names it. */
function fileOf(template: string, settings: Configuration['changes'][string]['with']): string | null {
  let file = '';
  for (const part of partsOf(template)) {
    const filled = typeof part === 'string' ? part : part.of === 'with' ? settings[part.name] : undefined;
    if (typeof filled !== 'string') return null;
    file += filled;
  }
  return file;
}

/** Files that the recipe edits and its kind of change may not touch, or that it is judged by. */
function contradictoryPaths({ recipe, change: kind }: Rubric, configuration: Configuration): readonly Placed[] {
  const change = configuration.changes[kind];
  if (change === undefined) return [];
  const files = (recipe?.edits ?? []).flatMap(({ file }) => fileOf(file, change.with) ?? []);
  const isAllowed = globMatcher(change.paths);
  const isOracle = globMatcher(oracleGlobs(configuration), true);
  return [...new Set(files)].flatMap((file) => {
    if (!isAllowed(file)) return [{ line: 1, ...say.outsidePaths(file, kind, change.paths) }];
    return isOracle(file) ? [{ line: 1, ...say.oraclePath(file) }] : [];
  });
}

/** What no model would read: the rest of what is too long. */
const cutOff = ({ when, body, criteria }: Rubric): readonly Placed[] => [
  ...(when.length > MOST_SHOWN.when ? [{ line: 1, ...say.longRouting(when.length, MOST_SHOWN.when) }] : []),
  ...(proseOf(body).length > MOST_SHOWN.prose
    ? [{ line: 1, ...say.longBody(proseOf(body).length, MOST_SHOWN.prose) }]
    : []),
  ...criteria
    .filter(({ text }) => text.length > MOST_SHOWN.criterion)
    .map(({ id, line }) => ({ line, ...say.longCriterion(id, MOST_SHOWN.criterion) })),
];

/** What could be better in a rubric that works; with the configuration, what of it can never work there. */
export function lintRubric(rubric: Rubric, configuration: Configuration | null = null): readonly FileProblem[] {
  const unused = rubric.recipe === null ? [] : unusedSlots(rubric.recipe);
  const routing = wordsIn(rubric.when) < MIN_ROUTING || rubric.when.trim() === rubric.title.trim();
  const problems: readonly Placed[] = [
    ...(routing ? [{ line: 1, ...say.noRouting }] : []),
    ...cutOff(rubric),
    ...unused.map((name) => ({ line: 1, ...say.unusedSlot(name) })),
    ...vagueCriteria(rubric),
    ...unknownIds(rubric),
    ...(configuration === null ? [] : contradictoryPaths(rubric, configuration)),
  ];
  return problems.map((problem) => ({ file: rubric.file, ...problem })).sort((a, b) => a.line - b.line);
}

/** Rubrics between which nothing decides: the same words say when either fits. */
export function lintRouting(rubrics: readonly Rubric[]): readonly FileProblem[] {
  const plain = ({ when }: Rubric) => when.toLowerCase().replace(/\W+/g, ' ').trim();
  const groups = [...Map.groupBy(rubrics, plain).values()];
  return groups.flatMap(([first, ...others]) =>
    others.map(({ file }) => ({ file, line: 1, ...say.sameRouting(first?.id ?? '') })),
  );
}
