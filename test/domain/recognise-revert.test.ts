import { expect, test } from 'vitest';
import { saysItReverts } from '../../src/domain/recognise-revert.ts';

const sha = 'ab12'.repeat(10);
const merged = { sha, pullRequest: 12, title: 'Rank KB-107 first', repo: 'acme/support' };

test.each([
  ['git revert', `Revert "Something"\n\nThis reverts commit ${sha}.`, true],
  ['git revert, shortened', `Back out\n\nThis reverts commit ${sha.slice(0, 10)}.`, true],
  [
    'git revert of a merge',
    `Revert x\n\nThis reverts commit ${sha}, reversing\nchanges made to ${'c'.repeat(40)}.`,
    true,
  ],
  ['the button', 'Revert "x"\n\nReverts acme/support#12', true],
  ['the button, in the repository itself', 'Revert "x"\n\nReverts #12', true],
  ['its title alone, as a squash keeps it', 'Revert "Rank KB-107 first (#12)" (#15)', true],
  ['another commit', `x\n\nThis reverts commit ${'c'.repeat(40)}.`, false],
  ['another pull request', 'x\n\nReverts #120', false],
  ['another repository', 'x\n\nReverts acme/other#12', false],
  ['too short an id', `x\n\nThis reverts commit ${sha.slice(0, 6)}.`, false],
  ['within a line', `This is not what reverts it: This reverts commit ${sha}.`, false],
  ['nothing', '', false],
])('%s', (_, message, is) => {
  expect(saysItReverts(message, merged)).toBe(is);
});

test('a fix without a title is not found by every revert', () => {
  expect(saysItReverts('Revert "x"', { ...merged, title: '' })).toBe(false);
});
