import type { RawChange } from '../../ports.ts';
import { compareTrees } from './compare-trees.ts';
import { anId, pathText, splitNul } from './run-git.ts';

/** Nothing that a driver could hide, and renames as what they are. The mirror's attributes make every file text. */
const PLAIN = ['-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none'];

const STATUS: Readonly<Record<string, RawChange['status']>> = {
  A: 'added',
  D: 'deleted',
  M: 'modified',
  T: 'type-changed',
};

interface Counts {
  readonly added: number;
  readonly removed: number;
}

function rawChange(head: string, path: string, counts: ReadonlyMap<string, Counts>): RawChange {
  const [oldMode = '', newMode = '', oldId = '', newId = '', letter = ''] = head.slice(1).split(' ');
  const status = STATUS[letter];
  const count = counts.get(path);
  if (status === undefined || count === undefined) throw new Error(`git diff-tree printed what is unknown: ${head}`);
  return { path: pathText(path), status, oldMode, newMode, oldId, newId, ...count };
}

/** See `Repository.changes`. */
export async function changesBetween(gitDir: string, from: string, to: string): Promise<RawChange[]> {
  const args = ['diff-tree', ...PLAIN, '--raw', '--numstat', '-z', anId(from), anId(to)];
  const words = splitNul(await compareTrees(gitDir, args));
  const raw: [head: string, path: string][] = [];
  const counts = new Map<string, Counts>();
  // First every raw entry, as two words; then every count, as one.
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word.startsWith(':')) raw.push([word, words[++i] ?? '']);
    else {
      const [added = '', removed = '', ...path] = word.split('\t');
      counts.set(path.join('\t'), { added: Number(added) || 0, removed: Number(removed) || 0 });
    }
  }
  return raw.map(([head, path]) => rawChange(head, path, counts));
}

/**
 * See `Repository.diff`. Cut to `most` characters: a text that is shorter is whole, which a search for secrets relies
 * on.
 */
export async function diffText(gitDir: string, from: string, to: string, most: number): Promise<string> {
  const args = ['diff-tree', '-p', ...PLAIN, anId(from), anId(to)];
  // A character takes at most three bytes per unit of a JavaScript string.
  const bytes = await compareTrees(gitDir, args, { most: most * 3 });
  return bytes.toString('utf8').slice(0, most);
}
