/** Where GitHub looks for the file; the first that is there counts. */
export const CODE_OWNERS_FILES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;
/** GitHub loads none that is larger. */
export const CODE_OWNERS_BYTES = 3 * 1024 * 1024;

/** Whom a line of the file names, in its order. */
export interface Owners {
  /** Logins. */
  readonly people: readonly string[];
  /** `organisation/team`. */
  readonly teams: readonly string[];
  /** Owners by their e-mail address, whose logins only GitHub knows. */
  readonly addresses: number;
}

export const nobody: Owners = { people: [], teams: [], addresses: 0 };

/** Who owns a path: nobody, where the last line that means it names nobody, or none means it. */
export type CodeOwners = (path: string) => Owners;

interface Rule {
  /** Parts of the path; `**` for any number of them. */
  readonly parts: readonly string[];
  readonly owners: Owners;
}

/**
 * Reads the file as GitHub does: the last line that means a path counts, and a line that is wrong is passed over. The
 * time for one path is bounded by its length times the file's, whatever the patterns hold.
 */
export function parseCodeOwners(text: string): CodeOwners {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map(ruleOf)
    .filter((rule) => rule !== null)
    .reverse();
  return (path) => {
    const parts = path.split('/');
    return rules.find((rule) => fits(rule.parts, parts, '**', partFits))?.owners ?? nobody;
  };
}

/**
 * The paths of which it is certain that no owner approved, with the people who could. Of a team's members, and of whom
 * an address belongs to, only GitHub knows.
 */
export const missingOwners = (
  ownersOf: CodeOwners,
  paths: readonly string[],
  approvers: readonly string[],
): readonly { readonly path: string; readonly people: readonly string[] }[] => {
  const approved = new Set(approvers.map((login) => login.toLowerCase()));
  return paths.flatMap((path) => {
    const { people, teams, addresses } = ownersOf(path);
    const certain = people.length > 0 && teams.length === 0 && addresses === 0;
    return certain && !people.some((login) => approved.has(login.toLowerCase())) ? [{ path, people }] : [];
  });
};

function ruleOf(line: string): Rule | null {
  // A blank that belongs to the path has a backslash before it.
  const words = [...line.matchAll(/(?:\\.|[^\s\\])+/g)].map(([word]) => word);
  const end = words.findIndex((word) => word.startsWith('#'));
  const [pattern, ...named] = end === -1 ? words : words.slice(0, end);
  // Escaping a leading `#` and negating do not work there, and three stars are an error.
  if (pattern === undefined || /^(?:!|\\#|\/$)|\*\*\*/.test(pattern)) return null;
  const owners = ownersOf(named);
  return owners === null ? null : { parts: partsOf(pattern), owners };
}

function ownersOf(words: readonly string[]): Owners | null {
  const people = words.filter((word) => /^@[\w-]+$/.test(word)).map((word) => word.slice(1));
  const teams = words.filter((word) => /^@[\w-]+\/[\w.-]+$/.test(word)).map((word) => word.slice(1));
  const addresses = words.filter((word) => /^[^@\s]+@[^@\s]+$/.test(word)).length;
  return people.length + teams.length + addresses === words.length ? { people, teams, addresses } : null;
}

/** The parts of a pattern, with what its slashes mean written out. */
function partsOf(pattern: string): readonly string[] {
  const given = pattern.split('/');
  const [first, last] = [given[0], given.at(-1)];
  // Without a slash but at its end it means something in any folder, else from the root on.
  const anywhere = first !== '' && (given.length === 1 || (given.length === 2 && last === ''));
  const parts = [...(anywhere ? ['**'] : []), ...(first === '' ? given.slice(1) : given)];
  if (last === '*') return parts;
  // A folder, or everything below one: something has to be in it. Anything else means itself and what is below it.
  return last === '' || last === '**' ? [...parts.slice(0, -1), '*', '**'] : [...parts, '**'];
}

/** One part of a path by one part of a pattern: `*` and `?` as usual, and what has a backslash before it is itself. */
function partFits(pattern: string, part: string): boolean {
  if (part === '') return false;
  const signs = [...pattern.matchAll(/\\(.)|[^\\]/gsu)].map(([sign, escaped]) => escaped ?? SIGNS[sign] ?? sign);
  return fits(signs, [...part], MANY, (sign, letter) => sign === ONE || sign === letter);
}

/** No path has a letter of these names. */
const [MANY, ONE] = ['many', 'one'];
const SIGNS: Readonly<Record<string, string>> = { '*': MANY, '?': ONE };

/**
 * Whether the items fit the pattern, in which `many` stands for any number of items. On a mismatch only the last `many`
 * takes in one more: the others have their best place already.
 */
function fits(
  pattern: readonly string[],
  items: readonly string[],
  many: string,
  one: (sign: string, item: string) => boolean,
): boolean {
  let [sign, at] = [0, 0];
  let [back, from] = [-1, 0];
  while (at < items.length) {
    const [wanted, item] = [pattern[sign], items[at] ?? ''];
    if (wanted === many) [back, from, sign] = [sign, at, sign + 1];
    else if (wanted !== undefined && one(wanted, item)) [sign, at] = [sign + 1, at + 1];
    else if (back >= 0) [sign, from, at] = [back + 1, from + 1, from + 1];
    else return false;
  }
  return pattern.slice(sign).every((rest) => rest === many);
}
