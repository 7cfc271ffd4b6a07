import { expect, test } from 'vitest';
import { reasonOfRefusal } from '../../src/domain/merge-refusal.ts';
import { because } from '../../src/domain/messages/people.ts';

// GitHub's own sentences, as public reports quote them from a 405.
test.each([
  ['At least 1 approving review is required by reviewers with write access.', 'merge-approvals-of', '1'],
  ['At least 2 approving reviews are required by reviewers with write access.', 'merge-approvals-of', '2'],
  [
    'Repository rule violations found At least 1 approving review is required by reviewers with write access.',
    'merge-approvals-of',
    '1',
  ],
  ['Waiting on code owner review from octo-dev.', 'merge-code-owners-of', 'octo-dev'],
  ['Waiting on code owner review from acme/owners.', 'merge-code-owners-of', 'acme/owners'],
  [
    'Repository rule violations found Waiting on code owner review from ada1 and/or grace-dev.',
    'merge-code-owners-of',
    'ada1 and/or grace-dev',
  ],
  [
    'Waiting on code owner review from ada. 4 of 4 required status checks have not succeeded: 3 expected.',
    'merge-code-owners-of',
    'ada',
  ],
  [
    'Repository rule violations found A conversation must be resolved before this pull request can be merged.',
    'merge-conversations',
    undefined,
  ],
  ['New changes require approval from someone other than the last pusher.', 'merge-last-push', undefined],
  ['Changes have been requested', 'merge-changes-requested', undefined],
  ['Head branch is out of date. Review and try the merge again.', 'merge-behind', undefined],
  ['Head branch is not up to date with the base branch', 'merge-behind', undefined],
  ['Required status check "build" is expected.', 'merge-required', '`build`'],
  ['Required status check "e2e / linux" is failing.', 'merge-required', '`e2e / linux`'],
  ['2 of 2 required status checks are in progress.', 'merge-required', '2 of 2 required status checks are in progress'],
  [
    '2 of 5 required status checks have not succeeded: 1 expected and 1 failing.',
    'merge-required',
    '2 of 5 required status checks have not succeeded: 1 expected and 1 failing',
  ],
  ['Commits must have verified signatures.', 'merge-signatures', undefined],
  ['Repository rule violations found Cannot update this protected ref.', 'merge-not-allowed', undefined],
  ['You’re not authorized to push to this branch. Visit https://docs.github.com/', 'merge-not-allowed', undefined],
  ['Pull Request is still a draft', 'merge-draft', undefined],
  ['Pull Request has merge conflicts', 'merge-conflicts', undefined],
  ['Pull Request is not mergeable', 'merge-refused', 'Pull Request is not mergeable'],
  ['Merge already in progress', 'merge-refused', 'Merge already in progress'],
])('%s', (words, code, detail) => {
  const reason = reasonOfRefusal(words);
  expect(reason).toEqual(detail === undefined ? { code } : { code, detail });
  expect(because(reason)).not.toMatch(/unknown reason|undefined/);
});

test('what GitHub says reaches people without markup, whatever it names', () => {
  const odd = 'Required status check "a`b](http://e.example)" is expected.';
  expect(reasonOfRefusal(odd).code).toBe('merge-refused');
  expect(because(reasonOfRefusal(odd))).not.toContain('http://');
  expect(because(reasonOfRefusal('Waiting on code owner review from a_b_c.'))).toContain('a\\_b\\_c');
});
