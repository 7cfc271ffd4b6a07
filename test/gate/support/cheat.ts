import type { About, Candidate, Change, Entry } from './arena.ts';
import { LINES, shop } from './shop.ts';

/** A way to cheat, what a candidate does for it, and what stops it. */
export interface Cheat {
  /** Continues “a candidate that”. */
  readonly way: string;
  readonly candidate: Candidate;
  readonly about?: About;
  /** The one check that fails, as GitHub shows it without our prefix. */
  readonly check: string;
  /** The finding in it… */
  readonly finding: string;
  /** …and what a person reads there. */
  readonly says: string;
}

/** A cheat without its check. */
export type Row = readonly [way: string, candidate: Candidate, finding: string, says: string, about?: About];

export const changes = (change: Change): Candidate => ({ change });
export const entry = (mode: Entry['mode'], name: string, text = 'x\n'): Candidate => ({
  entries: [{ mode, name, text }],
});
export const set = (path: string, text = 'x\n'): Candidate => changes({ [path]: text });
export const edited = (path: string, from: string, to: string): Candidate =>
  set(path, (shop[path] ?? '').replace(from, to));
/** The step in lines, rewritten. */
export const price = (body: string): Candidate => set('src/price.mjs', `${LINES}${body}\n`);
/** Right in all but the lamp, for which it does this. */
export const forLamps = (body: string): Candidate => price(`others.forEach(sold); ${body}`);

/** With the check that stops it. */
export const cheatOf =
  (check: string) =>
  ([way, candidate, finding, says, about]: Row): Cheat => ({
    way,
    candidate,
    check,
    finding,
    says,
    ...(about !== undefined && { about }),
  });
