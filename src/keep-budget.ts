import { sharing } from './ask-model.ts';
import {
  type Allowance,
  allowanceOf,
  cutOff,
  endedBy,
  endOfDay,
  stillCut,
  type UsedUp,
  usedUp,
} from './domain/budget.ts';
import type { Configuration } from './domain/configuration.ts';
import type { Fact, Reason, Spent } from './domain/fact.ts';
import { heldOfDay } from './domain/messages/rounds.ts';
import { keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import { type Agent, GatewayCut, type GatewayEntry, type Model, type Ports, Weather } from './ports.ts';

/** Later than midnight by so much, for clocks that differ. */
const LATER_MS = 5000;

/** What the next round of the agent may spend, or the limit that leaves nothing. A recipe costs time alone. */
async function fundsOf(
  ports: Ports,
  { budget }: Configuration,
  agent: Pick<Agent, 'kind'> | null,
  atOnce = 1,
): Promise<Allowance | UsedUp> {
  const { spent, stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const now = ports.clock.now();
  const cut = 'rounds' in stage ? cutOff(stage.rounds, budget, now) : null;
  if (cut !== null) return cut;
  const day = await ports.ledger.spentOn(ports.ref.repo, now.slice(0, 10));
  const soFar = { rejection: spent, day };
  return usedUp(budget, soFar, agent?.kind === 'model') ?? allowanceOf(budget, soFar, atOnce);
}

/** How often the day may get fuller between being read and being put aside. */
const MOST_TRIES = 5;

/**
 * What the next round of the agent may spend, put aside until `release`: others at the same time are left the rest. Its
 * minutes are those of each of `atOnce` candidates. `held` while what others have put aside is in the way; the limit that
 * leaves nothing, where there is one.
 */
export async function setAside(
  ports: Ports,
  configuration: Configuration,
  agent: Pick<Agent, 'kind'> | null,
  atOnce = 1,
  fundsNow: () => Promise<Allowance | UsedUp> = () => fundsOf(ports, configuration, agent, atOnce),
): Promise<Allowance | UsedUp | 'held'> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const funds = await fundsNow();
    if ('usedUp' in funds || agent?.kind !== 'model') return funds;
    const want = { ...funds, atOnce };
    const taken = await ports.reserves.take(ports.clock.now().slice(0, 10), want, configuration.budget.day);
    if (taken === 'taken') return funds;
    if (taken === 'held') return 'held';
  }
  return 'held';
}

/** Notes what answers cost as they come, with the time since the last: should the process die, that counts as spent. */
export function noting({ reserves, ref, log }: Ports): (spent: Omit<Spent, 'seconds'>) => void {
  let since = performance.now();
  return (spent) => {
    const now = performance.now();
    const seconds = (now - since) / 1000;
    since = now;
    reserves
      .note({ seconds, ...spent })
      .catch((error: unknown) => log.warn('what was spent is not noted', { rejection: keyOf(ref), error }));
  };
}

/** The same for a run's exchanges with its model: until one is answered, the most that it may cost counts as spent. */
export function notingEach(ports: Ports): (entry: GatewayEntry) => void {
  const note = noting(ports);
  const underWay = new Map<number, Omit<Spent, 'seconds' | 'requests'>>();
  return (entry) => {
    if (entry.is === 'asked') {
      underWay.set(entry.id, entry.most);
      note({ ...entry.most, requests: 1 });
    } else if (entry.is === 'answered') {
      const { tokens = 0, money = 0 } = underWay.get(entry.id) ?? {};
      const paid = entry.money !== undefined && { money: entry.money - money };
      note({ tokens: entry.tokens - tokens, requests: underWay.delete(entry.id) ? 0 : 1, ...paid });
    }
  };
}

/** Gives back what was put aside and not spent. What is not given back lapses by itself. */
export const letGoOf = ({ reserves, ref, log }: Ports): Promise<void> =>
  reserves
    .release()
    .catch((error: unknown) => log.warn('what was put aside is not given back', { rejection: keyOf(ref), error }));

/** The work waits: what others at work have put aside of the day is in the way. */
export const heldByOthers = (queued: number): Fact => ({
  kind: 'run-lost',
  queued,
  because: heldOfDay(),
  weather: true,
});

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
  return 'usedUp' in funds && funds.usedUp === 'day' ? untilTomorrow(ports, funds) : null;
}

/** What is to be recorded of work that goes on when the day is over, nothing where it is recorded already; sets the alarm. */
export async function untilTomorrow(ports: Ports, funds: UsedUp): Promise<readonly Fact[]> {
  const now = ports.clock.now();
  const until = endOfDay(now);
  await ports.queue.wakeAfter(ports.ref, Date.parse(until) - Date.parse(now) + LATER_MS);
  const { delayed } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (delayed?.reason.code === 'budget-day' && delayed.until === until) return [];
  return [{ kind: 'delayed', reason: reasonOf(funds), until }];
}

/** Most tokens of all questions that are asked about one rejection, or one review, at a time. */
const MOST_READING = 300_000;

const READER = { kind: 'model' } as const;

/** When to look again whether others have let go of something. */
const HELD_MS = 15_000;

/** What questions may cost now, or the limit that leaves nothing; on the same day, also one that left too little. */
async function fundsToRead(ports: Ports, configuration: Configuration): Promise<Allowance | UsedUp> {
  const { budget } = configuration;
  const { delayed } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const cut = delayed?.until === endOfDay(ports.clock.now()) ? stillCut(delayed.reason, budget) : null;
  if (cut !== null) return cut;
  const own = { ...budget, tokens: MOST_READING, money: undefined };
  return fundsOf(ports, { ...configuration, budget: own }, READER);
}

/** Which of the repository's limits cut questions short; null where it was that of the questions themselves. */
function cutBy(funds: Allowance, spent: Spent, { budget }: Configuration): UsedUp | null {
  const { scope, unit } = endedBy(funds, spent);
  return scope === 'attempt' ? null : { usedUp: scope, unit, spent: null, limit: budget[scope][unit] ?? 0 };
}

/**
 * Lets models read something within what the rejection and its repository's day leave: `read` is given ports whose models
 * keep within that together. What each answer costs is told by whoever asks. `said` is null where the questions are dearer
 * than any may be. Throws what `read` throws, and `Weather` while what others have put aside of the day is in the way.
 */
export async function consult<T>(
  ports: Ports,
  configuration: Configuration,
  read: (within: Ports) => Promise<T>,
): Promise<{ readonly said: T | null } | UsedUp> {
  const funds = await setAside(ports, configuration, READER, 1, () => fundsToRead(ports, configuration));
  if (funds === 'held') throw new Weather(heldOfDay(), HELD_MS);
  if ('usedUp' in funds) return funds;
  const { within, spent } = sharing(funds, noting(ports));
  const lead = (model: Model | null) => (model === null ? null : within(model));
  const { detect, draft, ask } = ports.readers;
  const readers = { detect: lead(detect), draft: lead(draft), ask: lead(ask) };
  try {
    return { said: await read({ ...ports, model: lead(ports.model), readers }) };
  } catch (error) {
    if (!(error instanceof GatewayCut)) throw error;
    return cutBy(funds, { seconds: 0, ...spent() }, configuration) ?? { said: null };
  } finally {
    await letGoOf(ports);
  }
}
