/** A mistake in a file that people edit, without its place. */
export interface Mistake {
  readonly problem: string;
  /** What to do. */
  readonly fix: string;
}

export const notJson = 'it holds a value that JSON does not have';

/** A key in quotes; the file itself where there is no key. */
const part = (name: string): string => (name === '' ? 'The file' : `“${name}”`);
const named = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');

export const tooLarge = (bytes: number): Mistake => ({
  problem: `The file is larger than ${bytes / 1000} kB.`,
  fix: 'Make it smaller, or split it.',
});
export const badYaml = (because: string): Mistake => ({
  problem: `This is not valid YAML: ${because}.`,
  fix: 'Correct it. A value that holds : # { [ or quotes needs quotes around it.',
});
export const badJson = (because: string): Mistake => ({
  problem: `This is not valid JSON: ${because}.`,
  fix: 'Correct it.',
});
export const twice: Mistake = { problem: 'The same key stands here twice.', fix: 'Remove one of them.' };
export const tooDeep: Mistake = { problem: 'The values are nested too deeply.', fix: 'Write it flatter.' };
export const severalDocuments: Mistake = {
  problem: 'A second YAML document starts here.',
  fix: 'Remove the line “---” and what does not belong to this file.',
};
export const alias = (name: string): Mistake => ({
  problem: `The alias “*${name}” is not allowed.`,
  fix: 'Write the value out.',
});
export const anchor = (name: string): Mistake => ({
  problem: `The anchor “&${name}” is not allowed.`,
  fix: 'Remove it, and write the value out where it is used.',
});
export const tag = (name: string): Mistake => ({
  problem: `The tag “${name}” is not allowed.`,
  fix: 'Remove it.',
});
export const mergeKey: Mistake = { problem: 'The merge key “<<” is not allowed.', fix: 'Write the keys out.' };
export const oddKey: Mistake = { problem: 'A key has to be a plain text.', fix: 'Rename it.' };
export const unsafeKey = (key: string): Mistake => ({
  problem: `The key “${key}” is not allowed.`,
  fix: 'Choose another name.',
});

export const unknownKey = (key: string, nearest: string | null, allowed: readonly string[]): Mistake => ({
  problem: `The key “${key}” is not known here.`,
  fix:
    nearest !== null
      ? `Did you mean “${nearest}”?`
      : allowed.length === 0
        ? 'Remove it.'
        : `Remove it. Known here: ${named(allowed)}.`,
});
export const missing = (name: string, meaning: string | undefined): Mistake => ({
  problem: `${part(name)} is missing.`,
  fix: meaning === undefined ? 'Add it.' : `Add it: ${meaning}.`,
});
export const notOf = (name: string, wanted: string, found: string): Mistake => ({
  problem: `${part(name)} should be ${wanted}, but is ${found}.`,
  fix: `Write ${wanted}.`,
});
export const notOneOf = (name: string, allowed: readonly string[]): Mistake => ({
  problem: `${part(name)} has a value that is not allowed.`,
  fix: allowed.length === 1 ? `Write ${allowed[0]}.` : `Choose one of ${allowed.join(', ')}.`,
});
export const tooSmall = (name: string, least: string): Mistake => ({
  problem: `${part(name)} is too small.`,
  fix: `The smallest is ${least}.`,
});
export const tooBig = (name: string, most: string): Mistake => ({
  problem: `${part(name)} is too large.`,
  fix: `The largest is ${most}.`,
});
export const tooShort = (name: string, least: string): Mistake => ({
  problem: `${part(name)} is ${least === '1' ? 'empty' : 'too short'}.`,
  fix: least === '1' ? 'Fill it in.' : `It needs at least ${least}.`,
});
export const tooLong = (name: string, most: string): Mistake => ({
  problem: `${part(name)} is too long.`,
  fix: `It may have ${most} at most.`,
});
export const other = (name: string, because: string): Mistake => ({
  problem: `${part(name)} is not right: ${because}.`,
  fix: 'Correct it.',
});

export const kindOf: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
  null: 'empty',
  union: 'a text or a number',
};

export const caseFile = {
  extension: { problem: 'The file is neither YAML nor JSON.', fix: 'Name it .yml, .yaml or .json.' },
  none: { problem: 'There is no case in this file.', fix: 'Add one under “cases”, or remove the file.' },
  twice: (name: string): Mistake => ({
    problem: `Two cases have the name “${name}”.`,
    fix: 'Rename one of them.',
  }),
  expectation: (because: string): Mistake => ({
    problem: `This expectation can never hold: ${because}.`,
    fix: 'Correct it.',
  }),
} as const;

/** What a glob may not have, as `other` goes on after “is not right”. */
export const glob = {
  tooLong: (most: number): string => `a glob may have ${most} characters at most`,
  negated: 'a glob may not begin with !; name the files that are meant',
  otherSigns:
    'a glob may hold only names, * and ? and **; write one glob for each choice instead of { } [ ] | \\ or +( )',
  emptyPart: 'a glob may not have an empty part or a part that is only a dot, so no / at its end and no ./ before it',
  starsInPart: '** may only stand alone between slashes',
  manyStars: 'a glob may have two * at most between two slashes',
} as const;
/** What one path may not have, as `other` goes on after “is not right”. */
export const path = {
  wildcards: 'this is one path, so it may not hold * or ?',
  emptyPart: (right: string): string =>
    `a path may not have an empty part or a part that is only a dot; ${right === '' ? 'name a folder or a file of the repository' : `write “${right}” instead`}`,
  manyReports: 'only a junit report may consist of many files; name one file',
  onlyExtension:
    'a file of cases needs a name before its extension, because a folder of that name holds the cases of fixes',
  notMade: 'a folder that is made is an ordinary one, outside of .git and .github',
  madeWithin: 'no folder that is made may be another one, or lie in it',
  noPattern: (because: string): string => `this is no pattern of RE2: ${because}`,
  emptyPattern: 'this pattern matches an empty text, so it would match everywhere',
} as const;
