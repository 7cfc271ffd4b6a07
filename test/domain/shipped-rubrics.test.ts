import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lintRubric } from '../../src/domain/lint-rubric.ts';
import { parseRubric } from '../../src/domain/parse-rubric.ts';
import { problemLines } from './support/problem-lines.ts';

const FOLDER = new URL('../../rubrics/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md');
const read = (name: string) => parseRubric(`rubrics/${name}`, readFileSync(new URL(name, FOLDER), 'utf8'));

test('every rubric that ships is read without a problem, and none could be better', () => {
  expect(files).toEqual([
    'add-plan-branch.md',
    'adjust-fetch-weight.md',
    'change-reply-template.md',
    'extend-other-into-sub-intent.md',
    'fix-extraction-normaliser.md',
    'generic.md',
  ]);
  for (const name of files) {
    const rubric = read(name);
    expect(problemLines(rubric)).toBe('');
    if (!('problems' in rubric)) expect(problemLines({ problems: lintRubric(rubric) })).toBe('');
  }
});

test('three of them have a recipe with a hold-out and a guard', () => {
  const withRecipe = files.filter((name) => {
    const rubric = read(name);
    if ('problems' in rubric || rubric.recipe === null) return false;
    expect(rubric.recipe.holdOuts.length).toBeGreaterThan(0);
    expect(rubric.recipe.guards.length).toBeGreaterThan(0);
    return true;
  });
  expect(withRecipe).toEqual(['add-plan-branch.md', 'adjust-fetch-weight.md', 'extend-other-into-sub-intent.md']);
});

test('the small example in the guide is a rubric', () => {
  const guide = readFileSync(new URL('README.md', FOLDER), 'utf8');
  const example = /^````markdown\n([\s\S]*?)^````$/m.exec(guide)?.[1] ?? '';
  expect(problemLines(parseRubric('.github/rubrics/raise-limit.md', example))).toBe('');
  expect(example).toContain('id: raise-limit');
});
