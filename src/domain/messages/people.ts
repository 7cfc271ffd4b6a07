import type { Reason } from '../fact.ts';
import { short } from '../hash.ts';
import type { FileProblem } from '../rubric.ts';
import type { RubricStamp, Spec } from '../spec.ts';
import { rejectionCommandReasons } from './commands.ts';
import { commandReasons } from './guard.ts';
import { hintReasons } from './hints.ts';
import { intakeReasons } from './intake.ts';
import { mergeReasons } from './merging.ts';
import { personalReasons } from './personal.ts';
import { queueReasons } from './queue.ts';
import { reviewReasons } from './review.ts';
import { attemptReasons } from './rounds.ts';
import { splitReasons } from './split.ts';
import { undoReasons } from './undo.ts';
import { watchReasons } from './watch.ts';

/** Keeps outsiders' words from becoming markup, mentions or links: what is quoted is shown, never acted on. */
export const quoted = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F]/g, '')
    .replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')
    .replace(/@(?=[\w-])/g, '@\u2060')
    .replace(/#(?=\d)|\bGH-(?=\d)/gi, '$&\u2060')
    .replace(/\b(https?|ftp):\/\//gi, '$1:\u2060//')
    .replace(/\n+/g, ' ');

export const inCode = (text: string): string => `\`${text.replace(/[`\r\n]/g, '?')}\``;
export const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

/** Why something was not done, by code. Every code that stages use has its sentence here. */
const reasons: Readonly<Record<string, (detail: string) => string>> = {
  // Clearance (invariant 2).
  'clear-not-ready': () =>
    'the spec was not announced as ready before the label was set. Wait for “Ready” above, then set the label again',
  'clear-bot': (by) => `${by} is not a person. A person with write permission has to set the label`,
  'clear-no-write': (by) => `${by} has no write permission here. Somebody who may write has to set the label`,
  'clear-changed': () =>
    'the spec or the rejection was changed after it was announced as ready. Wait for “Ready” above, then set the label again',
  'clear-edited-after': () =>
    'the spec was edited after the label was set. Wait for “Ready” above, then set the label again',
  'clear-unchecked': () => 'the spec still has the problems listed above. Correct them, then set the label again',
  // Declines.
  injection: () => 'it gives instructions to the bot instead of saying what was wrong with an output',
  'no-answer': () => 'nobody answered what was asked',
  'still-open': (slots) =>
    `it is still open what is meant (${inCode(slots)}), and I ask for the same only once. A comment can say it, or the description (edit it): name the step, and the value that should come out`,
  'model-one-off': () => 'it asks for an exception, not for a rule',
  'model-unsafe': () => 'it asks for something that would disclose data or remove a safeguard',
  'model-not-a-defect': () => 'what the pipeline gave fits the ticket',
  'model-operational': () => 'it is about something that no step of this pipeline gives',
  'model-outside': () => 'it is about something that no step of this pipeline gives',
  'model-no-complaint': () => 'it does not say what was wrong with an output',
  'spec-deleted': () => 'the comment with the spec was deleted. Comment `/retry` for a new draft',
  'status-deleted': () => 'the status comment was deleted. Comment `/retry` to start again',
  'not-rule': () => 'it was answered as a one-off, and one-offs are not made into rules',
  'answered-stable': () => 'this part of the pipeline was answered as not stable enough to change now',
  'answered-customer-right': () => 'the customer was answered as not right, so the output stays as it is',
  'answered-reporter-right': () => 'the reporter was answered as not right, so the output stays as it is',
  'answered-worth-it': () => 'it was answered as not worth a change',
  'label-removed': () => 'the label was taken off, so the work was stopped',
  'rate-limit': () => 'GitHub allows no more calls for now',
  'content-limit': () => 'GitHub allows only so many new comments and checks in a while, and they are shared fairly',
  'github-down': () => 'GitHub cannot be reached or does not answer',
  'repository-gone': () => 'the repository cannot be reached: it was deleted, or the App has no access to it any more',
  'repository-archived': () => 'the repository is archived, so nothing can be written there',
  'installation-gone': () => 'the App is not installed there any more. Install it again to go on',
  'installation-suspended': () => 'the installation of the App is suspended',
  'app-refused': () => 'GitHub does not accept the App’s key. Its operator has to set a valid one',
  'issue-gone': () => 'the issue was deleted, or went to another repository',
  'issue-locked': () => 'the conversation is locked, and GitHub lets no App write there. Unlock it to go on',
  'no-sandbox': (why) => `nothing may run here. ${why}`,
  'not-prepared': (why) => `its dependencies cannot be made. ${why}`,
  'branch-taken': (branch) =>
    `somebody else’s commits are on the branch ${inCode(branch)}. Delete it, then set the label again`,
  conflicts: (paths) => `the fix conflicts with the base branch in ${inCode(paths)}`,
  'work-failed': (why) => `judging failed again and again: ${quoted(why)}. Push to the branch to have it judged again`,
  'clear-text-changed': () =>
    'the rejection, its spec or its label was changed while the fix was being made. Wait for “Ready”, then set the label again',
  'agent-failed': (why) => `the work failed again and again: ${quoted(why)}`,
};

/** A reason in words. An unknown code is a bug, and says so instead of hiding it. */
export function because(reason: Reason): string {
  if (reason.code === 'review-stale-head') return staleApproval(reason.detail ?? '');
  const all = {
    ...reasons,
    ...attemptReasons,
    ...commandReasons,
    ...rejectionCommandReasons,
    ...hintReasons,
    ...splitReasons,
    ...intakeReasons,
    ...mergeReasons,
    ...queueReasons,
    ...personalReasons,
    ...undoReasons,
    ...reviewReasons,
    ...watchReasons,
  };
  const words = all[reason.code];
  return words === undefined ? `of an unknown reason (${reason.code})` : words(reason.detail ?? '');
}

const staleApproval = (detail: string): string => {
  const [approved = '', head = ''] = detail.split(' ');
  return `the approval was given for ${inCode(short(approved))}, but the head is now ${inCode(short(head))}. Please review what was added and approve again`;
};

const fileProblems = (problems: readonly FileProblem[]): string =>
  list(problems.slice(0, 20).map((p) => `${inCode(`${p.file}:${p.line}`)}: ${p.problem} ${p.fix}${p.said ?? ''}`));

export const configurationRefused = (problems: readonly FileProblem[]): string =>
  `I cannot work on this yet, because files that I am set up by have mistakes:\n\n${fileProblems(problems)}\n\nCorrect them on the default branch; then comment \`/retry\` here.`;

export const declined = (reason: Reason): string =>
  `I will not work on this, because ${because(reason)}.\n\nIf that is wrong, edit the description, or comment \`/retry\`.`;

export const specProblem = {
  unknownStep: (step: string) => `step: there is no step ${inCode(step)} in the configuration.`,
  unknownChange: (change: string, known: readonly string[]) =>
    `change: ${inCode(change)} is not allowed here. Allowed: ${known.map(inCode).join(', ')}.`,
  wrongStep: (change: string, step: string) => `step: ${inCode(change)} repairs step ${inCode(step)}.`,
  outsidePaths: (file: string, allowed: readonly string[]) =>
    `files: ${inCode(file)} is outside what this change may touch (${allowed.map(inCode).join(', ')}).`,
  fileMissing: (file: string) => `files: ${inCode(file)} does not exist on the base branch.`,
  caseStep: (name: string, step: string) => `case “${quoted(name)}”: there is no step ${inCode(step)}.`,
  expectation: (name: string, mistake: string) => `case “${quoted(name)}”: ${mistake}.`,
  acceptanceElsewhere: (name: string, step: string) =>
    `case “${quoted(name)}”: an acceptance case belongs to step ${inCode(step)}.`,
  notRed: (name: string) => `case “${quoted(name)}”: it passes on the base branch already, so it proves nothing.`,
  flaky: (name: string) => `case “${quoted(name)}”: it is sometimes red and sometimes green on the base branch.`,
  errs: (name: string, why: string) => `case “${quoted(name)}”: it does not run on the base branch: ${why}`,
  guardRed: (name: string, why: string) => `guard “${quoted(name)}”: it is not green on the base branch: ${why}`,
  quote: (quote: string) => `quotes: “${quoted(quote)}” is not in the rejection.`,
  holdOut: 'hold-outs: there is none. Add one, or say why not under `no-hold-out`.',
  unanswered: (names: readonly string[]) =>
    `answers: ${names.map(inCode).join(', ')} ${names.length === 1 ? 'is' : 'are'} not answered yet.`,
  rubricGone: (id: string) =>
    `the rubric ${inCode(id)} that this draft was made by is no longer there. Comment \`/retry\` for a new draft.`,
  textChanged: 'the rejection was edited after this draft. Comment `/retry` for a new draft.',
};

export const specWarning = {
  noGuard: (step: string) =>
    `guards: there is none of step ${inCode(step)}. An answer that is given to everything would not be noticed: add a near input whose output has to stay as it is.`,
};

export const reviewRefused = (reason: Reason): string => `This approval does not count, because ${because(reason)}.`;
/** Also the first line of commits, where a name would be a mention, and a number could close an issue. */
export const pullRequestTitle = (spec: Spec): string =>
  spec.title.replace(/[\u0000-\u001F]/g, ' ').replace(/[@#](?=\w)|\bGH-(?=\d)/gi, '$&\u2060');

export const rejectionGone =
  'The rejection that this fixes was deleted, or went to another repository, so I will not merge this. Close it, or merge it by hand if the fix is wanted all the same.';

export const mergedUnproven = (pullRequest: number): string =>
  `#${pullRequest} was merged, but what stands on the base branch now was not judged green. Please look at it, and revert it if need be.`;

export interface PullRequestWords {
  readonly issue: number;
  readonly spec: Spec;
  /** Who is asked to review; teams as `organisation/team`. */
  readonly next: { readonly people: readonly string[]; readonly teams: readonly string[] } | null;
  /** Whose approval does not count. */
  readonly not: string | null;
  readonly requester: string;
  readonly reporter: string;
  readonly rubric: RubricStamp;
  readonly approvalHash: string;
  readonly fixed: readonly string[];
  /** What else speaks for it, a line each. */
  readonly kept: readonly string[];
  readonly base: string;
  /** What comes out differently, in Markdown; '' where nothing is known. */
  readonly report: string;
  /** Where the agent's work is shown, in Markdown; '' where that is nowhere. */
  readonly transcript: string;
}

/** The one place that mentions who is next: a body notifies when it is posted, and never when it is edited. */
const mentioned = ({ people, teams }: NonNullable<PullRequestWords['next']>): string =>
  `${[...people, ...teams].map((name) => `@${name}`).join(', ')}: please review. `;

export const pullRequestBody = (words: PullRequestWords): string => {
  const { issue, spec, next, not, requester, reporter, rubric, approvalHash, fixed, kept, base, report, transcript } =
    words;
  return `Fixes the output rejected in #${issue} (reported by ${reporter}, cleared by ${requester}).

**Before:** ${quoted(spec.observed)}
**After:** ${quoted(spec.expected)}

**Evidence**, measured against ${inCode(short(base))}:

${list([...fixed.map((name) => `red → green: ${quoted(name)}`), ...kept])}

${next === null ? '' : mentioned(next)}I merge exactly this commit when its checks are green and a person with write permission${not === null ? '' : `, other than ${not},`} has approved it.

${report === '' ? '' : `${report}\n\n`}${transcript === '' ? '' : `${transcript}\n\n`}<sub>Rubric ${inCode(rubric.id)} ${inCode(short(rubric.hash))} · spec ${inCode(short(approvalHash))}</sub>`;
};

/** What a fix follows from. */
export interface Origin {
  readonly issue: number;
  readonly spec: Spec;
  readonly rubric: RubricStamp;
  readonly approvalHash: string;
}

const trailers = ({ issue, rubric, approvalHash }: Origin): string =>
  `Rejection: #${issue}\nRubric: ${rubric.id}@${short(rubric.hash)}\nSpec: ${approvalHash}`;

/** The branch's own commits say where they are from as well: a rebase keeps them, and takes no message. */
export const commitMessage = {
  cases: (of: Origin) => `Add the cases of rejection #${of.issue}\n\n${trailers(of)}`,
  fix: (of: Origin) => `${pullRequestTitle(of.spec)}\n\n${trailers(of)}`,
  merge: (of: Origin & { readonly pullRequest: number; readonly by: string; readonly solo: boolean }) => ({
    title: `${pullRequestTitle(of.spec)} (#${of.pullRequest})`,
    body: `${trailers(of)}\nApproved-by: ${of.by}${of.solo ? '\nSolo: true' : ''}`,
  }),
};

export const thanks = (reporter: string, spec: Spec, pullRequest: number): string =>
  `@${reporter}, thank you: this is fixed and merged in #${pullRequest}. From now on: ${quoted(spec.expected)}`;

export const check = {
  green: (name: string) => `${name}: green`,
  red: (name: string) => `${name}: red`,
  gateGreen: 'Every check passed. Waiting for a person to approve this commit.',
  gateRed: 'Not every check passed, so this commit cannot be merged.',
  more: (count: number): string => `and ${count} more`,
  over: 'An earlier judgement of this commit said something here, which holds no more. `corrigible/gate` says what holds.',
};
export const labelWords = {
  rejection: 'An output that somebody rejected',
  clear: 'The spec is right: fix exactly this',
  hold: 'Do not merge this fix until the label is off',
};

export const isRed = (name: string): string => `The case “${quoted(name)}” is red on the base branch.`;
export const redAgain = (name: string): string => `The case “${quoted(name)}” is red again on the base branch.`;
export const heldWatch = 'The cases of this fix are still green after 14 days.';
export const labelsMissing = (repo: string, names: readonly string[]): string =>
  `${repo}: I could not make the labels ${names.join(', ')}. Make them by hand.`;
export const retryAfterwards = 'Then comment `/retry` here.';
