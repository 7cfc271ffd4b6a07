import { mayWrite } from './domain/approval.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { hasLabel, isLabel, LABELS } from './domain/labels.ts';
import { byOf, personOf } from './domain/person.ts';
import { keyOf } from './domain/rejection.ts';
import type { At, Stage } from './domain/stage.ts';
import type { Comment, Ports } from './ports.ts';
import { readBase } from './read-base.ts';
import { refuseCommand } from './refuse-command.ts';

const isUnderWay = ({ revision }: At<'proposed'>): boolean =>
  revision !== null && !revision.ended && revision.stopped === null && revision.head === null;

/** What a stop makes of the stage; a code where there is nothing to stop. */
function stopped(stage: Stage, { by, comment }: FactOf<'stop-asked'>): readonly Fact[] | string {
  const halted: Fact = { kind: 'halted', by, comment };
  if (stage.name === 'cleared' || stage.name === 'proven') return [halted];
  if (stage.name === 'halted') return 'stop-already';
  if (stage.name !== 'proposed' || !isUnderWay(stage)) return 'stop-nothing';
  const reason = { code: 'revision-halted', detail: by };
  return [halted, { kind: 'revision-stopped', review: stage.revision?.review ?? 0, reason }];
}

/**
 * Follows a person's `/stop`, or says once in words why not. Whether that person may write is read now. What is at work is
 * ended by the next move, which sees that it is stopped, however often it has to begin anew.
 */
export async function answerStop(ports: Ports, stage: Stage, asked: FactOf<'stop-asked'>): Promise<readonly Fact[]> {
  const { by, comment } = asked;
  const facts = mayWrite(await ports.forge.permission(by)) ? stopped(stage, asked) : 'command-no-write';
  if (typeof facts !== 'string') return facts;
  // For the kill switch: a refusal is a comment.
  await readBase(ports);
  return [await refuseCommand(ports, { code: facts, detail: by }, { id: comment, by }, asked)];
}

const begins = (command: string, { body }: Comment): boolean => new RegExp(`^\\s{0,20}/${command}\\b`).test(body);

/** Comments of which the ledger tells that somebody was answered, or is about to be. */
async function heardIn(ports: Ports): Promise<ReadonlySet<number>> {
  const facts = (await ports.ledger.read(keyOf(ports.ref))).map(({ fact }) => fact);
  return new Set(facts.flatMap((fact) => (hasCommand(fact) ? [fact.comment] : [])));
}

const hasCommand = (fact: Fact): fact is FactOf<'stop-asked' | 'command-refused' | 'retried'> =>
  fact.kind === 'stop-asked' || fact.kind === 'command-refused' || fact.kind === 'retried';

/**
 * A `/stop` whose webhook was lost, while work is under way that it may end: of the comments on these issues or pull
 * requests, since the label was set, by GitHub's own times.
 */
export async function findStop(
  ports: Ports,
  clearedBy: number,
  ...places: readonly number[]
): Promise<readonly FactOf<'stop-asked'>[]> {
  const heard = await heardIn(ports);
  const asks: FactOf<'stop-asked'>[] = [];
  let since: string | undefined;
  for (const on of places)
    for (const comment of await ports.forge.comments(on)) {
      if (!comment.byPerson || heard.has(comment.id) || !begins('stop', comment)) continue;
      since ??= (await ports.forge.labelEvents(ports.ref.issue)).find(({ id }) => id === clearedBy)?.at ?? '';
      if (comment.createdAt >= since) asks.push({ kind: 'stop-asked', comment: comment.id, by: comment.by, on });
    }
  return asks;
}

/** The end of a stopped attempt, or its going on, once people want one of the two. */
export async function awaitRetry(ports: Ports, { halted, approved }: At<'halted'>): Promise<readonly Fact[]> {
  // First, and each time: a crash may have come between the fact and this, and work may just have begun.
  await ports.queue.cancelRun(keyOf(ports.ref));
  const { forge, ref } = ports;
  const issue = await forge.issue(ref.issue);
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  // For the kill switch.
  await readBase(ports);
  const labelled = (await forge.labelEvents(ref.issue)).findLast(({ label }) => isLabel(label, LABELS.clear));
  if (!hasLabel(issue.labels, LABELS.clear) || (labelled?.id ?? 0) > approved.event)
    return [{ kind: 'stopped', reason: { code: 'label-removed' } }];
  const heard = await heardIn(ports);
  const asks = (await forge.comments(ref.issue)).filter(
    (comment) => comment.id > halted.comment && comment.byPerson && !heard.has(comment.id) && begins('retry', comment),
  );
  for (const ask of asks) {
    const { id, by } = ask;
    if (mayWrite(await forge.permission(by))) return [{ kind: 'retried', ...byOf(personOf(ask)), comment: id }];
    return [await refuseCommand(ports, { code: 'command-no-write', detail: by }, ask)];
  }
  return [];
}
