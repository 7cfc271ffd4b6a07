import type { EngineTuning } from '../../../src/adapters/postgres/engine.ts';
import type { Recorded } from '../../../src/domain/fact.ts';
import type { RejectionKey } from '../../../src/domain/rejection.ts';
import type { Settings } from '../../../src/read-settings.ts';
import type { Scene, Strike } from './strike.ts';

export interface Start {
  readonly do: 'start';
  readonly settings: Settings;
  readonly role: 'all' | 'web' | 'worker';
  /** Times of the engine, shortened. */
  readonly engine: EngineTuning;
  readonly scene: Scene;
  readonly strikes: readonly Strike[];
  /** How far off its clock is. */
  readonly clockMs: number;
}

/** What the parent asks of an app. */
export type Order =
  | Start
  | { readonly do: 'move-clock'; readonly ms: number }
  | { readonly do: 'idle' }
  /** What keeps it from being idle, for people. */
  | { readonly do: 'waits' }
  | { readonly do: 'ledger' }
  | { readonly do: 'stop' };

export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

/** What one rejection's ledger holds. `broken`: null when its chain is whole. */
export interface LedgerSeen {
  readonly rejection: RejectionKey;
  readonly recorded: readonly Recorded[];
  readonly broken: unknown;
}
