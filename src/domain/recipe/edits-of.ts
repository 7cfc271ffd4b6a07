import type { Change } from '../configuration.ts';
import { globMatcher } from '../glob.ts';
import { escapeToken, isUnsafeKey, parsePointer, pointerOf } from '../json-pointer.ts';
import { refused as say } from '../messages/recipes.ts';
import type { Json } from '../rejection.ts';
import type { Recipe, RecipeEdit } from '../rubric.ts';
import { acceptSlot } from './accept-slot.ts';
import { proseSlots } from './fill-slots.ts';
import { fillJson, fillText, unfilledIn, type Values } from './template.ts';

/** One edit with every blank filled. */
export interface FilledEdit {
  readonly file: string;
  readonly op: RecipeEdit['op'];
  /** The JSON Pointer, for people. */
  readonly path: string;
  readonly tokens: readonly string[];
  readonly value?: Json;
}

/** What an approved spec and the configuration say about the edits. */
export interface EditContext {
  readonly slots: Readonly<Record<string, Json>>;
  readonly settings: Change['with'];
  /** The files that the approved spec lists. */
  readonly files: readonly string[];
  /** Globs that the change may touch. */
  readonly paths: readonly string[];
}

type Refused = { readonly refused: string };

/** The slots as the recipe takes them now: a person may have edited them in the spec. */
function acceptSlots(recipe: Recipe, slots: EditContext['slots']): ReadonlyMap<string, Json> | Refused {
  const prose = proseSlots(recipe);
  const accepted = new Map<string, Json>();
  for (const slot of recipe.slots) {
    const given = Object.hasOwn(slots, slot.name) ? slots[slot.name] : undefined;
    const value = given === undefined ? undefined : acceptSlot(slot, given, prose.has(slot.name));
    if (value === undefined) return { refused: say.noSlot(slot.name) };
    accepted.set(slot.name, value);
  }
  return accepted;
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const isEditable = (file: string): boolean =>
  /\.(?:json|ya?ml)$/i.test(file) &&
  !/[\p{Cc}\\]/u.test(file) &&
  file.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/^\.git(?:$|hub$|mod)/i.test(part));

function fillEdit(edit: RecipeEdit, values: Values, { files, paths }: EditContext): FilledEdit | Refused {
  const file = fillText(edit.file, values, asText);
  if (!isEditable(file)) return { refused: say.badFile(file) };
  if (!files.includes(file)) return { refused: say.notListed(file) };
  if (!globMatcher(paths)(file)) return { refused: say.outside(file) };
  // A slot is one token of the pointer whatever it holds; a setting may be several.
  const path = fillText(edit.path, values, (value, { of }) =>
    of === 'slot' ? escapeToken(asText(value)) : asText(value),
  );
  const tokens = parsePointer(path);
  if (tokens === null || tokens.length === 0 || tokens.some(isUnsafeKey)) return { refused: say.unsafePath(path) };
  const shown = pointerOf(tokens);
  return {
    file,
    op: edit.op,
    path: shown,
    tokens,
    ...(edit.value === undefined ? {} : { value: fillJson(edit.value, values) }),
  };
}

/**
 * A recipe's edits with the blanks filled from the approved spec and the configuration, or why not. A slot that the
 * recipe would not take now, a file that was not approved and a path to a prototype are refused.
 */
export function editsOf(recipe: Recipe, context: EditContext): { readonly edits: readonly FilledEdit[] } | Refused {
  const slots = acceptSlots(recipe, context.slots);
  if ('refused' in slots) return slots;
  const { settings } = context;
  const values: Values = ({ of, name }) => {
    if (of === 'slot') return slots.get(name);
    return of === 'with' && Object.hasOwn(settings, name) ? settings[name] : undefined;
  };
  const edits: FilledEdit[] = [];
  for (const edit of recipe.edits) {
    const blank = unfilledIn([edit.file, edit.path, edit.value ?? null], values);
    if (blank !== null) return { refused: blank.of === 'with' ? say.noSetting(blank.name) : say.noSlot(blank.name) };
    const filled = fillEdit(edit, values, context);
    if ('refused' in filled) return filled;
    edits.push(filled);
  }
  return { edits };
}
