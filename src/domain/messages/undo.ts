import type { Case } from '../case.ts';
import type { FactOf } from '../fact.ts';
import { short } from '../hash.ts';
import { inCode, list, quoted } from './people.ts';

/** Why a merged fix is not taken back. */
export const undoReasons: Readonly<Record<string, (detail: string) => string>> = {
  'undo-not-merged': () => 'only a fix that was merged can be undone, and nothing of this is merged',
  'undo-withdrawn': () => 'the comment does not ask for it any more',
  'undo-already': (pullRequest) => `it is being undone already, in #${pullRequest}. Reopen that one if it was closed`,
  'undo-reverted': () => 'the fix was taken back already',
  'undo-nothing': () => 'nothing of the fix is left on the base branch',
  'undo-unknown': (sha) =>
    `the commit ${inCode(short(sha))} of the merge, or what was there before it, is not in the repository any more. Take the change back by hand`,
  'undo-conflicts': (paths) =>
    `what came after the fix builds on it in ${inCode(paths)}. Take the change back by hand, in a pull request`,
  'undo-not-pushed': (branch) =>
    `the branch ${inCode(branch)} could not be made. Delete it where it exists, then ask again; or take the change back by hand`,
  recurred: (of) =>
    `it is the same fault as ${of}, whose fix was merged not long ago. That one is open again with its history, and this one is counted there`,
};

export interface RevertWords {
  readonly issue: number;
  readonly title: string;
  /** Of the fix. */
  readonly pullRequest: number;
  readonly sha: string;
  /** '' where the app does it by itself. */
  readonly by: string;
  /** In the words of who asked, personal data taken out; '' for none. */
  readonly why: string;
  /** Cases that will be red again. */
  readonly red: readonly Pick<Case, 'name' | 'step'>[];
}

export const revertTitle = ({ title, pullRequest }: Pick<RevertWords, 'title' | 'pullRequest'>): string =>
  `Revert "${title}" (#${pullRequest})`;

/** In git's own words, by which the commit is recognised as a revert wherever it lands. */
export const revertMessage = (words: RevertWords): string =>
  `${revertTitle(words)}\n\nThis reverts commit ${words.sha}.\n\nRejection: #${words.issue}\nUndoes: #${words.pullRequest}${
    words.by === '' ? '' : `\nAsked-by: ${words.by}`
  }`;

const whyUndone = ({ by, why }: RevertWords): string => {
  if (by === '') return `${why} Nobody has asked for this: whether it is taken back is yours to decide.`;
  const asked = `Asked for by @${by} with ${inCode('/undo')}`;
  return why === '' ? `${asked}, without a reason.` : `${asked}:\n\n> ${quoted(why)}`;
};

export const revertBody = (words: RevertWords): string => {
  const { issue, pullRequest, sha, red } = words;
  return `Reverts #${pullRequest} (${inCode(short(sha))}), the fix of the output rejected in #${issue}.

${whyUndone(words)}

**Red again when this is merged**, and therefore taken out of the suites with it:

${list(red.map(({ name, step }) => `${inCode(step)}: ${quoted(name)}`))}

The checks judge this like a person’s pull request: every other case has to stay as it is. Merge it to take the fix back, or close it to keep the fix.`;
};

export const afterRace = (red: string): string =>
  `The base branch moved while this was being merged, and what stands there now was judged red: ${red}.`;

/** What the check of a revert says of the cases that it takes out. */
export const inverse = (pullRequest: number): string =>
  `it takes back exactly what #${pullRequest} brought, the cases of that fix among it, and nothing else that it is judged by`;

const asked = (by: string): string => (by === '' ? 'I have proposed by myself' : `${by} has asked for`);

/** Why a merged rejection came back, in a clause. */
export function whyReturned(revert: FactOf<'revert-opened'> | null, outcome: FactOf<'outcome'> | null): string {
  if (outcome?.outcome === 'reverted' || outcome?.outcome === 'recurred') return outcome.because;
  return revert === null ? '' : `It is being undone in #${revert.pullRequest}, which ${asked(revert.by)}.`;
}

export interface History {
  readonly reporter: string;
  readonly clearedBy: string;
  readonly pullRequest: number;
  readonly sha: string;
  readonly mergedBy: string;
  readonly why: string;
  readonly next: string;
}

/** Whoever has to know is mentioned once. */
const mentioned = (logins: readonly string[]): string =>
  [...new Set(logins)]
    .filter((login) => login !== '' && login !== 'somebody')
    .map((login) => `@${login}`)
    .join(', ');

export const returned = ({ reporter, clearedBy, pullRequest, sha, mergedBy, why, next }: History): string =>
  `${mentioned([reporter, clearedBy, mergedBy])}: this rejection is open again. ${why}

**What happened to it**

${list([
  `Cleared by ${clearedBy}.`,
  mergedBy === 'somebody'
    ? `Merged by hand in #${pullRequest} as ${inCode(short(sha))}.`
    : `Merged in #${pullRequest} as ${inCode(short(sha))}, on the approval of ${mergedBy}.`,
  why,
])}

${next}`;

/** Who is next once it is open again. */
export const nextStep = (revert: number | null): string =>
  `Next: ${revert === null ? '' : `people merge #${revert} or close it. Then `}comment ${inCode('/retry')} for a new draft; or edit the spec, take the label off and set it again.`;

export const recognised = {
  revert: (commit: string, name: string): string =>
    `The commit ${inCode(short(commit))} takes the fix back: the case “${quoted(name)}” is red again on the base branch.`,
  revertErring: (commit: string, name: string): string =>
    `The commit ${inCode(short(commit))} takes the fix back: the case “${quoted(name)}” cannot be run any more on the base branch, where every other case of its step can.`,
  rejection: (issue: string): string => `The same fault was rejected again in ${issue}.`,
};

const cannotBeTold = 'After 14 days it cannot be told whether this fix holds, because';
const lookThere = 'Look there; whoever sees the fault again rejects it again.';

/** Why the end of the watch says neither that a fix held nor that it did not. */
export const unclear = {
  case: (name: string, because: string): string =>
    `${cannotBeTold} the case “${quoted(name)}” is neither green nor simply red on the base branch: ${because}. ${lookThere}`,
  base: `${cannotBeTold} the configuration or the cases on the base branch cannot be used. ${lookThere}`,
};
