import { mayWrite } from './domain/approval.ts';
import type { AnswerGiven, Fact, FactOf } from './domain/fact.ts';
import { hasLabel, isLabel, LABELS } from './domain/labels.ts';
import { parseRejection, textHashOf } from './domain/parse-rejection.ts';
import { isSame, type Person, personOf } from './domain/person.ts';
import { redactor } from './domain/redact.ts';
import { type Answered, keyOf } from './domain/rejection.ts';
import type { At } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Comment, Issue, Ports } from './ports.ts';
import { readAnswers } from './read-text.ts';
import { partIn } from './split-rejection.ts';

/** An open issue with the rejection label is a rejection; anything else is left alone, and a pull request told apart. */
export async function acceptRejection(ports: Ports): Promise<readonly Fact[] | 'pull-request'> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (issue.isPullRequest) return 'pull-request';
  if (!issue.open || !hasLabel(issue.labels, LABELS.rejection)) return [];
  const accepted = await acceptedFrom(ports, issue, { after: 0, answers: [] });
  return accepted === null ? [] : [accepted];
}

/** How it is taken up: with the comments up to `after`, of which some are hints, and some answer questions. */
interface TakenUp {
  readonly after: number;
  readonly hints?: readonly number[] | undefined;
  readonly given?: readonly AnswerGiven[];
  /** What those that answer say. */
  readonly answers: readonly Answered[];
}

/** null: an issue of the app's own that is a part of no rejection. */
async function acceptedFrom(
  ports: Ports,
  issue: Issue,
  { after, hints = [], given = [], answers }: TakenUp,
): Promise<FactOf<'rejection-accepted'> | null> {
  const rejection = parseRejection(ports.ref, issue, redactor(), undefined, { hints: [], answers });
  const part = issue.author === ports.forge.me.login ? await partOf(ports, issue) : undefined;
  if (part === null) return null;
  return {
    kind: 'rejection-accepted',
    reporter: issue.author,
    textHash: rejection.textHash,
    ticket: rejection.ticket,
    hidden: rejection.hidden.length,
    after,
    ...(hints.length > 0 && { hints }),
    ...(given.length > 0 && { answers: given }),
    ...part,
  };
}

async function acceptAnew(ports: Ports, issue: Issue, takenUp: TakenUp): Promise<readonly Fact[]> {
  const anew = await acceptedFrom(ports, issue, takenUp);
  return anew === null ? [] : [anew];
}

/** The hints and answers that it was taken up with before. */
async function knownBefore(ports: Ports, accepted: FactOf<'rejection-accepted'> | null) {
  const { answers: given = [], hints } = accepted ?? {};
  return { hints, given, answers: await readAnswers(ports, given) };
}

/** A part was told of which rejection when it was first taken up: people may edit what its text says of that. */
async function partOf(ports: Ports, issue: Issue): ReturnType<typeof partIn> {
  const { accepted } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (accepted?.partOf === undefined) return partIn(ports, issue);
  return { partOf: accepted.partOf, reporter: accepted.reporter };
}

/** Whoever reported it: an issue of the app's own was reported by somebody else. */
const reporterOf = (issue: Issue, accepted: FactOf<'rejection-accepted'> | null): Person =>
  accepted?.partOf === undefined
    ? personOf({ by: issue.author, byId: issue.authorId })
    : personOf({ by: accepted.reporter });

/** Comments that are read as answers without a `/retry`: each may have the rejection read by a model. */
const MOST_ANSWERS = 8;

/** Others than the reporter of whom it is asked whether they may write. */
const MOST_OTHERS = 5;

/**
 * The first comment since `after` by whoever reported, or may write, that is no command: the answer to what was asked.
 * null where there is none.
 */
async function answerIn(
  ports: Ports,
  author: Person,
  comments: readonly Comment[],
  after: number,
): Promise<Comment | null> {
  const said = comments.filter(
    (c) => c.id > after && c.byPerson && c.body.trim() !== '' && !/^\s{0,20}\/[a-z]/.test(c.body),
  );
  const others = new Map<string, boolean>();
  for (const comment of said) {
    if (isSame(personOf(comment), author)) return comment;
    if (others.size === MOST_OTHERS && !others.has(comment.by)) continue;
    const known = others.get(comment.by) ?? mayWrite(await ports.forge.permission(comment.by));
    if (known) return comment;
    others.set(comment.by, known);
  }
  return null;
}

/** The newest `/retry` of a person who may write or who reported; 0 when there is none since `after`. */
async function askedToRetry(
  ports: Ports,
  reporter: Person,
  comments: readonly Comment[],
  after: number,
): Promise<number> {
  const asks = comments.filter((c) => c.id > after && c.byPerson && /^\s{0,20}\/retry\b/.test(c.body));
  for (const ask of asks.reverse())
    if (isSame(personOf(ask), reporter) || mayWrite(await ports.forge.permission(ask.by))) return ask.id;
  return 0;
}

/** What was asked, where an answer may still come, or say more than the one before. */
function stillAsked({ declined: { reason }, question }: At<'declined'>): readonly string[] | undefined {
  if (reason.code === 'no-answer') return question?.missing;
  return reason.code === 'still-open' ? reason.detail?.split(', ') : undefined;
}

/** What a decline waits for. `closes`: the app closed it by itself, and that is no end by hand. */
export function declinedAs(stage: At<'declined'>, heard: number): Waiting {
  const { textHash, declined } = stage;
  const asked = stillAsked(stage);
  return {
    textHash,
    after: Math.max(declined.comment ?? 0, heard),
    closes: declined.reason.code === 'already-fixed',
    ...(asked !== undefined && { asked }),
  };
}

/** What a rejection waits with. */
interface Waiting {
  readonly textHash: string;
  /** Comments up to this one were heard. */
  readonly after: number;
  readonly closes?: boolean;
  /** What the reporter was asked about: a comment may answer it. */
  readonly asked?: readonly string[];
}

/**
 * A question, a decline or a refused configuration ends when the rejection's text changes, on an answer in a comment to what
 * was asked, or on a `/retry` that was not answered yet: then it is accepted anew.
 */
export async function reconsider(ports: Ports, waiting: Waiting): Promise<readonly Fact[]> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open && waiting.closes) return [];
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  const { accepted } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const before = await knownBefore(ports, accepted);
  const { given, answers } = before;
  const takenUp = (more: Partial<TakenUp>) => acceptAnew(ports, issue, { ...before, after: waiting.after, ...more });
  if (textHashOf(issue, answers) !== waiting.textHash) return takenUp({});
  const comments = await ports.forge.comments(ports.ref.issue);
  const reporter = reporterOf(issue, accepted);
  const isAnswered =
    waiting.asked !== undefined && !waiting.asked.includes('description') && given.length < MOST_ANSWERS;
  const answer = isAnswered && (await answerIn(ports, reporter, comments, waiting.after));
  if (answer) {
    const to = waiting.asked ?? [];
    return takenUp({
      after: answer.id,
      given: [...given, { comment: answer.id, to }],
      answers: [...answers, { words: answer.body, to }],
    });
  }
  const retry = await askedToRetry(ports, reporter, comments, waiting.after);
  return retry === 0 ? [] : takenUp({ after: retry });
}

/** Takes up anew what says something else by now, or is to be read again, on a `/retry` since that comment. */
export async function takeUpAnew(ports: Ports, since: number): Promise<readonly Fact[]> {
  const issue = await ports.forge.issue(ports.ref.issue);
  const { accepted } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const comments = await ports.forge.comments(ports.ref.issue);
  const retry = await askedToRetry(ports, reporterOf(issue, accepted), comments, since);
  return retry === 0 ? [] : acceptAnew(ports, issue, { ...(await knownBefore(ports, accepted)), after: retry });
}

/** A rejection that was closed by hand goes on where it stood when it is opened again. */
export async function noticeReopening(ports: Ports, stage: At<'closed'>): Promise<readonly Fact[]> {
  if (stage.closed.what === 'pull-request') return noticePullRequestReopening(ports, stage);
  const issue = await ports.forge.issue(ports.ref.issue);
  return issue.open ? [{ kind: 'reopened', what: 'rejection', by: issue.author }] : [];
}

/** A closed pull request may be opened again, or given up: a new label on the rejection means a new attempt. */
async function noticePullRequestReopening(ports: Ports, stage: At<'closed'>): Promise<readonly Fact[]> {
  const { pullRequest, clearedBy } = stage;
  if (pullRequest === null) return [];
  const pull = await ports.forge.pullRequest(pullRequest);
  if (pull.open) return [{ kind: 'reopened', what: 'pull-request', by: stage.closed.by }];
  return noticeNewLabel(ports, pullRequest, clearedBy ?? 0);
}

/** A label that was set after the one of event `clearedBy` begins a new attempt at the spec as it stands. */
async function noticeNewLabel(ports: Ports, pullRequest: number, clearedBy: number): Promise<readonly Fact[]> {
  const events = await ports.forge.labelEvents(ports.ref.issue);
  const last = events.filter((event) => isLabel(event.label, LABELS.clear)).at(-1);
  return last?.on && last.id > clearedBy ? [{ kind: 'abandoned', pullRequest }] : [];
}

/** A rejection that came back after its merge is taken up anew on `/retry`, another text, or a new label. */
export async function noticeNewAttempt(
  ports: Ports,
  { returned, approved, proposal }: At<'returned'>,
  heard: number,
): Promise<readonly Fact[]> {
  const { textHash, comment } = returned;
  const facts = await reconsider(ports, { textHash, after: Math.max(comment, heard) });
  return facts.length > 0 ? facts : noticeNewLabel(ports, proposal.pullRequest, approved.event);
}
