import type { Fact, FactKind, FactOf, Reason, Spent } from '../fact.ts';
import { short } from '../hash.ts';
import { moment, unmarked } from './overview.ts';
import { because } from './people.ts';
import { price } from './price.ts';
import { choice } from './rounds.ts';

const why = (reason: Reason): string => unmarked(because(reason)).replace(/[\r\n]+/g, ' ');
const somebody = (by: string): string => (by === '' ? 'Somebody' : by);
const cost = ({ seconds, tokens, requests, money }: Spent): string =>
  `${seconds.toFixed(1)} s${tokens === 0 ? '' : `, ${tokens} model tokens in ${requests} requests`}${money === undefined ? '' : `, ${price(money)}`}`;
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

function reflected({ round, note, used, spent }: FactOf<'reflected'>): string {
  if (note === null) return `Nothing came of looking back at round ${round} (${cost(spent)}).`;
  const words = unmarked(`${note.wrong} ${note.instead}`).replace(/[\r\n]+/g, ' ');
  return `The model looked back at round ${round}${used ? ', for the next one' : ''}: “${words}” (${cost(spent)}).`;
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

function accepted({ hidden, ticket, reporter, partOf, answers = [] }: FactOf<'rejection-accepted'>): string {
  const given =
    answers.length === 0
      ? ''
      : ` It counts ${answers.length === 1 ? 'comment' : 'comments'} ${answers.map(({ comment }) => comment).join(', ')} as ${answers.length === 1 ? 'an answer' : 'answers'}.`;
  const left = hidden === 0 ? '' : ` Hidden text was left out in ${hidden} ${hidden === 1 ? 'place' : 'places'}.`;
  return `The app took up the rejection of ${somebody(reporter)}${ticket === null ? '' : `, ticket ${ticket}`}${partOf === undefined ? '' : `, part ${partOf.part} of #${partOf.rejection}`}.${left}${given}`;
}

function queued({ what, head }: FactOf<'run-queued'>): string {
  if (what === 'judge') return `Judging ${short(head ?? '')} was queued.`;
  return what === 'implement' ? 'Making the fix was queued.' : 'Another round for the review was queued.';
}

/** A person who merged by hand is not known; who approved what the app merged is. */
const mergedBy = ({ by, head }: FactOf<'merged'>): string =>
  by === 'somebody'
    ? `Somebody merged ${short(head)} by hand`
    : `The app merged ${short(head)} on the approval of ${somebody(by)}`;

const asked = {
  detect: 'sorting the rejection',
  draft: 'a draft of its spec',
  ask: 'the words of a question',
  review: 'sorting a review',
} as const;

const outcomes = { held: 'held', reverted: 'was reverted', recurred: 'came again', unclear: 'was unclear' } as const;

/** One sentence for each kind of fact: who did it, what was refused, and why. */
const sentences: { readonly [K in FactKind]: (fact: FactOf<K>) => string } = {
  'rejection-accepted': (fact) => accepted(fact),
  intent: (fact) => `The app was about to write to GitHub: ${fact.what}.`,
  'status-posted': (fact) => `The app posted the status comment (${fact.comment}).`,
  'status-shown': () => 'The status comment was brought up to date.',
  'answer-chosen': (fact) => `The app decided what to say: ${fact.receipt.kind}.`,
  'model-asked': ({ role, model, spent }) => `A model (${model}) answered for ${asked[role]} (${cost(spent)}).`,
  'question-asked': (fact) => `The app asked the reporter about ${fact.missing.join(', ')} (comment ${fact.comment}).`,
  declined: (fact) => `The app declined, because ${why(fact.reason)}.`,
  'draft-posted': (fact) => drafted(fact),
  'spec-checked': (fact) => checked(fact),
  'spec-ready': (fact) => `The spec was announced as ready (${short(fact.approvalHash)}).`,
  'clearance-refused': (fact) => `The label that ${somebody(fact.by)} set was refused, because ${why(fact.reason)}.`,
  'case-attached': (fact) => `#${fact.rejection} is of the same fault, and is counted here.`,
  'case-detached': (fact) => `#${fact.rejection} is not counted here any more.`,
  split: (fact) => `${somebody(fact.by)} had it split into ${fact.parts.length} (comment ${fact.comment}).`,
  'part-opened': (fact) => `The app opened #${fact.issue} for part ${fact.part}.`,
  'part-began': (fact) =>
    fact.by === undefined
      ? `#${fact.after} is over, so this one goes on.`
      : `${somebody(fact.by)} wants it worked on without waiting for #${fact.after}.`,
  'clearance-wished': (fact) =>
    `${somebody(fact.by)} set the label before there was a spec, which is remembered as a wish.`,
  'command-asked': (fact) => `${somebody(fact.by)} asked for /${fact.command} (comment ${fact.comment}).`,
  'command-followed': (fact) => `/${fact.command} of ${somebody(fact.by)} was followed (comment ${fact.comment}).`,
  'spec-approved': (fact) =>
    `${somebody(fact.by)} cleared the spec “${fact.spec.title}” by ${fact.comment === undefined ? 'the label' : `comment ${fact.comment}`}${fact.edits === undefined || fact.edits.length === 0 ? '' : `, with ${fact.edits.map(({ field }) => field).join(', ')} edited`} (${short(fact.approvalHash)}).`,
  'run-queued': (fact) => queued(fact),
  dequeued: (fact) => `The app took ${short(fact.head)} out of the merge queue again.`,
  released: (fact) => `What was in the way of merging ${short(fact.head)} is not any more.`,
  enqueued: (fact) => `The app put ${short(fact.head)} into the merge queue on the approval of ${somebody(fact.by)}.`,
  'group-asked': (fact) =>
    `The merge queue asked for the checks of ${short(fact.head)}, on ${short(fact.base)}, into ${fact.into}.`,
  'group-gone': (fact) =>
    `Nobody waits for the checks of ${short(fact.head)} any more${fact.because === '' ? '' : ` (${fact.because})`}.`,
  'run-restarted': () => 'The process that worked on it ended in the middle, and another one began the work again.',
  'run-lost': (fact) =>
    `The work ended without a result: ${unmarked(fact.because).replace(/[\r\n]+/g, ' ')}${fact.hopeless === true ? '' : ' It is tried again.'}`,
  'round-started': (fact) => `Round ${fact.round} began on base ${short(fact.base)}.`,
  'round-ended': (fact) =>
    fact.chosen === undefined
      ? `Round ${fact.round} made the candidate ${short(fact.candidate.tree)} by ${fact.by === 'recipe' ? 'the recipe' : 'the model'} (${cost(fact.spent)}).`
      : `Round ${fact.round} goes on with candidate ${fact.chosen.n}, ${short(fact.candidate.tree)}. ${unmarked(choice(fact.chosen)).replace(/[\r\n]+/g, ' ')}`,
  'candidate-ended': (fact) =>
    fact.candidate === null
      ? `Candidate ${fact.n} of round ${fact.round} came to nothing, because ${why(fact.reason ?? { code: 'agent-no-change' })} (${cost(fact.spent)}).`
      : `Candidate ${fact.n} of round ${fact.round} was made: ${short(fact.candidate.tree)} (${cost(fact.spent)}).`,
  'candidate-judged': ({ round, n, verdict, lines, seconds }) =>
    `The checks judged candidate ${n} of round ${round}, which changes ${lines} lines, as ${verdict.passed ? 'green' : `red: ${unmarked(verdict.because).replace(/[\r\n]+/g, ' ')}`} (${seconds.toFixed(1)} s).`,
  carried: (fact) =>
    `Base had moved: the candidate of round ${fact.round} was carried to ${short(fact.candidate.base)} as ${short(fact.candidate.tree)}, to be judged there.`,
  'round-failed': (fact) => `Round ${fact.round} made no candidate, because ${why(fact.reason)} (${cost(fact.spent)}).`,
  nudged: ({ round, reason }) => `In round ${round} the agent was told to mind its way, because ${why(reason)}.`,
  judged: (fact) => judged(fact),
  reflected: (fact) => reflected(fact),
  reported: ({ tree, counts }) =>
    counts === null
      ? `What ${short(tree)} does to the stored tickets could not be told.`
      : `${short(tree)} was compared with base on ${counts.asked} stored tickets: ${counts.changed} come out differently, ${counts.unexpected} of them unexpectedly.`,
  'report-posted': (fact) => `The app told on the pull request what comes out differently (comment ${fact.comment}).`,
  'report-shown': () => 'What comes out differently was brought up to date on the pull request.',
  stopped: (fact) => `The attempt ended, because ${why(fact.reason)}.`,
  'pull-request-opened': (fact) =>
    `The app opened pull request #${fact.pullRequest} with ${short(fact.head)} on base ${short(fact.base)}.`,
  'checks-posted': (fact) => `The checks of ${short(fact.head)} were posted: ${fact.green ? 'green' : 'red'}.`,
  'head-moved': (fact) => `${somebody(fact.by)} pushed ${short(fact.head)} to the branch.`,
  'branch-updated': (fact) =>
    `The app merged base at ${short(fact.base)} into the branch: ${short(fact.from)} became ${short(fact.head)}.`,
  'review-refused': (fact) =>
    `The approval of ${somebody(fact.by)} for ${short(fact.head)} was refused, because ${why(fact.reason)}.`,
  'revision-requested': (fact) => `${somebody(fact.by)} asked for changes of ${short(fact.head)}.`,
  'revision-routed': (fact) =>
    fact.route === 'answer' ? 'The review only asks, and is answered.' : 'The review makes another round.',
  'revision-stopped': (fact) => `No commit came of the review, because ${why(fact.reason)}.`,
  revised: (fact) => `The app pushed ${short(fact.head)}, as the review asked.`,
  'revision-ended': (fact) =>
    fact.head === null ? 'The review was answered.' : `The review was answered by ${short(fact.head)}.`,
  approved: (fact) =>
    `${somebody(fact.by)} approved ${short(fact.head)}${fact.solo ? ', in solo mode: who cleared it approved it' : ''}.`,
  'stop-asked': (fact) => `${somebody(fact.by)} asked to stop (comment ${fact.comment}).`,
  halted: (fact) => `${somebody(fact.by)} stopped the work (comment ${fact.comment}).`,
  retried: (fact) => `${somebody(fact.by)} had the stopped attempt go on (comment ${fact.comment}).`,
  'undo-asked': (fact) => `${somebody(fact.by)} asked to undo the fix (comment ${fact.comment}).`,
  'revert-opened': (fact) =>
    `The app opened pull request #${fact.pullRequest} with ${short(fact.head)}, which takes the fix back${fact.by === '' ? '' : `, as ${fact.by} asked`}.`,
  returned: (fact) => `The app opened the rejection again, with its history (comment ${fact.comment}).`,
  'merge-refused': (fact) => `${short(fact.head)} was not merged, because ${why(fact.reason)}.`,
  merged: (fact) =>
    `${mergedBy(fact)}, as ${short(fact.sha)}${fact.asJudged ? '' : fact.red === undefined ? ', and what stands on the base branch now was not judged green' : `, and what stands on the base branch now was judged red: ${unmarked(fact.red).replace(/[\r\n]+/g, ' ')}`}.`,
  abandoned: (fact) => `Pull request #${fact.pullRequest} was left behind for a new attempt.`,
  thanked: (fact) => `The app thanked the reporter (comment ${fact.comment}).`,
  'closed-by-hand': (fact) => `${somebody(fact.by)} closed the ${thing(fact.what)}.`,
  reopened: (fact) => `${somebody(fact.by)} reopened the ${thing(fact.what)}.`,
  outcome: (fact) => `Afterwards it ${outcomes[fact.outcome]}: ${unmarked(fact.because)}`,
  'configuration-refused': () => 'Files that the app is set up by have mistakes, so it waits until they are corrected.',
  delayed: (fact) =>
    `It was delayed${fact.until === null ? '' : ` until ${moment(fact.until)}`}, because ${why(fact.reason)}.`,
  resumed: () => 'The delay was over.',
  'duplicate-removed': ({ comment, kept, what }) =>
    what === 'issue'
      ? `Two issues stood for one part: #${comment} was closed, #${kept} stays.`
      : `Two comments carried one marker: ${comment} was removed, ${kept} stays.`,
  'pull-request-found': (fact) =>
    `The pull request of ${somebody(fact.author)} stands at ${short(fact.head)}, pushed by ${somebody(fact.by)}.`,
  'oracle-accepted': (fact) =>
    `${somebody(fact.by)} accepted that ${short(fact.head)} changes what it is judged by (comment ${fact.comment}).`,
  'recheck-asked': (fact) => `${somebody(fact.by)} asked to judge again (comment ${fact.comment}).`,
  'command-refused': (fact) =>
    `The command of ${somebody(fact.by)} was refused, because ${why(fact.reason)} (comment ${fact.comment}).`,
  'recheck-requested': (fact) => `${somebody(fact.by)} asked to judge ${short(fact.head)} again.`,
  forgotten: (fact) =>
    `Everything personal was deleted on request of ${somebody(fact.by)}. What was recorded before cannot be read any more.`,
};

/** What happened, in one sentence. */
export const happened = (fact: Fact): string => (sentences[fact.kind] as (fact: Fact) => string)(fact);

/** Sentences of `corrigible why` around the story. */
export const story = {
  badKey: (text: string): string => `“${text}” is no rejection. Name it like owner/name#7.`,
  unknown: (rejection: string): string =>
    `Nothing is known of ${rejection}. Check the number, and that the issue carries the label; after a rename, use the name the repository had first.`,
  line: (at: string, sentence: string): string => `${moment(at)}  ${sentence}`,
  stands: (stage: string, since: string, lasted: string): string =>
    `It stands at “${stage}” since ${moment(since)} (${lasted}).`,
} as const;
