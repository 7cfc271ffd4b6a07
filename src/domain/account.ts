/**
 * What a case came to on one side. `skip`: the suite left it out. `missing`: the side has no such case, or it was not
 * run. `flaky`: it passed and failed on this same side in runs of this judging.
 */
export type Outcome = 'pass' | 'fail' | 'error' | 'skip' | 'missing' | 'flaky';

/**
 * What a case is for. `red-to-green`: the acceptance cases and hold-outs. `guard`: near the fault, must not change.
 * `pass-to-pass`: the cases that stand in the suites on base. `new`: cases that only the suites of head have. `report`: what
 * a suite reports as a whole, where base has to be read, so that a candidate is compared with something.
 */
export type Role = 'red-to-green' | 'hold-out' | 'guard' | 'pass-to-pass' | 'new' | 'report';

/** Whether a case belongs to a step's suites, and not to the spec. */
export const isOfSuite = (role: Role): boolean => role === 'pass-to-pass' || role === 'new' || role === 'report';

/** Whether each account lets the candidate pass. */
const good = {
  fixed: true,
  kept: true,
  'kept-noisy': true,
  'still-noisy': true,
  mended: true,
  'new-green': true,
  'already-red': true,
  'skipped-both': true,
  'not-red-on-base': false,
  'red-on-base': false,
  'errs-on-base': false,
  'skips-on-base': false,
  'flaky-on-base': false,
  'still-red': false,
  'flaky-now': false,
  broken: false,
  'new-red': false,
  errs: false,
  skips: false,
  gone: false,
  'not-run': false,
  undecided: false,
  uncompared: false,
} as const satisfies Readonly<Record<string, boolean>>;

/** What the two sides together say of a case. */
export type Account = keyof typeof good;

export const isGood = (account: Account): boolean => good[account];

/** By what head gives. */
type Row = Readonly<Record<Outcome, Account>>;
/** By what base gives. */
type Table = Readonly<Record<Outcome, Row>>;

/** The row of a base of which nothing can be proved, whatever head gives. */
const always = (account: Account): Row => ({
  pass: account,
  fail: account,
  error: account,
  skip: account,
  missing: account,
  flaky: account,
});

/** Only red on base and green on head is a proof. */
const turns: Table = {
  pass: always('not-red-on-base'),
  fail: { pass: 'fixed', fail: 'still-red', error: 'errs', skip: 'skips', missing: 'gone', flaky: 'flaky-now' },
  error: always('errs-on-base'),
  skip: always('skips-on-base'),
  missing: always('not-run'),
  flaky: always('flaky-on-base'),
};

/** Green on base, and green it stays. */
const guards: Table = {
  pass: { pass: 'kept', fail: 'broken', error: 'errs', skip: 'skips', missing: 'gone', flaky: 'undecided' },
  fail: always('red-on-base'),
  error: always('errs-on-base'),
  skip: always('skips-on-base'),
  missing: always('not-run'),
  flaky: { pass: 'kept-noisy', fail: 'undecided', error: 'errs', skip: 'skips', missing: 'gone', flaky: 'undecided' },
};

/**
 * No worse than on base. Red is forgiven where base was red, and so is a skip of what base skips. Where base did not run
 * nobody knows whether it was. What does not run on head is never forgiven, on base or not: a step that nothing can run
 * would be green.
 */
const stands: Table = {
  pass: { pass: 'kept', fail: 'broken', error: 'errs', skip: 'skips', missing: 'gone', flaky: 'undecided' },
  fail: { pass: 'mended', fail: 'already-red', error: 'errs', skip: 'skips', missing: 'gone', flaky: 'already-red' },
  error: { pass: 'mended', fail: 'uncompared', error: 'errs', skip: 'skips', missing: 'gone', flaky: 'uncompared' },
  skip: { pass: 'mended', fail: 'new-red', error: 'errs', skip: 'skipped-both', missing: 'gone', flaky: 'undecided' },
  missing: always('not-run'),
  flaky: { pass: 'kept-noisy', fail: 'undecided', error: 'errs', skip: 'skips', missing: 'gone', flaky: 'still-noisy' },
};

/** What base cannot have: that it is missing there is no fault, as long as whoever asks knows that it is new. */
const isNew: Table = {
  ...stands,
  missing: { pass: 'new-green', fail: 'new-red', error: 'errs', skip: 'skips', missing: 'not-run', flaky: 'undecided' },
};

/** Without base's report none of its cases are compared, however green head is. */
const reports: Table = { ...stands, error: { ...stands.error, pass: 'uncompared' } };

const tables: Readonly<Record<Role, Table>> = {
  'red-to-green': turns,
  'hold-out': turns,
  guard: guards,
  'pass-to-pass': stands,
  new: isNew,
  report: reports,
};

/** The verdict on one case, base against head. What is missing or errs on head is never good (invariant 7). */
export const account = (role: Role, base: Outcome, head: Outcome): Account => tables[role][base][head];
