/** What an assertion says about itself. Values stand beside it, never in it. */
export const finding = {
  holds: 'as expected',
  differs: 'not as expected',
  nothingThere: 'nothing is there',
  somethingThere: 'something is there',
  badPointer: 'the path is not a JSON Pointer',
  noValue: (op: string) => `“${op}” needs a value`,
  noTolerance: '“approx” needs a tolerance',
  wrongValue: (op: string, needs: string) => `“${op}” needs ${needs} as its value`,
  wrongKind: (needs: string) => `what is there is not ${needs}`,
  inexact: `its value holds a whole number beyond ${Number.MAX_SAFE_INTEGER}, which cannot be told from its neighbours`,
  tooLong: 'the text is too long for this pattern',
  badPattern: (because: string) => `the pattern is not one that RE2 takes: ${because}`,
} as const;

export const kinds = {
  number: 'a number',
  list: 'a list',
  text: 'a text',
  count: 'a whole number from 0',
  names: 'a list of names',
  countable: 'a text, a list or an object',
  named: 'a list of named things or an object',
} as const;
