import * as say from './messages/rubrics.ts';
import { blanksOf } from './recipe/template.ts';
import type { FileProblem, Recipe, Rubric } from './rubric.ts';

/** Most words under the front matter: a model reads all of them each time. */
const MAX_WORDS = 5000;

/** Slots that no template uses. */
function unusedSlots({ slots, ...templates }: Recipe): readonly string[] {
  const used = new Set(blanksOf(JSON.stringify(templates)).map((blank) => blank.name));
  return slots.map((slot) => slot.name).filter((name) => !used.has(name));
}

/** What could be better in a rubric that works. */
export function lintRubric(rubric: Rubric): readonly FileProblem[] {
  const words = rubric.body.split(/\s+/).filter(Boolean).length;
  const unused = rubric.recipe === null ? [] : unusedSlots(rubric.recipe);
  return [...(words > MAX_WORDS ? [say.longBody(words)] : []), ...unused.map(say.unusedSlot)].map((mistake) => ({
    file: rubric.file,
    line: 1,
    ...mistake,
  }));
}
