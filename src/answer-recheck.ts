import { mayWrite } from './domain/approval.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { isSame, type Person, personOf } from './domain/person.ts';
import type { At } from './domain/stage.ts';
import type { Ports } from './ports.ts';
import { refuseCommand } from './refuse-command.ts';

/** How often people who may not write have one commit of theirs judged again: each time runs everything. */
const RECHECKS = 3;

/** What is known of judging a head again. */
export interface Again {
  /** Each time that it was asked for. */
  readonly asked: readonly FactOf<'recheck-requested'>[];
  /** Nothing was judged since it was last asked for, and nothing stands in the way of that. */
  readonly pending: boolean;
  /** That is at work, or queued. */
  readonly begun: boolean;
}

/** `judged`: of this head, since it was last asked for. */
export function againOf(
  head: string,
  rechecks: readonly FactOf<'recheck-requested'>[],
  { judged, held, queued }: Pick<At<'guarded'>, 'judged' | 'held' | 'queued'>,
): Again {
  const asked = rechecks.filter((one) => one.head === head);
  const pending = asked.length > 0 && judged === null && held === null;
  return { asked, pending, begun: queued?.fact.head === head };
}

/** Only people who may not write asked for this head: it may wait for its turn, which a writer's word ends. */
async function isHeldUp({ forge }: Ports, asked: Again['asked']): Promise<boolean> {
  for (const login of new Set(asked.map(({ by }) => by))) if (mayWrite(await forge.permission(login))) return false;
  return true;
}

/** Why a head is not judged again for somebody, or null. `isTheirs`: the pull request is. */
export async function refusedRecheck(
  ports: Ports,
  { asked, pending, begun }: Again,
  person: Person,
  isTheirs: boolean,
): Promise<'command-no-write' | 'recheck-used-up' | 'recheck-pending' | null> {
  const writes = mayWrite(await ports.forge.permission(person.login));
  if (!writes && !isTheirs) return 'command-no-write';
  if (pending && (begun || !writes || !(await isHeldUp(ports, asked)))) return 'recheck-pending';
  const before = asked.filter((one) => one.comment !== null && isSame(personOf(one), person));
  return !writes && before.length >= RECHECKS ? 'recheck-used-up' : null;
}

/** Whether the head of the app's own pull request is judged again, on somebody's comment. */
export async function answerRecheck(
  ports: Ports,
  { proposal: { head, pullRequest }, judgements, held, queued }: At<'proposed'>,
  { by, comment }: FactOf<'recheck-asked'>,
  rechecks: readonly FactOf<'recheck-requested'>[],
): Promise<Fact> {
  const judged = judgements.find((one) => one.head === head && !one.merge) ?? null;
  const again = againOf(head, rechecks, { judged, held, queued });
  const code = await refusedRecheck(ports, again, personOf({ by }), false);
  if (code === null) return { kind: 'recheck-requested', head, by, comment };
  return refuseCommand(ports, { code, detail: by }, { id: comment, by }, { on: pullRequest });
}
