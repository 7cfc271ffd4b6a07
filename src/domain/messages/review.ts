import type { Reason } from '../fact.ts';
import { short } from '../hash.ts';
import type { Topic } from '../review.ts';
import type { RubricStamp, Spec } from '../spec.ts';
import { because, inCode, list, quoted } from './people.ts';

/** Why an approval does not count, and why no commit comes of a review. */
export const reviewReasons: Readonly<Record<string, (detail: string) => string>> = {
  // Reviews (invariant 1).
  'review-bot': (by) => `${by} is not a person, and only people approve`,
  'review-author': (by) => `${by} opened this pull request and cannot approve it`,
  'review-requester': (by) =>
    `${by} cleared this fix, so somebody else has to approve it (or set \`solo: true\` in the configuration)`,
  'review-last-pusher': (by) => `${by} pushed the last commit, so somebody else has to approve it`,
  'review-unknown-pusher': () =>
    'it is not known who pushed the last commit. Push once more (an empty commit will do), then approve',
  'review-no-write': (by) => `${by} has no write permission here`,
  // Requests for changes.
  'revision-respec': () =>
    'it asks for another outcome than the spec that was approved, and only people change that one',
  'revision-unclear': () =>
    'I am not sure whether it asks something, wants another outcome, or the same one made differently',
  'revision-nothing': () => 'I found no words in it that I may read',
  'revision-too-much': () => 'it is more than I take up at once (30 remarks, 10,000 characters)',
  'revision-hold-out': () => 'it has words or numbers of a hold-out, which no agent may read',
  'revision-orders': () => 'it gives orders to a machine instead of saying what should be different',
  'revision-same': (who) =>
    who === 'recipe'
      ? 'the fix is made by the recipe of its rubric, which would make the very same again'
      : 'nobody here can make the change in another way: no model is configured',
  'revision-overtaken': () => 'somebody has pushed to the branch, and I put no commit over a person’s',
  'revision-stale': (head) => `it is about ${inCode(short(head))}, which does not stand here any more`,
  'revision-edited': () => 'its words were changed while I worked on them',
  'revision-halted': (by) => `${by} stopped it`,
  'revision-withdrawn': () => 'it was taken back',
};

/** What can be done where `reason` says that nothing comes of a review by itself. `issue`: of the rejection. */
function next({ code }: Reason, issue: number, label: string): string {
  const push = 'push the change to the branch yourself; the checks judge it like mine';
  const again = `say it differently in a new review, or ${push}.`;
  if (code === 'revision-respec')
    return `To change what is wanted: close this pull request, edit the spec comment in #${issue}, take the label ${inCode(label)} off and set it again; where the status comment then says that the spec was changed, set it once more when it says “Ready”. If only the way it is done should be different, ${again}`;
  if (code === 'revision-same')
    return `To have it otherwise, ${push}, or close this pull request and edit the spec in #${issue}.`;
  if (code === 'revision-overtaken') return `Please ${push}. Then the review can be given anew.`;
  if (code === 'label-removed' || code === 'merge-text-changed') return `Please look at #${issue}, then review again.`;
  if (code === 'revision-stale' || code === 'revision-edited')
    return 'Please look at what stands here now, and review that.';
  return `Please ${again}`;
}

/** What is said on the pull request about a review of which no commit comes. */
export const revisionStopped = (by: string, reason: Reason, issue: number, label: string): string =>
  `@${by}, I changed nothing for this review, because ${because(reason)}.\n\n${capital(next(reason, issue, label))}`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Recorded {
  readonly spec: Spec;
  readonly rubric: RubricStamp;
  readonly by: string;
  readonly issue: number;
  /** Commit of base that the fix was measured on. */
  readonly base: string;
  readonly agent: 'recipe' | 'model';
}

const facts: Readonly<Record<Topic, (of: Recorded) => string>> = {
  why: ({ spec, issue }) =>
    `Why: #${issue} rejected this output: ${quoted(spec.observed)} It was approved that it should be: ${quoted(spec.expected)}`,
  rubric: ({ rubric, agent }) =>
    `Rubric: ${inCode(rubric.id)} (${inCode(short(rubric.hash))}); the change was made by ${agent === 'recipe' ? 'its recipe' : 'a model, within its kind of change'}.`,
  cases: ({ spec, base }) =>
    `Cases, run on ${inCode(short(base))} and on this change:\n${list([
      ...spec.acceptance.map(({ name }) => `red there, green here: ${quoted(name)}`),
      ...spec.guards.map(({ name }) => `green on both: ${quoted(name)}`),
      `hold-outs, which the agent never saw: ${spec['hold-outs'].length}`,
    ])}`,
  who: ({ by, issue }) => `Who: ${by} approved the spec in #${issue}; a bot made the change.`,
};

/** The answer to a question that the record answers. */
export const fromRecord = (about: readonly Topic[], of: Recorded): string =>
  `From the record:\n\n${about.map((topic) => facts[topic](of)).join('\n\n')}`;

/** The answer to a question that a model drafted. */
export const fromModel = (answer: string): string =>
  `${quoted(answer)}\n\n<sub>Drafted by a model from the spec, its cases and the change. Nobody has checked it.</sub>`;

/** The answer to a wish that was carried out. */
export const carriedOut = (head: string, remarks: number): string =>
  `Taken up in ${head}${remarks === 1 ? '' : `, together with the other remarks of this review`}. The whole was judged again, and every check passed. Please look whether it is what you meant.`;

export const revisionCommit = (spec: Spec, issue: number, review: number): string =>
  `${spec.title.replace(/[\u0000-\u001F]/g, ' ')}, as the review asks\n\nRejection: #${issue}\nReview: ${review}`;
