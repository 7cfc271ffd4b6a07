import type { CommandName } from './command.ts';
import type { Reason } from './fact.ts';

/** What people ask for in comments, and what became of that. */
export type CommandFact =
  /** A person wants the work under way stopped; whether that counts is not known yet. `on`: where the comment stands. */
  | { kind: 'stop-asked'; comment: number; by: string; on: number }
  /** A writer stopped it. An attempt is kept as it stands until it is taken up again, or given up. */
  | { kind: 'halted'; by: string; comment: number }
  /** A writer wants the attempt that was stopped to go on. */
  | { kind: 'retried'; by: string; byId?: number; comment: number }
  /** A person wants a merged fix undone; whether that counts is not known yet. `on`: where the comment stands. */
  | { kind: 'undo-asked'; comment: number; by: string; on: number }
  /** A person asks for something in a comment; whether that counts is not known yet. `on`: where the comment stands. */
  | { kind: 'command-asked'; command: CommandName; comment: number; by: string; on: number }
  | { kind: 'command-followed'; command: CommandName; comment: number; by: string; byId?: number }
  | { kind: 'command-refused'; comment: number; by: string; byId?: number; reason: Reason };
