import type { FactKind, FactOf } from './fact.ts';
import type { Notes } from './notes.ts';

/** What shows that work gets on: whatever was lost before it counts no more. */
const PROGRESS = new Set<FactKind>([
  'spec-approved',
  'round-ended',
  'carried',
  'round-failed',
  'judged',
  'reflected',
  'candidate-ended',
  'candidate-judged',
  'head-moved',
  'branch-updated',
  'reopened',
  'pull-request-found',
  'recheck-requested',
  'revised',
  'retried',
]);

export function noteLost(notes: Notes, at: string, { because, weather, queued, hopeless }: FactOf<'run-lost'>): void {
  if (notes.queued?.seq === queued) notes.queued = undefined;
  const { times = 0, ours = 0 } = notes.lost ?? {};
  const more = hopeless === true ? Number.POSITIVE_INFINITY : 1;
  notes.lost = { times: times + 1, ours: ours + (weather ? 0 : more), at, because };
}

/** Takes in that a fact of this kind was recorded. */
export function noteProgress(notes: Notes, kind: FactKind): void {
  if (!PROGRESS.has(kind)) return;
  notes.lost = undefined;
  if (notes.queued !== undefined) notes.queued = { ...notes.queued, restarts: 0 };
}
