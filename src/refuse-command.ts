import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { guard as say } from './domain/messages/guard.ts';
import { because } from './domain/messages/people.ts';
import { byOf, isSame, type Person, personOf } from './domain/person.ts';
import { keyOf } from './domain/rejection.ts';
import type { Comment, Ports } from './ports.ts';
import { commentOnce } from './write-once.ts';

/** How many refusals one person is told of while one commit stands there: anybody may comment, any number of times. */
const TOLD = 3;
const NEW_HEADS = new Set<Fact['kind']>(['pull-request-found', 'pull-request-opened', 'head-moved', 'revised']);

interface Where {
  /** Issue or pull request. Default the rejection. */
  readonly on?: number;
  /** What was decided in the same move, and is not recorded yet. */
  readonly beside?: readonly Fact[];
}

/** Whether this person was told of enough refusals already. */
async function wasTold(ports: Ports, person: Person, beside: readonly Fact[]): Promise<boolean> {
  const facts = (await ports.ledger.read(keyOf(ports.ref))).map(({ fact }) => fact);
  const since = facts.slice(facts.findLastIndex(({ kind }) => NEW_HEADS.has(kind)) + 1);
  const told = [...since, ...beside].filter(
    (fact) => fact.kind === 'command-refused' && isSame(personOf(fact), person),
  );
  return told.length >= TOLD;
}

/** Says once, where it was given, why a command is not followed; whoever is refused again and again is told no more. */
export async function refuseCommand(
  ports: Ports,
  reason: Reason,
  comment: Pick<Comment, 'id' | 'by' | 'byId'>,
  { on, beside = [] }: Where = {},
): Promise<Fact> {
  const { id } = comment;
  const person = personOf(comment);
  // Bots are not answered: two could talk for ever.
  if (reason.code !== 'command-bot' && !(await wasTold(ports, person, beside)))
    await commentOnce(ports, `command-${id}`, say.refused(because(reason)), on);
  return { kind: 'command-refused', comment: id, ...byOf(person), reason };
}

/** The receipt of a command that was followed. */
export const followed = ({ command, comment }: FactOf<'command-asked'>, by: Pick<Comment, 'by' | 'byId'>): Fact => ({
  kind: 'command-followed',
  command,
  comment,
  ...byOf(personOf(by)),
});
