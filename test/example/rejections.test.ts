import { expect, test } from 'vitest';
import { instructsMachine, rubricsFor } from '../../src/domain/detect.ts';
import { exampleFiles, fileOf } from './example.ts';
import { draftByRecipe, rejectionOf, shippedRubrics } from './recipe-fix.ts';

const files = exampleFiles();

interface Stored {
  readonly reporter: string;
  readonly title: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function told(name: string) {
  const { reporter, title, form, body } = JSON.parse(fileOf(files, `rejections/${name}.json`)) as Stored;
  const sections = Object.entries(form ?? {}).map(([heading, text]) => `### ${heading}\n\n${text}`);
  const ticket = form?.['Ticket'] ?? /T-\d{4}/.exec(body ?? '')?.[0] ?? '';
  return { reporter, title, body: body ?? sections.join('\n\n'), ticket };
}

const slotsOf = (name: string) => {
  const drafted = draftByRecipe(files, told(name));
  return drafted && [drafted.rubric.id, drafted.spec.slots];
};

test('the clear one and its duplicate in German come to the same change', () => {
  const same = ['adjust-fetch-weight', { article: 'KB-107', intent: 'billing.refund', bump: 4 }];
  expect([slotsOf('clear'), slotsOf('duplicate')]).toEqual([same, same]);
});

test('the one with personal data becomes a spec that holds none of it', () => {
  const drafted = draftByRecipe(files, told('personal-data'));
  expect(drafted?.spec.slots).toMatchObject({ reply: 'already-shipped', tool: 'send-return-label', status: 'shipped' });
  const text = JSON.stringify([drafted?.spec, drafted?.rejection]);
  for (const value of ['Lorena', 'Fuentespina', 'lorena.fuentespina', '600 000 112', '+34', 'ES91'])
    expect(text).not.toContain(value);
});

test('the one where the customer is wrong is drafted: a person answers that question', () => {
  expect(slotsOf('wrong-customer')?.[0]).toBe('add-plan-branch');
});

test.for([
  ['symptom-only', [], false],
  ['vague', [], false],
  ['two-faults', ['change-reply-template', 'fix-extraction-normaliser'], false],
  ['injection', [], true],
] as const)('no recipe makes a spec of %s', ([name, rubrics, instructs]) => {
  const rejection = rejectionOf(files, told(name));
  expect(slotsOf(name)).toBe(null);
  expect(rubricsFor(shippedRubrics(), rejection).map(({ id }) => id)).toEqual(rubrics);
  expect(instructsMachine(rejection)).toBe(instructs);
});
