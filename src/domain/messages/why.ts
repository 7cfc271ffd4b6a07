import type { Fact, FactOf, Reason } from '../fact.ts';
import { short } from '../hash.ts';
import { moment, unmarked } from './overview.ts';
import { because } from './people.ts';

const why = (reason: Reason): string => unmarked(because(reason)).replace(/[\r\n]+/g, ' ');
const somebody = (by: string): string => (by === '' ? 'Somebody' : by);
const cost = ({ seconds, tokens, requests }: { seconds: number; tokens: number; requests: number }): string =>
  `${seconds.toFixed(1)} s${tokens === 0 ? '' : `, ${tokens} model tokens in ${requests} requests`}`;
const thing = (what: 'rejection' | 'pull-request'): string => (what === 'rejection' ? 'rejection' : 'pull request');

function judged({ head, merge, tree, base, verdict, seconds }: FactOf<'judged'>): string {
  const what = merge
    ? `the merge of ${short(head ?? '')}`
    : head === null
      ? `the candidate ${short(tree)}`
      : short(head);
  const found = verdict.passed ? 'green' : `red: ${unmarked(verdict.because).replace(/[\r\n]+/g, ' ')}`;
  return `The checks judged ${what} against ${short(base)} as ${found} (${seconds.toFixed(1)} s).`;
}

function drafted(fact: FactOf<'draft-posted'>): string {
  const by = { recipe: 'the recipe of the rubric', model: 'a model, by the rubric', person: 'hand, with the rubric' }[
    fact.by
  ];
  return `The app posted a spec drafted by ${by} ${fact.rubric.id} (${fact.change}), on base ${short(fact.base)}.`;
}

function checked({ approvalHash, base, problems }: FactOf<'spec-checked'>): string {
  if (problems.length === 0 && approvalHash !== null)
    return `The spec was checked against ${short(base)} and has no problems (${short(approvalHash)}).`;
  const all = problems.map((problem) => unmarked(problem).replace(/[\r\n]+/g, ' ')).join(' ');
  return `The spec was checked against ${short(base)} and is not ready: ${all}`;
}

/** What happened, in one sentence for each kind of fact: who did it, what was refused, and why. */
export function happened(fact: Fact): string {
  switch (fact.kind) {
    case 'rejection-accepted': {
      const hidden = fact.hidden === 0 ? '' : ` Hidden text was left out in ${fact.hidden} places.`;
      const ticket = fact.ticket === null ? '' : `, ticket ${fact.ticket}`;
      return `The app took up the rejection of ${somebody(fact.reporter)}${ticket}.${hidden}`;
    }
    case 'intent':
      return `The app was about to write to GitHub: ${fact.what}.`;
    case 'status-posted':
      return `The app posted the status comment (${fact.comment}).`;
    case 'status-shown':
      return 'The status comment was brought up to date.';
    case 'question-asked':
      return `The app asked the reporter about ${fact.missing.join(', ')} (comment ${fact.comment}).`;
    case 'declined':
      return `The app declined, because ${why(fact.reason)}.`;
    case 'draft-posted':
      return drafted(fact);
    case 'spec-checked':
      return checked(fact);
    case 'spec-ready':
      return `The spec was announced as ready (${short(fact.approvalHash)}).`;
    case 'clearance-refused':
      return `The label that ${somebody(fact.by)} set was refused, because ${why(fact.reason)}.`;
    case 'spec-approved':
      return `${somebody(fact.by)} cleared the spec “${fact.spec.title}” by the label (${short(fact.approvalHash)}).`;
    case 'run-queued':
      return fact.what === 'implement' ? 'Making the fix was queued.' : `Judging ${short(fact.head ?? '')} was queued.`;
    case 'run-lost':
      return `The work ended without a result: ${unmarked(fact.because).replace(/[\r\n]+/g, ' ')} It is tried again.`;
    case 'round-started':
      return `Round ${fact.round} began on base ${short(fact.base)}.`;
    case 'round-ended':
      return `Round ${fact.round} made the candidate ${short(fact.candidate.tree)} by ${fact.by === 'recipe' ? 'the recipe' : 'the model'} (${cost(fact.spent)}).`;
    case 'round-failed':
      return `Round ${fact.round} made no candidate, because ${why(fact.reason)} (${cost(fact.spent)}).`;
    case 'judged':
      return judged(fact);
    case 'stopped':
      return `The attempt ended, because ${why(fact.reason)}.`;
    case 'pull-request-opened':
      return `The app opened pull request #${fact.pullRequest} with ${short(fact.head)} on base ${short(fact.base)}.`;
    case 'checks-posted':
      return `The checks of ${short(fact.head)} were posted: ${fact.green ? 'green' : 'red'}.`;
    case 'head-moved':
      return `${somebody(fact.by)} pushed ${short(fact.head)} to the branch.`;
    case 'review-refused':
      return `The approval of ${somebody(fact.by)} for ${short(fact.head)} was refused, because ${why(fact.reason)}.`;
    case 'revision-requested':
      return `${somebody(fact.by)} asked for changes of ${short(fact.head)}.`;
    case 'approved':
      return `${somebody(fact.by)} approved ${short(fact.head)}.`;
    case 'merge-refused':
      return `${short(fact.head)} was not merged, because ${why(fact.reason)}.`;
    case 'merged':
      return `${somebody(fact.by)} merged ${short(fact.head)} as ${short(fact.sha)}${fact.asJudged ? '' : ', and what stands on the base branch now was not judged green'}.`;
    case 'abandoned':
      return `Pull request #${fact.pullRequest} was given up for a new attempt.`;
    case 'thanked':
      return `The app thanked the reporter (comment ${fact.comment}).`;
    case 'closed-by-hand':
      return `${somebody(fact.by)} closed the ${thing(fact.what)}.`;
    case 'reopened':
      return `${somebody(fact.by)} reopened the ${thing(fact.what)}.`;
    case 'outcome':
      return `Afterwards it ${fact.outcome === 'held' ? 'held' : 'was reverted'}: ${unmarked(fact.because)}`;
    case 'configuration-refused':
      return 'Files that the app is set up by have mistakes, so it waits until they are corrected.';
    case 'delayed':
      return `It was delayed${fact.until === null ? '' : ` until ${moment(fact.until)}`}, because ${why(fact.reason)}.`;
    case 'resumed':
      return 'The delay was over.';
    case 'duplicate-removed':
      return `Two comments carried one marker: ${fact.comment} was removed, ${fact.kept} stays.`;
    case 'forgotten':
      return `Everything personal was deleted on request of ${somebody(fact.by)}. What was recorded before cannot be read any more.`;
    default:
      return fact satisfies never;
  }
}

/** Sentences of `corrigible why` around the story. */
export const story = {
  badKey: (text: string): string => `“${text}” is no rejection. Name it like owner/name#7.`,
  unknown: (rejection: string): string =>
    `Nothing is known of ${rejection}. Check the number, and that the issue carries the label; after a rename, use the name the repository had first.`,
  line: (at: string, sentence: string): string => `${moment(at)}  ${sentence}`,
  stands: (stage: string, since: string, lasted: string): string =>
    `It stands at “${stage}” since ${moment(since)} (${lasted}).`,
} as const;
