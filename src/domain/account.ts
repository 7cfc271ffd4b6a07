/** What a case came to on one side. `missing`: the side has no such case, or it was not run. */
export type Outcome = 'pass' | 'fail' | 'error' | 'missing';

/**
 * What a case is for. `red-to-green`: the acceptance cases and hold-outs. `guard`: near the fault, must not change.
 * `pass-to-pass`: the cases that stand in the suites on base.
 */
export type Role = 'red-to-green' | 'hold-out' | 'guard' | 'pass-to-pass';

export type Account =
  | 'fixed'
  | 'kept'
  | 'already-red'
  | 'not-red-on-base'
  | 'errs-on-base'
  | 'red-on-base'
  | 'still-red'
  | 'broken'
  | 'errs'
  | 'not-run';

/** Whether an account lets the candidate pass. */
const good: Readonly<Record<Account, boolean>> = {
  fixed: true,
  kept: true,
  'already-red': true,
  'not-red-on-base': false,
  'errs-on-base': false,
  'red-on-base': false,
  'still-red': false,
  broken: false,
  errs: false,
  'not-run': false,
};
export const isGood = (account: Account): boolean => good[account];

/** The verdict on one case, base against head. What is missing or errs on head is never good (invariant 7). */
export function account(role: Role, base: Outcome, head: Outcome): Account {
  if (base === 'missing' || head === 'missing') return 'not-run';
  if (role === 'red-to-green' || role === 'hold-out') {
    if (base === 'pass') return 'not-red-on-base';
    if (base === 'error') return 'errs-on-base';
    return head === 'pass' ? 'fixed' : head === 'error' ? 'errs' : 'still-red';
  }
  if (base === 'pass') return head === 'pass' ? 'kept' : head === 'error' ? 'errs' : 'broken';
  if (role === 'guard') return 'red-on-base';
  // What does not run is never forgiven, on base or not: a step that nothing can run would be green.
  if (head === 'error') return 'errs';
  return head === 'pass' ? 'kept' : 'already-red';
}
