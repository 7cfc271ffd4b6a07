import type { Mistake } from './files.ts';

const named = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');

export const noFrontMatter: Mistake = {
  problem: 'The file does not begin with front matter.',
  fix: 'Begin it with a line “---”, the keys id, title, when and change, and another line “---”.',
};
export const openFrontMatter: Mistake = {
  problem: 'The front matter has no end.',
  fix: 'Put a line “---” under its last key.',
};
export const otherId = (id: string, name: string): Mistake => ({
  problem: `The id is “${id}”, but the file is called “${name}.md”.`,
  fix: 'Give both the same name.',
});

/** Why one value is not right; the key stands before it, what to do behind it. */
export const not = {
  name: 'use lower case letters, digits and hyphens, and begin with a letter',
  pattern: (because: string): string => `RE2 does not take the pattern: ${because}`,
  oneGroup: (groups: number): string =>
    `the pattern needs exactly one group in ( ), and has ${groups}; write (?: ) for the others`,
  pointer: 'it is not a JSON Pointer such as /reply/id',
  unsafePointer: 'it reaches for __proto__, prototype or constructor',
  tracePointer: 'it has to begin with /input or /output',
  oneSource: 'give exactly one of field, text, trace and value',
  stepAlone: '“step” belongs to “trace”',
  openText: 'a text needs a pattern or one-of, so that nothing else gets through',
  oneOfText: 'one-of is for texts',
  expectOrFreeze: 'give either expect or freeze',
  editValue: (op: string): string => `“${op}” needs a value`,
  removeValue: '“remove” takes no value',
  increaseValue: '“increase” needs a number, or one blank that is a number',
  inputValue: (op: string): string => `“${op}” needs a value`,
  expectation: (because: string): string => `it can never hold: ${because}`,
  outsideFile: 'the file has to lie inside the repository and end in .json, .yml or .yaml',
} as const;

export const unknownBlank = (blank: string, slots: readonly string[]): Mistake => ({
  problem: `Nothing fills the blank “{${blank}}”.`,
  fix:
    slots.length === 0
      ? 'Add a slot of this name, or write “{{” for a brace.'
      : `There are the slots ${named(slots)}, {with.name} and {output:/pointer}. Write “{{” for a brace.`,
});
export const blankNotHere = (blank: string): Mistake => ({
  problem: `The blank “{${blank}}” cannot be used here.`,
  fix: blank.startsWith('output:')
    ? 'Whoever makes the edit sees only the approved spec. Make it a slot with “trace”.'
    : 'Write the value out, or use {with.name}.',
});
export const newName: Mistake = {
  problem: 'The last key of an “add” would be named by a slot.',
  fix: 'Write the key out, or append to a list. Slots may only name what exists already.',
};

export const noCriteria: Mistake = {
  problem: 'There is no criterion.',
  fix: 'Add a heading “## Criteria” and under it lines such as “- **A1** The trace shows the wrong output.”',
};
export const notACriterion: Mistake = {
  problem: 'This line is not a criterion.',
  fix: 'Write “- **A1** text”: one to three capitals, one or two digits, then the text.',
};
export const criterionTwice = (id: string): Mistake => ({
  problem: `Two criteria have the id “${id}”.`,
  fix: 'Give the new one an id that was never used.',
});
export const fewExamples = (found: number): Mistake => ({
  problem: `There ${found === 1 ? 'is one worked example' : 'is no worked example'}; two are needed.`,
  fix: 'Add headings “## Example 1” and “## Example 2”, each with an example under it.',
});
export const longBody = (characters: number, most: number): Mistake => ({
  problem: `The text beside the criteria has ${characters} characters, and a model is shown the first ${most}.`,
  fix: 'Shorten it: what stands behind that is read by nobody.',
});
export const longCriterion = (id: string, most: number): Mistake => ({
  problem: `The criterion ${id} is longer than ${most} characters, and a model is shown no more.`,
  fix: 'Shorten it, or make two of it.',
});
export const longRouting = (characters: number, most: number): Mistake => ({
  problem: `“when” has ${characters} characters, and whoever chooses a rubric is shown the first ${most}.`,
  fix: 'Shorten it.',
});
export const noReference = (file: string): Mistake => ({
  problem: `It refers to ${file}, which is not there.`,
  fix: 'Add that file, or take its name out of “references”.',
});
export const longReference = (characters: number, most: number): Mistake => ({
  problem: `It has ${characters} characters, and a model is shown the first ${most}.`,
  fix: 'Shorten it, or make several of it.',
});
export const unusedSlot = (name: string): Mistake => ({
  problem: `The slot “${name}” is used nowhere.`,
  fix: 'Use it, or remove it.',
});
export const noRouting: Mistake = {
  problem: '“when” does not say when this rubric fits, and nothing else of it is read to choose one.',
  fix: 'Write a sentence of six words or more: in which situation it fits, and in which not.',
};
export const sameRouting = (id: string): Mistake => ({
  problem: `“when” says the same as that of the rubric “${id}”, so nothing decides between the two.`,
  fix: 'Say what sets them apart.',
});
export const vague = (id: string, words: string): Mistake => ({
  problem: `The criterion ${id} says “${words}”, so nobody can tell whether it holds.`,
  fix: 'Say what can be seen in the draft when it holds.',
});
export const noStatement = (id: string): Mistake => ({
  problem: `The criterion ${id} is no statement that is true or false.`,
  fix: 'Write a whole sentence that is true of a good draft.',
});
export const unknownId = (id: string): Mistake => ({
  problem: `The text speaks of ${id}, and there is no such criterion.`,
  fix: 'Correct the id, or add the criterion.',
});
export const outsidePaths = (file: string, kind: string, paths: readonly string[]): Mistake => ({
  problem: `The recipe edits ${file}, which the change “${kind}” may not touch.`,
  fix: `Its paths are ${paths.join(', ')}: correct either.`,
});
export const oraclePath = (file: string): Mistake => ({
  problem: `The recipe edits ${file}, by which every fix is judged, so that none of its fixes could pass.`,
  fix: 'Name another file.',
});

/** A line of `corrigible lint rubrics`: what choosing it costs each time, and what using it costs. */
export const tokens = (file: string, routing: number, body: number): string =>
  `${file}: about ${routing} tokens for choosing it, ${body} for using it`;
