import { type Allowance, allowanceOf, cutOff, endOfDay, type UsedUp, usedUp } from './domain/budget.ts';
import type { Configuration } from './domain/configuration.ts';
import type { Fact, Reason } from './domain/fact.ts';
import { keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import type { Agent, Ports } from './ports.ts';

/** Later than midnight by so much, for clocks that differ. */
const LATER_MS = 5000;

/** What the next round of the agent may spend, or the limit that leaves nothing. A recipe costs time alone. */
export async function fundsOf(
  ports: Ports,
  { budget }: Configuration,
  agent: Pick<Agent, 'kind'> | null,
): Promise<Allowance | UsedUp> {
  const { spent, stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const now = ports.clock.now();
  const cut = 'rounds' in stage ? cutOff(stage.rounds, budget, now) : null;
  if (cut !== null) return cut;
  const day = await ports.ledger.spentOn(ports.ref.repo, now.slice(0, 10));
  const soFar = { rejection: spent, day };
  return usedUp(budget, soFar, agent?.kind === 'model') ?? allowanceOf(budget, soFar);
}

/** The limit as a reason. */
export const reasonOf = ({ usedUp: scope, unit, spent, limit }: UsedUp): Reason => ({
  code: scope === 'day' ? 'budget-day' : 'budget-rejection',
  detail: spent === null ? `${unit} ${limit}` : `${unit} ${Math.ceil(spent * 100) / 100} ${limit}`,
});

/**
 * Puts the work off until the day is over, where the repository's budget for it is used up: the alarm is set, and what is
 * to be recorded is returned, nothing where it is recorded already. Null where the day leaves something.
 */
export async function putOff(
  ports: Ports,
  configuration: Configuration,
  agent: Pick<Agent, 'kind'> | null,
): Promise<readonly Fact[] | null> {
  const funds = await fundsOf(ports, configuration, agent);
  if (!('usedUp' in funds) || funds.usedUp !== 'day') return null;
  const now = ports.clock.now();
  const until = endOfDay(now);
  await ports.queue.wakeAfter(ports.ref, Date.parse(until) - Date.parse(now) + LATER_MS);
  const { delayed } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (delayed?.reason.code === 'budget-day' && delayed.until === until) return [];
  return [{ kind: 'delayed', reason: reasonOf(funds), until }];
}
