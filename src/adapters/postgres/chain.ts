import { createHash } from 'node:crypto';
import type { Fact, Recorded } from '../../domain/fact.ts';
import { canonical, hashText } from '../../domain/hash.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { type Key, unseal } from './seal.ts';

/** What the first link of a chain follows. */
export const START = '';

/** A fact as it lies in the database: sealed, or in clear where it says only that all else was forgotten. */
export interface StoredFact {
  readonly seq: number;
  readonly at: Date;
  readonly kind: string;
  readonly pull_request: number | null;
  readonly sealed: Buffer | null;
  readonly clear: Fact | null;
  readonly prev: string;
  readonly hash: string;
}

export const FACT_COLUMNS = 'f.seq, f.at, f.kind, f.pull_request, f.sealed, f.clear, f.prev, f.hash';

/** The last link, as it was noted apart from the chain. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

export const aboutFact = (rejection: RejectionKey, seq: number): readonly (string | number)[] => [
  'fact',
  rejection,
  seq,
];

/** The link's hash. It runs over the ciphertext, so that it holds when nobody can open that any more. */
export function linkHash(rejection: RejectionKey, link: Omit<StoredFact, 'hash'>): string {
  const { seq, at, kind, pull_request: pullRequest, sealed, clear, prev } = link;
  const content = sealed === null ? hashText(canonical(clear)) : createHash('sha256').update(sealed).digest('hex');
  return hashText(canonical({ rejection, seq, at: at.toISOString(), kind, pullRequest, content, prev }));
}

/** Follows one chain link by link. `broken` is the first place where it does not hold, or null. */
export function followChain(rejection: RejectionKey): {
  add(link: StoredFact): void;
  broken(head: Head | undefined): number | null;
} {
  let last: Head = { seq: 0, hash: START };
  let broken: number | null = null;
  return {
    add: (link) => {
      const holds = link.seq === last.seq + 1 && link.prev === last.hash && link.hash === linkHash(rejection, link);
      if (!holds) broken ??= last.seq + 1;
      last = { seq: last.seq + 1, hash: link.hash };
    },
    broken: (head) => {
      if (broken !== null || (last.seq === 0 && head === undefined)) return broken;
      if (head?.seq === last.seq && head.hash === last.hash) return null;
      // A tail that is missing, or a link that nobody noted as the last.
      return head !== undefined && head.seq > last.seq ? last.seq + 1 : last.seq;
    },
  };
}

/** What can be read of a chain, oldest first: nothing that was sealed before the rejection was forgotten. */
export function readable(links: readonly StoredFact[]): readonly StoredFact[] {
  const forgotten = links.findLastIndex(({ clear }) => clear !== null);
  return links.filter(({ clear }, index) => clear !== null || index > forgotten);
}

/** Opens one link. Throws when it was sealed by another key or for another place. */
export function openFact(rejection: RejectionKey, link: StoredFact, key: Key | null): Recorded {
  const { seq, at, clear, sealed } = link;
  if (clear !== null) return { seq, at: at.toISOString(), fact: clear };
  if (key === null || sealed === null) throw new Error(`the key of ${rejection} is missing`);
  const fact = JSON.parse(unseal(key, sealed, aboutFact(rejection, seq)).toString()) as Fact;
  return { seq, at: at.toISOString(), fact };
}
