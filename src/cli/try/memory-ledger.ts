import type { Recorded } from '../../domain/fact.ts';
import { hashText } from '../../domain/hash.ts';
import { lookupsOf } from '../../domain/lookups.ts';
import { isSame, type Person } from '../../domain/person.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { addSpent, nothingSpent, spentIn } from '../../domain/spent.ts';
import type { Blobs, Ledger, Reserves, Transcripts } from '../../ports.ts';

/** Where one run is alone with its budget, there is nobody to put it aside for. */
export const noReserves: Reserves = { take: async () => 'taken', note: async () => {}, release: async () => {} };

/** A ledger for one run of one process: nothing of it lasts. */
export function memoryLedger(now: () => string): Ledger {
  const kept = new Map<RejectionKey, readonly Recorded[]>();
  const pushes = new Map<string, readonly Person[]>();
  const of = (rejection: RejectionKey) => kept.get(rejection) ?? [];
  const newest = (repo: string) => [...kept.keys()].filter((key) => key.startsWith(`${repo}#`)).reverse();
  const lookups = (rejection: RejectionKey) => lookupsOf(of(rejection).map(({ fact }) => fact));
  return {
    read: async (rejection) => of(rejection),
    append: async (rejection, after, facts) => {
      const known = of(rejection);
      if ((known.at(-1)?.seq ?? 0) !== after) return false;
      const added = facts.map((fact, i) => ({ seq: after + 1 + i, at: now(), fact }));
      kept.set(rejection, [...known, ...added]);
      return true;
    },
    ofPullRequest: async () => undefined,
    readAll: async (rejections) => new Map(rejections.filter((key) => kept.has(key)).map((key) => [key, of(key)])),
    ofRepository: async (repo) => newest(repo).filter((key) => lookups(key).moves !== false),
    proposedIn: async (repo, most) =>
      newest(repo)
        .filter((key) => of(key).some(({ fact }) => fact.kind === 'pull-request-opened'))
        .slice(0, most),
    spentOn: async (repo, day) =>
      newest(repo)
        .flatMap(of)
        .filter(({ at }) => at.startsWith(day))
        .flatMap(({ fact }) => spentIn(fact) ?? [])
        .reduce(addSpent, nothingSpent),
    ofFingerprint: async (repo, fingerprint) => newest(repo).filter((key) => lookups(key).fingerprint === fingerprint),
    notePush: async (_, head, by) => void pushes.set(head, [...(pushes.get(head) ?? []), by]),
    pushed: async (_, head, by) => pushes.get(head)?.some((one) => isSame(one, by)) ?? null,
  };
}

/** Blobs for one run of one process. */
export function memoryBlobs(): Blobs {
  const kept = new Map<string, Uint8Array>();
  return {
    put: async (rejection, bytes) => {
      const name = hashText(Buffer.from(bytes).toString('base64'));
      kept.set(`${rejection}/${name}`, bytes);
      return name;
    },
    get: async (rejection, name) => kept.get(`${rejection}/${name}`),
  };
}

/** Transcripts that nobody will read: nothing is kept of them. */
export const noTranscripts: Transcripts = { put: async () => {}, list: async () => [], get: async () => [] };
