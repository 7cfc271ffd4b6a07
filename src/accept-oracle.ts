import { mayWrite } from './domain/approval.ts';
import { acceptNamed, namedIn } from './domain/compare-oracles.ts';
import type { FactOf } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { oracle as say } from './domain/messages/guard.ts';
import { byOf, isKnown, isSame, personOf } from './domain/person.ts';
import type { At } from './domain/stage.ts';
import type { Verdict } from './domain/verdict.ts';
import type { Comment, Ports } from './ports.ts';

export type Command = {
  readonly comment: Comment;
  readonly name: 'accept-oracle' | 'recheck';
  readonly argument: string;
};

/** What the checks of a head say, with what was accepted of it. */
export function toldOf({ verdict }: FactOf<'judged'>, accepted: At<'guarded'>['accepted']): Verdict {
  if (accepted === null) return verdict;
  const { by, named } = accepted;
  const why = named === undefined ? say.acceptedBefore : say.acceptedLess;
  return acceptNamed(verdict, accepted, (because) => why(by, because));
}

/** Whether what waits for a writer was named by the checks that stood on the head when this was written. */
function wasNamed({ judged, accepted, posted }: At<'guarded'>, { createdAt }: Comment): boolean {
  if (judged === null || posted?.verdictHash !== hashOf(toldOf(judged, accepted))) return false;
  // Both by GitHub's clock, in whole seconds.
  return Date.parse(createdAt) >= Date.parse(posted.shownAt ?? '');
}

/** Why a comment accepts nothing, whoever wrote it; or null. */
function unnamed(stage: At<'guarded'>, comment: Comment): string | null {
  const { judged, accepted, held, posted } = stage;
  if (held !== null && posted === null) return 'shared-head';
  if (judged === null) return 'accept-unseen';
  const named = namedIn(toldOf(judged, accepted));
  if (named?.length === 0) return 'accept-nothing';
  return named !== null && wasNamed(stage, comment) ? null : 'accept-unseen';
}

/** Whether another writer has accepted the same: of two one at least did not push it, whoever did. */
async function isSeconded(ports: Ports, stage: At<'guarded'>, command: Command, all: readonly Command[]) {
  const { pull } = stage;
  const known = [personOf(command.comment), pull.author];
  for (const { comment, name, argument } of all) {
    if (name !== 'accept-oracle' || argument !== pull.head || !comment.byPerson || !wasNamed(stage, comment)) continue;
    if (known.some((person) => isSame(person, personOf(comment)))) continue;
    if (mayWrite(await ports.forge.permission(comment.by)) && !(await ports.forge.wasEdited(comment.id))) return true;
  }
  return false;
}

/** Why somebody who may write does not accept what this head is judged by, or null. `all`: the commands given so far. */
export async function refusedAcceptance(
  ports: Ports,
  stage: At<'guarded'>,
  command: Command,
  { solo, all }: { readonly solo: boolean; readonly all: readonly Command[] },
): Promise<string | null> {
  const { head, by: pusher, author } = stage.pull;
  const commander = personOf(command.comment);
  if (command.argument !== head) return 'accept-stale-head';
  if (!solo && isSame(commander, author)) return 'accept-author';
  const pushed = isSame(commander, pusher) || (await ports.ledger.pushed(ports.ref.repo, head, commander));
  if (!solo && pushed === true) return 'accept-last-pusher';
  const nothing = unnamed(stage, command.comment);
  if (nothing !== null) return nothing;
  const isUnknown = !solo && pushed === null && !isKnown(pusher);
  if (isUnknown && !(await isSeconded(ports, stage, command, all))) return 'accept-unknown-pusher';
  // Whoever may write may edit anybody's words. With a recheck they gain nothing that they may not ask for themselves.
  return (await ports.forge.wasEdited(command.comment.id)) ? 'accept-edited' : null;
}

/** Exactly what is named now is accepted. */
export const acceptance = ({ pull, judged }: At<'guarded'>, comment: Comment): FactOf<'oracle-accepted'> => ({
  kind: 'oracle-accepted',
  head: pull.head,
  ...byOf(personOf(comment)),
  comment: comment.id,
  named: (judged && namedIn(judged.verdict)) ?? [],
});
