import { mayWrite } from './domain/approval.ts';
import type { Fact } from './domain/fact.ts';
import { LABELS } from './domain/labels.ts';
import { parseRejection, textHashOf } from './domain/parse-rejection.ts';
import { redactor } from './domain/redact.ts';
import type { At } from './domain/stage.ts';
import type { Issue, Ports } from './ports.ts';

/** An open issue with the rejection label is a rejection; anything else is left alone. */
export async function acceptRejection(ports: Ports): Promise<readonly Fact[]> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open || issue.isPullRequest || !issue.labels.includes(LABELS.rejection)) return [];
  return [acceptedFrom(ports, issue)];
}

function acceptedFrom(ports: Ports, issue: Issue): Fact {
  const rejection = parseRejection(ports.ref, issue, redactor());
  return {
    kind: 'rejection-accepted',
    reporter: issue.author,
    textHash: rejection.textHash,
    ticket: rejection.ticket,
    hidden: rejection.hidden.length,
  };
}

/** The latest `/retry` of a person who may write or who reported, after the comment that ended the stage. */
async function askedToRetry(ports: Ports, issue: Issue, after: number): Promise<boolean> {
  const comments = await ports.forge.comments(ports.ref.issue);
  const asks = comments.filter((c) => c.id > after && c.byPerson && /^\s*\/retry\b/.test(c.body));
  for (const ask of asks) if (ask.by === issue.author || mayWrite(await ports.forge.permission(ask.by))) return true;
  return false;
}

/**
 * A question, a decline or a refused configuration ends when the rejection's text changes or on `/retry`: then it is
 * accepted anew.
 */
export async function reconsider(
  ports: Ports,
  waiting: { readonly textHash: string; readonly comment: number },
): Promise<readonly Fact[]> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'somebody' }];
  if (textHashOf(issue) !== waiting.textHash) return [acceptedFrom(ports, issue)];
  const retry = await askedToRetry(ports, issue, waiting.comment);
  return retry ? [acceptedFrom(ports, issue)] : [];
}

/** A rejection that was closed by hand goes on where it stood when it is opened again. */
export async function noticeReopening(ports: Ports, stage: At<'closed'>): Promise<readonly Fact[]> {
  if (stage.closed.what === 'pull-request') return noticePullRequestReopening(ports, stage);
  const issue = await ports.forge.issue(ports.ref.issue);
  return issue.open ? [{ kind: 'reopened', what: 'rejection', by: issue.author }] : [];
}

async function noticePullRequestReopening(ports: Ports, stage: At<'closed'>): Promise<readonly Fact[]> {
  if (stage.pullRequest === null) return [];
  const pull = await ports.forge.pullRequest(stage.pullRequest);
  return pull.open ? [{ kind: 'reopened', what: 'pull-request', by: stage.closed.by }] : [];
}
