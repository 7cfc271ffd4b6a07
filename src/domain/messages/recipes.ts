/** What a recipe puts where the traced output has nothing. */
export const nothing = 'nothing';

/** Questions that no rubric can ask for itself: the recipe cannot start at all. */
export const cannotDraft = {
  noStep: (step: string): string =>
    `The trace has no step “${step}”, which this kind of change repairs. Which step gave the wrong output?`,
  noSetting: (name: string, change: string): string =>
    `The configuration of this repository does not say “${name}” under changes, ${change}, with. Could a maintainer add it?`,
  noOutput: (pointer: string, step: string): string =>
    `Step “${step}” gave nothing at “${pointer}”, which this kind of change needs. What should it have given?`,
} as const;

/** Why an approved spec cannot be carried out by its recipe. */
export const refused = {
  noRecipe: 'The rubric has no recipe.',
  noSlot: (name: string): string => `The approved spec does not fill the slot “${name}” as the recipe needs it.`,
  noSetting: (name: string): string => `The configuration does not say “${name}” under “with”.`,
  badFile: (file: string): string => `“${file}” is not a file that a recipe may edit.`,
  notListed: (file: string): string => `The recipe edits ${file}, which the approved spec does not list.`,
  outside: (file: string): string => `The recipe edits ${file}, which this kind of change may not touch.`,
  unsafePath: (path: string): string => `The path “${path}” reaches for something that is not data.`,
  missingFile: (file: string): string => `${file} does not exist on the base branch.`,
  tooLarge: (file: string): string => `${file} is too large for a recipe.`,
  unreadable: (file: string, because: string): string => `${file} cannot be edited. ${because}`,
  nothingThere: (file: string, path: string): string => `There is nothing at “${path}” in ${file}.`,
  alreadyThere: (file: string, path: string): string => `There is something at “${path}” in ${file} already.`,
  notANumber: (file: string, path: string): string => `What is at “${path}” in ${file} is not a number.`,
  notAList: (file: string, path: string): string => `What is at “${path}” in ${file} is not a list.`,
  notAGroup: (file: string, path: string): string => `What is at “${path}” in ${file} has no keys.`,
  notSafely: (file: string): string => `${file} is written in a way that a recipe cannot edit without changing more.`,
  stopped: 'The work was stopped.',
  noChange: 'Every value is already as the recipe would make it.',
} as const;

export const done = (edits: readonly { op: string; path: string; file: string }[]): string =>
  edits.map(({ op, path, file }) => `${op} ${path} in ${file}`).join('; ');
