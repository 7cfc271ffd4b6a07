import { learnPersonal } from './domain/learn-personal.ts';
import { accountsOf, type Redactor, redactor } from './domain/redact.ts';
import { type Json, keyOf } from './domain/rejection.ts';
import { ticketsIn } from './domain/report/choose-tickets.ts';
import { standingOf } from './domain/standing.ts';
import { FileRefused, type Ports } from './ports.ts';
import type { Base } from './read-base.ts';

type Where = Pick<Base, 'configuration' | 'commit'>;

/** The stored ticket as data; null where it is none, and names nobody that could be told from a word. */
async function storedAt({ repository }: Pick<Ports, 'repository'>, commit: string, path: string): Promise<Json> {
  try {
    return JSON.parse((await repository.read(commit, path)) ?? 'null') as Json;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof FileRefused) return null;
    throw error;
  }
}

/** Teaches who is named in a stored ticket. */
export async function learnTicket(
  ports: Pick<Ports, 'repository'>,
  { configuration, commit }: Where,
  ticket: string,
  by: Redactor,
): Promise<void> {
  const { tickets } = configuration;
  const stored = tickets === undefined ? [] : await ports.repository.list(commit, tickets);
  for (const path of stored.filter((one) => ticketsIn([one])[0] === ticket)) {
    const input = await storedAt(ports, commit, path);
    learnPersonal({ steps: [{ step: ticket, input, output: null }] }, by);
  }
}

/** A redactor that knows how account numbers look there, and whom the stored ticket of this name is about. */
export async function knowingTicket(
  ports: Pick<Ports, 'repository'>,
  where: Where,
  ticket: string | null,
): Promise<Redactor> {
  const by = redactor({ accounts: accountsOf(where.configuration) });
  if (ticket !== null) await learnTicket(ports, where, ticket, by);
  return by;
}

/** The same for whatever is said about this rejection: people speak of its customer without a title or a greeting. */
export async function knowingPeople(
  ports: Pick<Ports, 'repository' | 'ledger' | 'ref'>,
  where: Where,
): Promise<Redactor> {
  const { accepted } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  return knowingTicket(ports, where, accepted?.ticket ?? null);
}
