import * as say from '../messages/reports.ts';

/** How many cases there are, and how many of them have such a child element. */
export interface Tally {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

const names = ['tests', 'failures', 'errors', 'skipped'] as const;

export const noTally = (): Tally => ({ tests: 0, failures: 0, errors: 0, skipped: 0 });

export function addTally(to: Tally, more: Tally): void {
  for (const name of names) to[name] += more[name];
}

/** What the attributes of a suite say of its cases; a text where one of them is no number. */
export function claimsOf(attributes: Readonly<Record<string, string>>): Partial<Tally> | string {
  const claims: Partial<Tally> = {};
  for (const name of names) {
    const text = attributes[name];
    if (text === undefined) continue;
    if (!/^\d{1,9}$/.test(text)) return say.totals.notANumber(name);
    claims[name] = Number(text);
  }
  return claims;
}

/** Whether one and the same way of counting gives all that is claimed. */
export const claimsHold = (claims: Partial<Tally>, counts: readonly Tally[]): boolean =>
  counts.some((count) => names.every((name) => claims[name] === undefined || claims[name] === count[name]));
