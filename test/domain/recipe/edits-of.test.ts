import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits } from '../../../src/domain/recipe/apply-edits.ts';
import { type EditContext, editsOf } from '../../../src/domain/recipe/edits-of.ts';
import type { Json } from '../../../src/domain/rejection.ts';
import { rubricWith } from '../support/recipe-parts.ts';

const context: EditContext = {
  slots: { article: 'KB-107', intent: 'billing.refund', bump: 4 },
  settings: { weights: 'config/fetch.json' },
  files: ['config/fetch.json'],
  paths: ['config/**'],
};
const recipe = rubricWith().recipe;
const refusal = (change: Partial<EditContext>, of = recipe): string => {
  const made = editsOf(of, { ...context, ...change });
  return 'refused' in made ? made.refused : 'made';
};
/** Slots that take anything, as a careless rubric would. */
const open = rubricWith(
  ["pattern: '^KB-\\d+$'", "pattern: '(?s)^.*$'"],
  ['max: 20', 'max: 500'],
  ["pattern: '^[a-z.-]+$'", "pattern: '(?s)^.*$'"],
  ['max: 60', 'max: 500'],
  ["file: '{with.weights}'", "file: 'config/{intent}.json'"],
).recipe;

test('edits are filled from the approved spec and the configuration', () => {
  expect(editsOf(recipe, context)).toEqual({
    edits: [
      {
        file: 'config/fetch.json',
        op: 'increase',
        path: '/weights/billing.refund/KB-107',
        tokens: ['weights', 'billing.refund', 'KB-107'],
        value: 4,
      },
    ],
  });
});

test('what the recipe would not take, or nobody approved, is refused', () => {
  expect(refusal({ slots: { ...context.slots, article: 'KB-x' } })).toMatchInlineSnapshot(
    `"The approved spec does not fill the slot “article” as the recipe needs it."`,
  );
  expect(refusal({ slots: { ...context.slots, bump: 1000 } })).toMatchInlineSnapshot(
    `"The approved spec does not fill the slot “bump” as the recipe needs it."`,
  );
  expect(refusal({ slots: {} })).toMatchInlineSnapshot(
    `"The approved spec does not fill the slot “article” as the recipe needs it."`,
  );
  expect(refusal({ settings: {} })).toMatchInlineSnapshot(`"The configuration does not say “weights” under “with”."`);
  expect(refusal({ files: ['config/other.json'] })).toMatchInlineSnapshot(
    `"The recipe edits config/fetch.json, which the approved spec does not list."`,
  );
  expect(refusal({ paths: ['src/**'] })).toMatchInlineSnapshot(
    `"The recipe edits config/fetch.json, which this kind of change may not touch."`,
  );
  expect(refusal({ settings: { weights: '.github/corrigible.yml' } })).toMatchInlineSnapshot(
    `"“.github/corrigible.yml” is not a file that a recipe may edit."`,
  );
  expect(refusal({ settings: { weights: 'src/step.ts' } })).toMatchInlineSnapshot(
    `"“src/step.ts” is not a file that a recipe may edit."`,
  );
});

test('a file outside the repository or in a hidden folder of git or GitHub is no file of a recipe', () => {
  const odd = [
    '../x.json',
    'config/../x.json',
    '/x.json',
    'a//x.json',
    './x.json',
    '.git/x.json',
    'a/.GitHub/x.yml',
    'a\\x.json',
  ];
  for (const file of odd)
    expect(refusal({ settings: { weights: file }, files: [file], paths: ['**', file] })).toBe(
      `“${file}” is not a file that a recipe may edit.`,
    );
});

test('a slot in a pointer is one token and never reaches a prototype', () => {
  const made = editsOf(open, {
    ...context,
    slots: { ...context.slots, article: 'a/b~1', intent: 'fetch' },
  });
  expect(made).toMatchObject({ edits: [{ tokens: ['weights', 'fetch', 'a/b~1'] }] });
  for (const article of ['__proto__', 'constructor', 'prototype'])
    expect(refusal({ slots: { ...context.slots, article, intent: 'fetch' } }, open)).toBe(
      `The path “/weights/fetch/${article}” reaches for something that is not data.`,
    );
});

const hostile = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('__proto__', '../x', '..', '/etc/passwd', '.git/config', '.github/x', 'a\\b', '~1', '-', 'toString'),
);

test('no value of a slot leaves the folder or pollutes a prototype', () => {
  const text = JSON.stringify({ weights: { a: { 'KB-1': 1 } } });
  fc.assert(
    fc.property(hostile, hostile, (intent, article) => {
      const file = `config/${intent.trim()}.json`;
      const slots: Record<string, Json> = { ...context.slots, intent, article };
      const made = editsOf(open, { ...context, slots, files: [file], paths: ['**'] });
      if ('refused' in made) return;
      for (const edit of made.edits) {
        expect(edit.file).toMatch(/^config\/[^/\\]+(?:\/[^/\\]+)*\.json$/);
        expect(edit.file.split('/')).not.toContain('..');
        expect(edit.tokens).toHaveLength(3);
      }
      const applied = applyEdits({ [file]: text }, made.edits);
      if ('files' in applied) expect(Object.keys(applied.files)).toEqual([file]);
      expect(({} as Record<string, unknown>)['KB-1']).toBeUndefined();
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 300, seed: 3 },
  );
});
