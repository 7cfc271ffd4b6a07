import {
  CODE_OWNERS_BYTES,
  CODE_OWNERS_FILES,
  type CodeOwners,
  nobody,
  parseCodeOwners,
} from './domain/code-owners.ts';
import { FileRefused, type Ports, type Reviewers } from './ports.ts';

/** Writers asked at most, where nobody owns what was changed. */
const WRITERS = 3;
/** GitHub takes no more at once. */
const OWNERS = 15;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const unique = (names: readonly string[]): readonly string[] =>
  names.filter((name, i) => names.findIndex((one) => same(one, name)) === i);

/** Who owns what, by the commit's own file. One that GitHub would not load makes nobody an owner. */
export async function readCodeOwners({ repository }: Ports, commit: string): Promise<CodeOwners> {
  try {
    for (const file of CODE_OWNERS_FILES) {
      const text = await repository.read(commit, file, CODE_OWNERS_BYTES);
      if (text !== null) return parseCodeOwners(text);
    }
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
  }
  return () => nobody;
}

/** Commits, and the person whose review does not count. */
interface Change {
  readonly base: string;
  readonly head: string;
  readonly not: string | null;
}

/**
 * Who may be asked to review, best first; each next one only where GitHub refuses those before. The owners of what was
 * changed as far as they may write, else a few writers.
 */
export async function chooseReviewers(ports: Ports, { base, head, not }: Change): Promise<readonly Reviewers[]> {
  const ownersOf = await readCodeOwners(ports, base);
  const owners = (await ports.repository.changes(base, head)).map(({ path }) => ownersOf(path));
  const all = await ports.forge.writers();
  const writers = all.filter((login) => not === null || !same(login, not));
  const named = unique(owners.flatMap(({ people }) => people));
  const people = writers.filter((login) => named.some((name) => same(name, login))).slice(0, OWNERS);
  const organisation = ports.forge.repo.slice(0, ports.forge.repo.indexOf('/') + 1);
  const teams = unique(owners.flatMap((one) => one.teams))
    .filter((team) => same(team.slice(0, organisation.length), organisation))
    .slice(0, OWNERS - people.length);
  const choices = [
    { people, teams },
    { people: teams.length === 0 ? [] : people, teams: [] },
    { people: writers.slice(0, WRITERS), teams: [] },
  ];
  return choices.filter((choice) => choice.people.length + choice.teams.length > 0);
}
