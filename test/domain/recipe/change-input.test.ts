import { expect, test } from 'vitest';
import { changeInput } from '../../../src/domain/recipe/change-input.ts';
import type { Json } from '../../../src/domain/rejection.ts';
import type { InputChange } from '../../../src/domain/rubric.ts';

const input: Json = { text: 'Hi', intent: 'a', list: [1, 2], deep: { b: null } };

const rows: readonly (readonly [InputChange['op'], string, Json | undefined, Json])[] = [
  ['set', '/intent', 'b', { text: 'Hi', intent: 'b', list: [1, 2], deep: { b: null } }],
  ['set', '/deep/c', 1, { text: 'Hi', intent: 'a', list: [1, 2], deep: { b: null, c: 1 } }],
  ['set', '/list/1', 3, { text: 'Hi', intent: 'a', list: [1, 3], deep: { b: null } }],
  ['set', '/deep/b', 0, { text: 'Hi', intent: 'a', list: [1, 2], deep: { b: 0 } }],
  ['set', '/intent', 'a', null],
  ['set', '/list/2', 3, null],
  ['set', '/gone/x', 3, null],
  ['set', '/text/0', 'x', null],
  ['set', '/deep/__proto__', {}, null],
  ['set', 'intent', 'b', null],
  ['set', '', 'b', null],
  ['prepend', '/text', 'Oh. ', { text: 'Oh. Hi', intent: 'a', list: [1, 2], deep: { b: null } }],
  ['append', '/text', '!', { text: 'Hi!', intent: 'a', list: [1, 2], deep: { b: null } }],
  ['append', '/list', 3, { text: 'Hi', intent: 'a', list: [1, 2, 3], deep: { b: null } }],
  ['prepend', '/list', 0, { text: 'Hi', intent: 'a', list: [0, 1, 2], deep: { b: null } }],
  ['prepend', '/deep', 'x', null],
  ['append', '/text', 3, null],
  ['upper', '/text', undefined, { text: 'HI', intent: 'a', list: [1, 2], deep: { b: null } }],
  ['upper', '/list', undefined, null],
  ['remove', '/deep', undefined, { text: 'Hi', intent: 'a', list: [1, 2] }],
  ['remove', '/list/0', undefined, { text: 'Hi', intent: 'a', list: [2], deep: { b: null } }],
  ['remove', '/gone', undefined, null],
];

for (const [op, path, value, expected] of rows)
  test(`${op} ${path} ${JSON.stringify(value)} gives ${expected === null ? 'nothing' : 'a new input'}`, () => {
    const before = JSON.stringify(input);
    expect(changeInput(input, [{ path, op, ...(value === undefined ? {} : { value }) }])).toEqual(expected);
    expect(JSON.stringify(input)).toBe(before);
  });

test('changes follow one another; one that does not fit spoils all', () => {
  const upper: InputChange = { path: '/text', op: 'upper' };
  expect(changeInput(input, [{ path: '/text', op: 'append', value: '!' }, upper])).toMatchObject({ text: 'HI!' });
  expect(changeInput(input, [upper, { path: '/gone', op: 'remove' }])).toBeNull();
});
