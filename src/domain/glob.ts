import { glob as not, path as notIn } from './messages/files.ts';
import { compilePattern, literalPattern } from './pattern.ts';

/** Longest glob that a configuration may hold. */
const LONGEST = 200;

/** Whether a path is meant. */
export type Matcher = (path: string) => boolean;

/** What a configuration's glob has that is not understood here, in words; null when nothing. */
export function globProblem(glob: string): string | null {
  if (glob.length > LONGEST) return not.tooLong(LONGEST);
  if (glob.startsWith('!')) return not.negated;
  // What other tools give a meaning is refused, so that nobody believes that it protects something.
  if (/[{}[\]|\\]|[+@!?*]\(/.test(glob)) return not.otherSigns;
  const segments = glob.split('/');
  if (segments.some((segment) => segment === '' || segment === '.')) return not.emptyPart;
  if (segments.some((segment) => segment !== '**' && segment.includes('**'))) return not.starsInPart;
  return segments.some((segment) => segment.split('*').length > 3) ? not.manyStars : null;
}

/** What keeps a configuration's path from being the one that git writes, in words; null when nothing. */
export function pathProblem(path: string): string | null {
  if (/[*?]/.test(path)) return notIn.wildcards;
  const parts = path.split('/');
  const right = parts.filter((part) => part !== '' && part !== '.');
  return right.length === parts.length ? null : notIn.emptyPart(right.join('/'));
}

const signs: Readonly<Record<string, string>> = { '*': '[^/]*', '?': '[^/]' };
const segmentPattern = (segment: string): string =>
  segment === '*' ? '[^/]+' : segment.replace(/\*+|\?|[^*?]+/g, (part) => signs[part[0] ?? ''] ?? literalPattern(part));

/** `a/**` means a too: what replaces a folder by a file or a link touches all that is in it. */
function patternOf(glob: string): string {
  const segments = glob.split('/').filter((segment, i, all) => segment !== '**' || all[i - 1] !== '**');
  if (segments.length === 1 && segments[0] === '**') return '(?s:.*)';
  const last = segments.length - 1;
  return segments
    .map((segment, i) => {
      if (segment !== '**') return `${segmentPattern(segment)}${i === last || segments[i + 1] === '**' ? '' : '/'}`;
      if (i === last) return '(?s:/.*)?';
      return i === 0 ? '(?s:.*/)?' : '(?s:/.*)?/';
    })
    .join('');
}

/**
 * A matcher that says whether any of the globs means a path, in time linear in the path. `*` and `?` stay within one
 * part of the path, `**` as a whole part stands for any number of parts, dot files are files like others, and everything
 * else stands for itself. Throws on a glob that is too long to compile.
 */
export function globMatcher(globs: readonly string[], ignoreCase = false): Matcher {
  const patterns = globs.map((glob) => {
    const pattern = compilePattern(patternOf(glob), ignoreCase);
    // A glob that is left out would leave what it protects open.
    if ('because' in pattern) throw new Error(`the glob ${glob} cannot be compiled: ${pattern.because}`);
    return pattern;
  });
  return (path) => patterns.some((pattern) => pattern.whole(path));
}
