import { explainIssues } from './explain-issues.ts';
import { hashText } from './hash.ts';
import { tooLarge } from './messages/files.ts';
import * as say from './messages/rubrics.ts';
import { type Placed, readYaml } from './read-yaml.ts';
import type { FileProblem, Recipe, Rubric, Slot, SlotSource } from './rubric.ts';
import { checkBlanks } from './rubric-blanks.ts';
import { readBody } from './rubric-body.ts';
import { FrontMatter, type RecipeShape, type SlotShape, type Source } from './rubric-shape.ts';

/** Largest rubric that is read. */
const MAX_BYTES = 200_000;

interface Split {
  readonly front: string;
  readonly body: string;
  /** Lines above the body. */
  readonly before: number;
}

function split(text: string): Split | { readonly mistake: Placed } {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  if (!/^---[ \t]*\n/.test(plain)) return { mistake: { line: 1, ...say.noFrontMatter } };
  const end = /^---[ \t]*$/gm;
  end.lastIndex = plain.indexOf('\n') + 1;
  const found = end.exec(plain);
  if (found === null) return { mistake: { line: 1, ...say.openFrontMatter } };
  const front = plain.slice(plain.indexOf('\n') + 1, found.index);
  return { front, body: plain.slice(end.lastIndex + 1), before: front.split('\n').length + 1 };
}

function sourceOf({ field, text, trace, step, value }: Source): SlotSource {
  if (field !== undefined) return { field: field.toLowerCase() };
  if (text !== undefined) return { text };
  if (trace !== undefined) return { trace, ...(step === undefined ? {} : { step }) };
  return { value: value ?? '' };
}

const slotOf = (name: string, slot: SlotShape): Slot => ({
  name,
  type: slot.type,
  max: slot.max,
  ...(slot.pattern === undefined ? {} : { pattern: slot.pattern }),
  ...(slot['one-of'] === undefined ? {} : { oneOf: slot['one-of'] }),
  from: slot.from.map(sourceOf),
  ask: slot.ask,
});

/** Leaves out members that are undefined, which the types of the domain do not allow. */
const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const recipeOf = (shape: RecipeShape): Recipe => ({
  slots: Object.entries(shape.slots).map(([name, slot]) => slotOf(name, slot)),
  title: shape.title,
  observed: shape.observed,
  expected: shape.expected,
  expect: shape.expect,
  guards: shape.guards.map((guard) => defined({ ...guard, change: guard.change.map(defined) })),
  holdOuts: shape['hold-outs'].map((one) => defined({ ...one, change: one.change.map(defined) })),
  edits: shape.edits.map(defined),
});

/**
 * Reads a rubric from the text of its file. Every mistake is found at once, in the order of the lines, each with what
 * to do. Never throws.
 */
export function parseRubric(file: string, text: string): Rubric | { readonly problems: readonly FileProblem[] } {
  const failed = (problems: readonly Placed[]) => ({
    problems: problems.toSorted((a, b) => a.line - b.line).map((problem) => ({ file, ...problem })),
  });
  if (text.length > MAX_BYTES) return failed([{ line: 1, ...tooLarge(MAX_BYTES) }]);
  const parts = split(text);
  if ('mistake' in parts) return failed([parts.mistake]);
  const read = readYaml(parts.front, { maxBytes: MAX_BYTES, linesBefore: 1 });
  const body = readBody(parts.body, parts.before);
  if (read.problems.length > 0) return failed([...read.problems, ...body.problems]);
  const parsed = FrontMatter.safeParse(read.value);
  const found = [...checkBlanks(read.value, read), ...body.problems];
  if (!parsed.success) return failed([...explainIssues(parsed.error.issues, FrontMatter, read), ...found]);
  const { recipe, ...front } = parsed.data;
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.md$/, '');
  const renamed = name === front.id ? [] : [{ line: read.lineOf(['id']), ...say.otherId(front.id, name) }];
  const problems = [...renamed, ...found];
  if (problems.length > 0) return failed(problems);
  return {
    ...front,
    criteria: body.criteria,
    recipe: recipe === undefined ? null : recipeOf(recipe),
    body: parts.body,
    file,
    hash: hashText(text),
  };
}
