import type { Reason, Spent } from '../fact.ts';
import { short } from '../hash.ts';
import type { Verdict } from '../verdict.ts';
import { because, inCode, list } from './people.ts';
import { price } from './price.ts';

const checkedAgainst = (base: string): string => `Checked against ${inCode(short(base))}.`;

/** The lines of the status comment. */
export const status = {
  title: '**Corrigible**',
  accepted: 'Reading the rejection.',
  configurationRefused:
    'Waiting: files that I am set up by have mistakes, as the comment says. Next: a maintainer corrects them.',
  asked: (reporter: string) => `Waiting for an answer from ${reporter}.`,
  declined: (reason: Reason) => `Declined, because ${because(reason)}.`,
  notReady: (problems: readonly string[], base: string) =>
    `The spec is **not ready** yet:\n\n${list(problems)}\n\n${checkedAgainst(base)}`,
  checking: 'Checking the spec.',
  /** `label`: what is to be set next; null where another sentence says what is next. */
  ready: (hash: string, base: string, label: string | null, warnings: readonly string[]) => {
    const proven = `Its acceptance cases are red on the base branch, its guards green. ${checkedAgainst(base)}`;
    const next = label === null ? [] : [`Next: a maintainer sets the label ${inCode(label)}.`];
    const before = warnings.length === 0 ? [] : [`Before that, please look at this:\n\n${list(warnings)}`];
    return [`**Ready:** \`${short(hash)}\`. ${proven}`, ...before, ...next].join('\n\n');
  },
  refusedClearance: (by: string, reason: Reason) =>
    `The label set by ${by} starts nothing, because ${because(reason)}.`,
  attached: (others: readonly number[], holdOut: number | null) =>
    `Rejected ${others.length + 1} times: also in ${others.map((one) => `#${one}`).join(', ')}.${holdOut === null ? '' : ` The case of #${holdOut} is one of the hold-outs.`}`,
  wished: (by: string, hash: string | null, label: string) =>
    `${by} set the label ${inCode(label)} before there was a spec, which I remember as a wish. Next: a maintainer ${hash === null ? 'corrects the spec; then' : `comments \`/approve ${short(hash)}\`, or`} takes the label off and sets it again.`,
  ended: (reason: Reason) =>
    `The last attempt ended, because ${because(reason)}.\n\nTo try again: take the label off, edit the spec if needed, and set the label again.`,
  working: (round: number, by: string) => `Cleared by ${by}. Attempt ${round} is being made and judged.`,
  halted: (by: string, label: string) =>
    `**Stopped** by ${by}. What was made so far is kept. Next: a person with write permission comments \`/retry\`, and I go on from there; or takes the label ${inCode(label)} off, which ends this attempt.`,
  nudged: (round: number, reason: Reason) =>
    `In attempt ${round} the agent was told once to mind its way, because ${because(reason)}.`,
  proven: 'The checks passed. Opening the pull request.',
  proposed: (pullRequest: number, head: string) => `Proposed in #${pullRequest} at ${inCode(short(head))}.`,
  judging: 'Judging this head.',
  guarded: ({ passed, because: why }: Verdict) =>
    `The checks are ${passed ? 'green' : `not green: ${why}`}. Next: people decide about this pull request.`,
  waitsForReview: (not: string | null) =>
    `Next: a person with write permission${not === null ? '' : ` other than ${not}`} reviews and approves exactly this commit.`,
  red: (why: string) => `The checks are **red**: ${why}`,
  held: (reason: Reason) => `Not merged, because ${because(reason)}.`,
  revising: (by: string) => `${by} asked for changes. The review is being worked on.`,
  revised: (by: string, head: string) =>
    `${by} asked for changes, and ${inCode(short(head))} was made of it. Next: ${by} looks at it and reviews again.`,
  answered: (by: string) => `${by} asked, and was answered. Next: ${by} reviews again.`,
  notRevised: (by: string, reason: Reason) =>
    `${by} asked for changes, and I made none, because ${because(reason)}. Next: people change it, or ${by} reviews again.`,
  personPushed: (by: string) =>
    `${by === '' ? 'Somebody' : by} pushed to the branch. The agent has stopped for good; the checks judge what was pushed.`,
  merged: (pullRequest: number, sha: string) =>
    `Merged in #${pullRequest} as ${inCode(short(sha))}. If it was a mistake, comment \`/undo\` with the reason; if it is wrong again, file a new rejection.`,
  returned: (pullRequest: number, sha: string, why: string) =>
    `Open again: it was merged in #${pullRequest} as ${inCode(short(sha))}. ${why}`,
  neverFixed: (pullRequest: number, sha: string, why: string) =>
    `Open: it was merged in #${pullRequest} as ${inCode(short(sha))}, but what stands on the base branch now was not green. ${why}`,
  solo: (by: string) => `Solo mode: ${by} cleared this and approved it; nobody else looked at it.`,
  mergedUnproven: (pullRequest: number) =>
    `Merged in #${pullRequest}, but what stands on the base branch now was not green when it was judged. Next: a maintainer looks at it, and reverts it if need be.`,
  outcome: (outcome: string, why: string) => `Afterwards: ${outcome}. ${why}`,
  closed: (by: string, what: 'rejection' | 'pull-request') =>
    `${by} closed the ${what === 'rejection' ? 'rejection' : 'pull request'}, so the work ended. Reopen it to go on${what === 'rejection' ? '' : ' (restore its branch first, if it was deleted), or set the label on the rejection again for a new attempt'}.`,
  forgotten: 'Everything about this rejection was deleted on request. File a new one if it is wrong again.',
  delayed: (reason: Reason, until: string | null) =>
    `Delayed, because ${because(reason)}. ${
      until === null ? 'I go on when that is put right.' : `I go on after ${until.slice(0, 16).replace('T', ' ')} UTC.`
    }`,
  spent: ({ seconds, tokens, money }: Spent) =>
    `Spent: ${seconds.toFixed(1)} s${tokens === 0 ? ', no model tokens' : `, ${tokens} model tokens`}${money === undefined ? '' : `, ${price(money)}`}.`,
};
