import { parse } from 'yaml';
import { type FieldId, HEADINGS, isFieldId } from './annotations.ts';
import { hasLabel, LABELS } from './labels.ts';

/** Where GitHub keeps the forms of a repository. */
export const FORM_FOLDER = '.github/ISSUE_TEMPLATE';

/** A form of 200 kB is none. */
const MAX_LENGTH = 200_000;

/** A field of a repository's own form: what it is about, and the words that its choices stand for. */
export interface FormField {
  readonly id: FieldId;
  readonly choices: readonly string[];
}

/** Fields of the repository's forms by heading, in lower case. */
export type FormFields = ReadonlyMap<string, FormField>;

/** In what order a form's choices of “always or only this once” stand. */
const OFTEN = ['always', 'only this once'];

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const member = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

/**
 * The fields of one of GitHub's issue forms that say by their id what they are about, if its issues are rejections. None
 * for a file that is no such form: GitHub tells people of mistakes in it.
 */
export function readForm(text: string): FormFields {
  const fields = new Map<string, FormField>();
  if (text.length > MAX_LENGTH) return fields;
  let form: unknown;
  try {
    form = parse(text, { maxAliasCount: 0 });
  } catch {
    return fields;
  }
  const labels = member(form, 'labels');
  const names = typeof labels === 'string' ? labels.split(',') : list(labels);
  if (
    !hasLabel(
      names.map((name) => String(name).trim()),
      LABELS.rejection,
    )
  )
    return fields;
  for (const field of list(member(form, 'body'))) {
    const [id, attributes] = [member(field, 'id'), member(field, 'attributes')];
    const label = member(attributes, 'label');
    if (!isFieldId(id) || typeof label !== 'string') continue;
    const choices = list(member(attributes, 'options')).map((choice) => String(choice).trim().toLowerCase());
    fields.set(label.trim().toLowerCase(), { id, choices });
  }
  return fields;
}

/** Text under a heading as `HEADINGS` names it, with a choice in the words that are known. Anything else as it is. */
export function canonicalField(heading: string, text: string, forms: FormFields): readonly [string, string] {
  const field = forms.get(heading);
  if (field === undefined) return [heading, text];
  const choice = field.id === 'often' ? field.choices.indexOf(text.trim().toLowerCase()) : -1;
  return [HEADINGS[field.id], OFTEN[choice] ?? text];
}
