import { ensureUser, findUser, sameName, type World } from './world.ts';

/** Where the state names accounts. */
const ACCOUNTS: ReadonlySet<string> = new Set([
  'login',
  'author',
  'actor',
  'assignee',
  'assignees',
  'by',
  'user',
  'creator',
  'closedBy',
  'mergedBy',
  'lastPusher',
  'requestedReviewers',
  'teams',
]);

/** The same value with the account called otherwise. `named`: it stands where accounts are named. */
function renamed(value: unknown, from: string, to: string, named: boolean): unknown {
  if (typeof value === 'string') return named && sameName(value, from) ? to : value;
  if (Array.isArray(value)) return value.map((one) => renamed(one, from, to, named));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, renamed(member, from, to, named || ACCOUNTS.has(name))]),
  );
}

/**
 * Gives an account another login, at once: whatever GitHub told of it is told under the new one, with the same id, and
 * the old one is nobody's. Throws when the login is taken, and for owners of repositories.
 */
export function renameUser(world: World, from: string, to: string): void {
  const { state } = world;
  if (findUser(world, to)) throw new Error(`${to} exists already`);
  if (state.repositories.some(({ owner }) => sameName(owner, from))) throw new Error(`${from} owns repositories`);
  ensureUser(world, from).login = to;
  for (const token of state.tokens) if (sameName(token.login, from)) token.login = to;
  for (const repository of state.repositories) {
    const { collaborators, ...others } = repository;
    const roles = Object.entries(collaborators).map(([login, role]) => [sameName(login, from) ? to : login, role]);
    Object.assign(repository, renamed(others, from, to, false), { collaborators: Object.fromEntries(roles) });
  }
  world.changed();
}
