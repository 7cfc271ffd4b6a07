import { mayWrite } from './domain/approval.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { hasLabel, isLabel, LABELS } from './domain/labels.ts';
import { parseRejection, textHashOf } from './domain/parse-rejection.ts';
import { isSame, personOf } from './domain/person.ts';
import { redactor } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import type { At } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Issue, Ports } from './ports.ts';
import { partIn } from './split-rejection.ts';

/** An open issue with the rejection label is a rejection; anything else is left alone, and a pull request told apart. */
export async function acceptRejection(ports: Ports): Promise<readonly Fact[] | 'pull-request'> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (issue.isPullRequest) return 'pull-request';
  if (!issue.open || !hasLabel(issue.labels, LABELS.rejection)) return [];
  const accepted = await acceptedFrom(ports, issue, 0);
  return accepted === null ? [] : [accepted];
}

/** null: an issue of the app's own that is a part of no rejection. */
async function acceptedFrom(ports: Ports, issue: Issue, after: number): Promise<FactOf<'rejection-accepted'> | null> {
  const rejection = parseRejection(ports.ref, issue, redactor());
  const part = issue.author === ports.forge.me.login ? await partOf(ports, issue) : undefined;
  if (part === null) return null;
  return {
    kind: 'rejection-accepted',
    reporter: issue.author,
    textHash: rejection.textHash,
    ticket: rejection.ticket,
    hidden: rejection.hidden.length,
    after,
    ...part,
  };
}

/** A part was told of which rejection when it was first taken up: people may edit what its text says of that. */
async function partOf(ports: Ports, issue: Issue): ReturnType<typeof partIn> {
  const { accepted } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (accepted?.partOf === undefined) return partIn(ports, issue);
  return { partOf: accepted.partOf, reporter: accepted.reporter };
}

/** The newest `/retry` of a person who may write or who reported; 0 when there is none since `after`. */
async function askedToRetry(ports: Ports, issue: Issue, after: number): Promise<number> {
  const comments = await ports.forge.comments(ports.ref.issue);
  const asks = comments.filter((c) => c.id > after && c.byPerson && /^\s{0,20}\/retry\b/.test(c.body));
  const { accepted } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  // An issue of the app's own was reported by somebody else.
  const author =
    accepted?.partOf === undefined
      ? personOf({ by: issue.author, byId: issue.authorId })
      : personOf({ by: accepted.reporter });
  for (const ask of asks.reverse())
    if (isSame(personOf(ask), author) || mayWrite(await ports.forge.permission(ask.by))) return ask.id;
  return 0;
}

/** What a decline waits for. `closes`: the app closed it by itself, and that is no end by hand. */
export const declinedAs = ({ textHash, declined }: At<'declined'>, heard: number) => ({
  textHash,
  after: Math.max(declined.comment ?? 0, heard),
  closes: declined.reason.code === 'already-fixed',
});

/**
 * A question, a decline or a refused configuration ends when the rejection's text changes or on a `/retry` that was not
 * answered yet: then it is accepted anew.
 */
export async function reconsider(
  ports: Ports,
  waiting: { readonly textHash: string; readonly after: number; readonly closes?: boolean },
): Promise<readonly Fact[]> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open && waiting.closes) return [];
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  const changed = textHashOf(issue) !== waiting.textHash;
  const retry = changed ? 0 : await askedToRetry(ports, issue, waiting.after);
  if (!changed && retry === 0) return [];
  const accepted = await acceptedFrom(ports, issue, changed ? waiting.after : retry);
  return accepted === null ? [] : [accepted];
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
