import type { Reason } from './fact.ts';

/** GitHub's sentences about what its rules lack, and what each is called here. `detail` is what the pattern captures. */
const sentences: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/waiting on code owner review from ((?:[\w./-]+(?:, | and\/or | or )?)+)/i, 'merge-code-owners-of'],
  [/at least (\d+) approving reviews? (?:is|are) required/i, 'merge-approvals-of'],
  [/approval from someone other than the last pusher/i, 'merge-last-push'],
  [/changes (?:have been |were )?requested/i, 'merge-changes-requested'],
  [/conversations? must be resolved/i, 'merge-conversations'],
  [/head branch is (?:out of date|not up to date)/i, 'merge-behind'],
  [/required status check ("[^"`]+") is/i, 'merge-required'],
  [/(\d+ of \d+ required status checks [\w :]+)/i, 'merge-required'],
  [/commits must have verified signatures/i, 'merge-signatures'],
  [/not authorized to push to this branch|cannot update this protected ref/i, 'merge-not-allowed'],
  [/still a draft/i, 'merge-draft'],
  [/has merge conflicts/i, 'merge-conflicts'],
];

/** What GitHub's refusal to merge means. A sentence that is not known is told as it is. */
export function reasonOfRefusal(words: string): Reason {
  for (const [pattern, code] of sentences) {
    const found = pattern.exec(words);
    if (found !== null)
      return found[1] === undefined ? { code } : { code, detail: found[1].replace(/\.$/, '').replaceAll('"', '`') };
  }
  return { code: 'merge-refused', detail: words };
}
