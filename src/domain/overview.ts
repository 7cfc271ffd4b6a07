import type { Reason, Recorded } from './fact.ts';
import type { RejectionKey } from './rejection.ts';
import type { StageName } from './stage.ts';
import type { StandsAt } from './stage-by-kinds.ts';
import { stagesPassed } from './stages-passed.ts';
import { standingOf } from './standing.ts';

export interface StageCount {
  count: number;
  /** Who stands there longest, and since when (ISO time). */
  oldest: { readonly rejection: RejectionKey; readonly since: string };
}

/** `reason` is null where only the count of delays was asked for. */
export interface Delay {
  readonly rejection: RejectionKey;
  readonly since: string;
  readonly reason: Reason | null;
  readonly until: string | null;
}

/** Where all rejections stand. Grows with repositories, not with rejections. */
export interface Overview {
  rejections: number;
  readonly stages: Map<StageName, StageCount>;
  readonly repositories: Map<string, Map<StageName, number>>;
  /** Of the delayed, the first that were met, up to a limit. */
  readonly delays: Delay[];
  delayed: number;
}

export const noOverview = (): Overview => ({
  rejections: 0,
  stages: new Map(),
  repositories: new Map(),
  delays: [],
  delayed: 0,
});

/** Takes in one rejection. */
export function addTo(all: Overview, rejection: RejectionKey, { stage, at }: Pick<StandsAt, 'stage' | 'at'>): void {
  all.rejections += 1;
  const known = all.stages.get(stage);
  const oldest = known === undefined || at < known.oldest.since ? { rejection, since: at } : known.oldest;
  all.stages.set(stage, { count: (known?.count ?? 0) + 1, oldest });
  const repo = rejection.slice(0, rejection.lastIndexOf('#'));
  const own = all.repositories.get(repo) ?? new Map<StageName, number>();
  all.repositories.set(repo, own.set(stage, (own.get(stage) ?? 0) + 1));
}

/** Where a rejection stands by its whole facts; undefined without any. */
export const standsBy = (facts: readonly Recorded[]): Pick<StandsAt, 'stage' | 'at'> | undefined =>
  stagesPassed(facts).at(-1);

/** What a rejection is delayed by; null when it is not, by its facts. */
export function delayOf(rejection: RejectionKey, facts: readonly Recorded[]): Delay | null {
  const { delayed } = standingOf(facts);
  const since = facts.findLast(({ fact }) => fact.kind === 'delayed')?.at;
  return delayed === null || since === undefined
    ? null
    : { rejection, since, reason: delayed.reason, until: delayed.until };
}
