import { git } from './git.ts';
import { findEntry, readBlob } from './git-repository.ts';
import type { Repository } from './state.ts';
import { isAtLeast, roleOf } from './world.ts';

const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** Owners of each file that differs, as the base's CODEOWNERS names them, without those that may not write here. */
export async function ownersOfChanges(
  directory: string,
  repository: Repository,
  base: string,
  head: string,
): Promise<string[][]> {
  const rules = readRules(await readText(directory, base));
  const changed = await git(directory, ['diff', '--name-only', '-z', `${base}...${head}`]);
  return changed
    .split('\0')
    .filter(Boolean)
    .map((file) => rules.findLast(({ means }) => means.test(file))?.owners ?? [])
    .map((owners) => owners.filter((owner) => membersOf(repository, owner).length > 0));
}

/** The people behind an owner who may write: a login, or `owner/team`. */
export function membersOf(repository: Repository, owner: string): string[] {
  const [account, team] = owner.split('/');
  const members = team === undefined ? [account!] : (repository.teams?.[team] ?? []);
  return members.filter((login) => isAtLeast(roleOf(repository, login), 'write'));
}

async function readText(directory: string, commit: string): Promise<string> {
  for (const place of places) {
    const entry = await findEntry(directory, commit, place);
    if (entry?.type === 'blob') return (await readBlob(directory, entry.sha)).toString('utf8');
  }
  return '';
}

function readRules(text: string): { means: RegExp; owners: string[] }[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter(Boolean)
    .map((line) => line.split(/\s+/))
    .map(([pattern, ...owners]) => ({
      means: meaning(pattern!),
      owners: owners.filter((owner) => owner.startsWith('@')).map((owner) => owner.slice(1)),
    }));
}

/** A pattern as GitHub's examples explain it. */
function meaning(pattern: string): RegExp {
  const rooted = pattern.replace(/\/$/, '').includes('/') ? '^' : '(^|/)';
  const body = pattern
    .replace(/^\//, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\/\*\*$|\*|\?/g, (sign) => {
      if (sign === '**/') return '(.*/)?';
      if (sign === '/**') return '/.*';
      return sign === '*' ? '[^/]*' : '[^/]';
    });
  if (body.endsWith('/')) return new RegExp(`${rooted}${body}.`);
  return new RegExp(`${rooted}${body}${/(^|\/)\*$/.test(pattern) ? '$' : '(/|$)'}`);
}
