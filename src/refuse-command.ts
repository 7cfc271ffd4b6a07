import type { Fact, Reason } from './domain/fact.ts';
import { guard as say } from './domain/messages/guard.ts';
import { because } from './domain/messages/people.ts';
import type { Comment, Ports } from './ports.ts';
import { commentOnce } from './write-once.ts';

/** Says once, where it was given, why a command is not followed. */
export async function refuseCommand(
  ports: Ports,
  reason: Reason,
  { id, by }: Pick<Comment, 'id' | 'by'>,
  on = ports.ref.issue,
): Promise<Fact> {
  // Bots are not answered: two could talk for ever.
  if (reason.code !== 'command-bot') await commentOnce(ports, `command-${id}`, say.refused(because(reason)), on);
  return { kind: 'command-refused', comment: id, by, reason };
}
