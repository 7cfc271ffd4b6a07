import { LABELS } from '../labels.ts';
import { inCode, quoted } from './people.ts';

/** Lines of logins with commas between them, a blank, and a path. */
const ownedPaths = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => {
      const [people = '', ...path] = line.split(' ');
      return `${inCode(path.join(' '))} waits for ${people.split(',').join(' or ')}`;
    })
    .join('; ');

/** Why an approved head is not merged, by code. */
export const mergeReasons: Readonly<Record<string, (detail: string) => string>> = {
  'merge-red': (why) => `the checks are red: ${why}`,
  'merge-conflict': (paths) =>
    `it conflicts with the base branch in ${inCode(paths)}. Bring the branch up to date, then approve again`,
  'merge-required': (names) => `required checks have not passed: ${names}. I merge it as soon as they have`,
  'merge-approvals': (missing) =>
    `the rules of the branch want ${missing === '1' ? 'one more approval' : `${quoted(missing)} more approvals`} by people with write permission`,
  'merge-approvals-of': (count) =>
    `the rules of the branch want ${quoted(count)} ${count === '1' ? 'approval' : 'approvals'} by people with write permission, and GitHub does not count that many`,
  'merge-code-owners': (lines) => `code owners have not approved what is theirs: ${ownedPaths(lines)}`,
  'merge-code-owners-of': (names) => `it waits for the approval of a code owner: ${quoted(names)}`,
  'merge-conversations': (open) =>
    open === '1'
      ? 'a conversation on the pull request is not resolved, and the rules of the branch want it to be. Resolve it there'
      : 'conversations on the pull request are not resolved, and the rules of the branch want them to be. Resolve them there',
  'merge-last-push': () => 'the rules of the branch want the last push to be approved by somebody who did not push it',
  'merge-changes-requested': () =>
    'GitHub counts a review that asks for changes. Whoever gave it has to approve, or somebody dismisses it',
  'merge-behind': () =>
    'the rules of the branch want the pull request to be up to date with it. Update its branch, then approve again',
  'update-used-up': (detail) => {
    const [times = '', ...branch] = detail.split(' ');
    return `the rules of the branch want the pull request to be up to date with it, and ${inCode(branch.join(' '))} moved after each of the last ${times} approvals. I bring it up to date no more by myself. When it is quiet there, press “Update branch” on the pull request, and have somebody other than you approve the new commit; or let ${inCode(branch.join(' '))} be merged into by a merge queue`;
  },
  'merge-signatures': () =>
    'the rules of the branch want signed commits, and the App does not sign. A person has to merge, or the rule has to go',
  'merge-not-allowed': () =>
    'the rules of the branch do not let the App merge. Give it the right there, or have a person merge',
  'merge-conflicts': () => 'it conflicts with the base branch. Bring the branch up to date, then approve again',
  'merge-refused': (message) => `GitHub refused: ${quoted(message)}`,
  'merge-given-up': (why) =>
    `GitHub refused to merge it again and again: ${why}. I try no more by myself. When that is put right, approve it once more, or comment ${inCode('/recheck')} on the pull request`,
  'merge-draft': () => 'the pull request is a draft. Mark it as ready for review, and it merges when all else holds',
  'merge-hold': (where) =>
    `the label ${inCode(LABELS.hold)} on ${where} holds it. Take it off there, and it merges when all else holds`,
  'merge-label': (label) => `the label ${inCode(label)} is no longer on the rejection`,
  'merge-text-changed': () =>
    'the text of the rejection was changed after it was cleared. Change it back, or close this pull request and set the label again',
  'merge-label-by': (by) =>
    `the label that cleared this was put back by ${by}, whose label does not count. A person with write permission has to set it`,
  'merge-other-base': (branch) => `the pull request no longer goes into ${inCode(branch)}. Point it there again`,
};
