import { hashText } from '../hash.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The tickets that these files store: each is known by the name of its file, without what follows the last dot. */
export function ticketsIn(paths: readonly string[]): readonly string[] {
  const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1));
  const stored = names.filter((name) => !name.startsWith('.') && !/^README\.md$/i.test(name));
  return [...new Set(stored.map((name) => name.replace(/\.[^.]*$/, '')))].sort(byText);
}

/**
 * At most so many of the tickets, in order: those that people complained about, and of the others a sample that only
 * changes where tickets come or go.
 */
export function chooseTickets(
  tickets: readonly string[],
  complained: ReadonlySet<string>,
  most: number,
): readonly string[] {
  if (tickets.length <= most) return tickets;
  const others = tickets
    .filter((ticket) => !complained.has(ticket))
    .map((ticket) => [hashText(ticket), ticket] as const);
  const sample = others.toSorted(([a], [b]) => byText(a, b)).map(([, ticket]) => ticket);
  return [...tickets.filter((ticket) => complained.has(ticket)), ...sample].slice(0, most).sort(byText);
}
