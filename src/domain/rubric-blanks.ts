import * as say from './messages/rubrics.ts';
import type { Placed, ReadYaml } from './read-yaml.ts';
import { type Blank, blanksOf } from './recipe/template.ts';

type Path = readonly PropertyKey[];

const kids = (value: unknown): readonly (readonly [string | number, unknown])[] => {
  if (Array.isArray(value)) return value.map((item, i) => [i, item] as const);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
};

/** Every text below a value, with its path. */
function* textsIn(value: unknown, path: Path): Generator<{ text: string; path: Path }> {
  if (typeof value === 'string') yield { text: value, path };
  for (const [key, member] of kids(value)) yield* textsIn(member, [...path, key]);
}

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

const SAYING = ['title', 'observed', 'expected', 'expect', 'guards', 'hold-outs'];
const written = (blank: Blank): string =>
  blank.of === 'slot' || blank.of === 'unknown'
    ? blank.name
    : `${blank.of === 'with' ? 'with.' : 'output:'}${blank.name}`;

/** The templates of a recipe, each with the kinds of blanks it may hold. */
function* templatesOf(recipe: unknown): Generator<{ text: string; path: Path; may: readonly Blank['of'][] }> {
  for (const part of SAYING)
    for (const found of textsIn(member(recipe, part), ['recipe', part]))
      yield { ...found, may: ['slot', 'with', 'output'] };
  for (const found of textsIn(member(recipe, 'edits'), ['recipe', 'edits'])) yield { ...found, may: ['slot', 'with'] };
  for (const [name, slot] of kids(member(recipe, 'slots')))
    for (const [i, source] of kids(member(slot, 'from')))
      for (const found of textsIn(member(source, 'value'), ['recipe', 'slots', name, 'from', i, 'value']))
        yield { ...found, may: ['with'] };
}

function newNames(recipe: unknown, read: ReadYaml): readonly Placed[] {
  return kids(member(recipe, 'edits')).flatMap(([i, edit]) => {
    const path = member(edit, 'path');
    if (member(edit, 'op') !== 'add' || typeof path !== 'string') return [];
    const last = path.slice(path.lastIndexOf('/') + 1);
    const slot = blanksOf(last).some(({ of }) => of === 'slot');
    return slot ? [{ line: read.lineOf(['recipe', 'edits', i, 'path']), ...say.newName }] : [];
  });
}

/**
 * The mistakes in a recipe's blanks. Reads the front matter as written, so that they are told even where its shape is
 * not right elsewhere.
 */
export function checkBlanks(front: unknown, read: ReadYaml): readonly Placed[] {
  const recipe = member(front, 'recipe');
  const slots = kids(member(recipe, 'slots')).map(([name]) => String(name));
  const problems: Placed[] = [];
  for (const { text, path, may } of templatesOf(recipe))
    for (const blank of blanksOf(text)) {
      const line = read.lineOf(path);
      if (blank.of === 'unknown' || (blank.of === 'slot' && may.includes('slot') && !slots.includes(blank.name)))
        problems.push({ line, ...say.unknownBlank(written(blank), slots) });
      else if (!may.includes(blank.of)) problems.push({ line, ...say.blankNotHere(written(blank)) });
    }
  return [...problems, ...newNames(recipe, read)];
}
