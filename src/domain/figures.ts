/**
 * How much there is to do, as the database tells it: the same from every process. Counts what waits, never what is done.
 * Ages in milliseconds, 0 for nothing.
 */
export interface Figures {
  readonly undrained: number;
  readonly oldestUndrainedMs: number;
  /** Rejections that are owed an advance. */
  readonly owed: number;
  readonly oldestOwedMs: number;
  /** Installations that GitHub's limits hold up, and 1 for everything while GitHub is down. */
  readonly gatesShut: number;
  /** 1 while everything is paused. */
  readonly paused: number;
  readonly runsQueued: number;
  readonly runsRunning: number;
  /** Workers whose heartbeat is fresh. */
  readonly executors: number;
}
