import type { Recorded } from './fact.ts';
import { noNotes } from './notes.ts';
import type { StageName } from './stage.ts';
import { stageFrom } from './standing.ts';
import { note } from './take-notes.ts';

/** A stage that a rejection came into, with the fact that brought it there. `at` is an ISO time. */
export interface Passed {
  readonly stage: StageName;
  readonly seq: number;
  readonly at: string;
}

/** Every stage a rejection came into, oldest first, the last being where it stands. Empty without facts. */
export function stagesPassed(recorded: readonly Recorded[]): readonly Passed[] {
  const notes = noNotes();
  const passed: Passed[] = [];
  for (const one of recorded) {
    note(notes, one);
    const { name } = stageFrom(notes);
    if (name !== passed.at(-1)?.stage) passed.push({ stage: name, seq: one.seq, at: one.at });
  }
  return passed;
}
