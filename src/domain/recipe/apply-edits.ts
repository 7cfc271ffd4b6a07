import { applyPatch, type Operation } from 'rfc6902';
import type { Document } from 'yaml';
import { equalJson } from '../compare-json.ts';
import { isList, isObject, lookUp, pointerOf } from '../json-pointer.ts';
import { refused as say } from '../messages/recipes.ts';
import { readYaml } from '../read-yaml.ts';
import type { Json } from '../rejection.ts';
import type { FilledEdit } from './edits-of.ts';
import { splice, type TextEdit } from './splice.ts';

/** Largest file that a recipe edits. */
const MAX_BYTES = 1_000_000;

type Refused = { readonly refused: string };

/** A file that can be edited: its text, what it says, and where. */
interface Opened {
  readonly text: string;
  readonly data: Json;
  readonly document: Document.Parsed;
  readonly json: boolean;
}

/** One edit as JSON-Patch, which says what the data becomes, and as an edit of the text. */
interface Planned {
  readonly patch: Operation;
  readonly text: TextEdit;
}

function open(file: string, text: string): Opened | Refused {
  const read = readYaml(text, { maxBytes: MAX_BYTES });
  const [problem] = read.problems;
  if (problem !== undefined) return { refused: say.unreadable(file, problem.problem) };
  const json = /\.json$/i.test(file);
  const data = read.value as Json;
  if (read.document === null || (json && !isSameJson(text, data))) return { refused: say.notSafely(file) };
  return { text, data, document: read.document, json };
}

/** JSON is read as the YAML that it nearly is; where the two differ, the file is left alone. */
function isSameJson(text: string, data: Json): boolean {
  try {
    return equalJson(JSON.parse(text), data);
  } catch {
    return false;
  }
}

/** Without the noise of binary fractions: 0.1 + 0.2 is 0.3. */
const sum = (a: number, b: number): number => Number((a + b).toPrecision(12));

function planAdd({ file, path, tokens, value = null }: FilledEdit, parent: Json | undefined): Planned | Refused {
  const key = tokens.at(-1) ?? '';
  if (parent === undefined) return { refused: say.nothingThere(file, pointerOf(tokens.slice(0, -1))) };
  if (!isObject(parent)) return { refused: say.notAGroup(file, pointerOf(tokens.slice(0, -1))) };
  if (Object.hasOwn(parent, key)) return { refused: say.alreadyThere(file, path) };
  return { patch: { op: 'add', path, value }, text: { do: 'add', tokens: tokens.slice(0, -1), key, value } };
}

function plan(edit: FilledEdit, data: Json): Planned | Refused {
  const { file, op, path, tokens, value = null } = edit;
  if (op === 'add') return planAdd(edit, lookUp(data, tokens.slice(0, -1)));
  const old = lookUp(data, tokens);
  if (old === undefined) return { refused: say.nothingThere(file, path) };
  if (op === 'remove') return { patch: { op: 'remove', path }, text: { do: 'remove', tokens } };
  if (op === 'append') {
    if (!isList(old)) return { refused: say.notAList(file, path) };
    return { patch: { op: 'add', path: `${path}/-`, value }, text: { do: 'add', tokens, value } };
  }
  if (op === 'increase' && (typeof old !== 'number' || typeof value !== 'number'))
    return { refused: say.notANumber(file, path) };
  const now = op === 'increase' ? sum(old as number, value as number) : value;
  return { patch: { op: 'replace', path, value: now }, text: { do: 'replace', tokens, value: now } };
}

function patched(data: Json, patch: Operation): Json | null {
  const copy = JSON.parse(JSON.stringify(data)) as Json;
  return applyPatch(copy, [patch]).every((error) => error === null) ? copy : null;
}

/** The whole file written anew where nothing smaller is known: comments stay, blank space may not. */
function rewrite({ document, text, json, data }: Opened, edit: TextEdit): string | null {
  if (json) return null;
  const path = edit.tokens.map((token, i) => (isList(lookUp(data, edit.tokens.slice(0, i))) ? Number(token) : token));
  if (edit.do === 'remove') document.deleteIn(path);
  else if (edit.do === 'replace') document.setIn(path, document.createNode(edit.value));
  else if (edit.key === undefined) document.addIn(path, document.createNode(edit.value));
  else document.setIn([...path, edit.key], document.createNode(edit.value));
  const written = document.toString({ lineWidth: 0 });
  return text.endsWith('\n') ? written : written.trimEnd();
}

function editFile(file: string, text: string, edit: FilledEdit): { readonly text: string } | Refused {
  const opened = open(file, text);
  if ('refused' in opened) return opened;
  const planned = plan(edit, opened.data);
  if ('refused' in planned) return planned;
  const expected = patched(opened.data, planned.patch);
  const means = (written: string | null): written is string => {
    const read = written === null ? null : open(file, written);
    return read !== null && expected !== null && !('refused' in read) && equalJson(read.data, expected);
  };
  const spliced = splice(opened, planned.text);
  if (means(spliced)) return { text: spliced };
  const rewritten = rewrite(opened, planned.text);
  return means(rewritten) ? { text: rewritten } : { refused: say.notSafely(file) };
}

/**
 * Makes the edits, in order, to the texts of JSON and YAML files as they are at base. Everything that is not edited
 * stays byte for byte where that is possible, comments in any case; what is written is read back and has to say exactly
 * what the JSON-Patch of the edit says. Or one sentence that says why nothing is changed.
 */
export function applyEdits(
  files: Readonly<Record<string, string>>,
  edits: readonly FilledEdit[],
): { readonly files: Readonly<Record<string, string>> } | Refused {
  const texts = new Map(Object.entries(files));
  for (const edit of edits) {
    const text = texts.get(edit.file);
    if (text === undefined) return { refused: say.missingFile(edit.file) };
    if (text.length > MAX_BYTES) return { refused: say.tooLarge(edit.file) };
    const edited = editFile(edit.file, text, edit);
    if ('refused' in edited) return edited;
    texts.set(edit.file, edited.text);
  }
  const changed = [...texts].filter(([file, text]) => files[file] !== text);
  return changed.length === 0 ? { refused: say.noChange } : { files: Object.fromEntries(changed) };
}
