import { parse } from 'yaml';
import { z } from 'zod';

const Text = z.coerce.string();
const Choices = z.array(
  z.union([z.string(), z.number(), z.boolean(), z.looseObject({ label: Text, required: z.boolean().optional() })]),
);

const Element = z.looseObject({
  type: z.string(),
  id: Text.optional(),
  attributes: z
    .looseObject({
      label: Text.default(''),
      description: Text.default(''),
      placeholder: Text.default(''),
      value: Text.default(''),
      render: Text.optional(),
      multiple: z.boolean().default(false),
      options: Choices.default([]),
    })
    .prefault({}),
  validations: z.looseObject({ required: z.boolean().default(false) }).prefault({}),
});

const Form = z.looseObject({
  name: Text,
  description: Text.default(''),
  title: Text.default(''),
  labels: z.union([z.array(Text), Text.transform((text) => text.split(',').map((one) => one.trim()))]).default([]),
  body: z.array(Element),
});

/** An issue form of `.github/ISSUE_TEMPLATE`, as far as GitHub shows it to people. */
export type IssueForm = z.infer<typeof Form>;
export type FormElement = IssueForm['body'][number];

/** Reads an issue form; null for a file that is none. */
export function parseIssueForm(text: string): IssueForm | null {
  try {
    return Form.safeParse(parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The name of an element's field in the page. */
export const fieldName = (index: number) => `field-${index}`;

export interface Choice {
  readonly label: string;
  readonly required: boolean;
}

export function choicesOf({ attributes }: FormElement): Choice[] {
  return attributes.options.map((option) =>
    typeof option === 'object'
      ? { label: option.label, required: option.required === true }
      : { label: String(option), required: false },
  );
}

const noResponse = '_No response_';

/** What was chosen or typed, in the words of the issue's body; empty where there is nothing. */
function answerTo(element: FormElement, index: number, values: FormData): string {
  const given = values.getAll(fieldName(index)).filter((value) => typeof value === 'string');
  if (element.type === 'checkboxes') {
    return choicesOf(element)
      .map(({ label }, at) => `- [${given.includes(String(at)) ? 'X' : ' '}] ${label}`)
      .join('\n');
  }
  if (element.type === 'dropdown') {
    const known = choicesOf(element).map(({ label }) => label);
    return given.filter((value) => known.includes(value)).join(', ');
  }
  const text = (given[0] ?? '').trim();
  const { render } = element.attributes;
  return render && text ? `\`\`\`${render}\n${text}\n\`\`\`` : text;
}

/** What is still missing, in plain words. */
export function missingIn(form: IssueForm, values: FormData): string[] {
  return form.body.flatMap((element, index) => {
    if (element.type === 'markdown') return [];
    if (element.type === 'checkboxes') {
      const given = values.getAll(fieldName(index));
      return choicesOf(element)
        .filter((choice, at) => choice.required && !given.includes(String(at)))
        .map(({ label }) => `“${label}” has to be ticked.`);
    }
    const empty = answerTo(element, index, values) === '';
    return element.validations.required && empty ? [`“${element.attributes.label}” is missing.`] : [];
  });
}

/** The body that GitHub makes of a filled form: a heading for each field, with its answer below. */
export function composeBody(form: IssueForm, values: FormData): string {
  const sections = form.body.flatMap((element, index) =>
    element.type === 'markdown'
      ? []
      : [`### ${element.attributes.label}\n\n${answerTo(element, index, values) || noResponse}`],
  );
  return sections.join('\n\n');
}
