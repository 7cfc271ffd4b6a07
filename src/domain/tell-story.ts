import type { FactKind, Recorded, Spent } from './fact.ts';
import { unmarked } from './messages/overview.ts';
import { happened } from './messages/why.ts';
import type { StageName } from './stage.ts';
import { stagesPassed } from './stages-passed.ts';
import { standingOf } from './standing.ts';
import { tellStatus } from './tell-status.ts';

/** One thing that happened. `stage` where it brought the rejection into another one. */
export interface Event {
  readonly at: string;
  readonly kind: FactKind;
  readonly sentence: string;
  readonly stage: StageName | null;
}

/** What became of a rejection, from its facts alone. */
export interface Story {
  readonly events: readonly Event[];
  readonly stage: StageName;
  /** ISO time. */
  readonly since: string;
  /** Why it stands there, who is next, and what was spent: as the status comment says it. */
  readonly now: readonly string[];
  readonly spent: Spent;
}

/** Bookkeeping of writes: it explains a crash, not a rejection. */
const ASIDE: ReadonlySet<FactKind> = new Set(['intent', 'answer-chosen', 'status-posted', 'status-shown']);

/** The story, oldest first; null without facts. `all`: with the bookkeeping of each write. */
export function tellStory(recorded: readonly Recorded[], all: boolean): Story | null {
  const passed = stagesPassed(recorded);
  const last = passed.at(-1);
  if (last === undefined) return null;
  const entered = new Map(passed.map(({ seq, stage }) => [seq, stage]));
  const told = recorded.filter(({ fact }) => all || !ASIDE.has(fact.kind));
  const standing = standingOf(recorded);
  const [, ...lines] = tellStatus(standing).split('\n').filter(Boolean);
  return {
    events: told.map(({ seq, at, fact }) => ({
      at,
      kind: fact.kind,
      sentence: happened(fact),
      stage: entered.get(seq) ?? null,
    })),
    stage: last.stage,
    since: last.at,
    now: lines.map(unmarked),
    spent: standing.spent,
  };
}
