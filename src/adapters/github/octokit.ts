import { ProbotOctokit } from 'probot';
import type { Log } from '../../ports.ts';

export type Octokit = InstanceType<typeof ProbotOctokit>;
type ProbotLog = NonNullable<NonNullable<ConstructorParameters<typeof import('probot').Probot>[0]>['log']>;

/**
 * Octokit as Probot makes it, but it never waits for a limit nor repeats a call by itself: the queue does both, for all
 * workers together and without holding one.
 */
export function octokitClass(): typeof ProbotOctokit {
  // The object form would be overwritten by Probot's own throttle options.
  return ProbotOctokit.defaults((options: Record<string, unknown>) => ({
    ...options,
    throttle: { enabled: false },
    retry: { enabled: false },
  })) as typeof ProbotOctokit;
}

/** Octokit's warnings without their fields, which hold payloads. Its other lines are noise. */
export function quietLog(log: Log): ProbotLog {
  const nothing = () => {};
  const warn = (...of: unknown[]) => log.warn(of.filter((part) => typeof part === 'string').join(' '));
  const quiet = { trace: nothing, debug: nothing, info: nothing, warn, error: warn, fatal: warn };
  return { ...quiet, child: () => quietLog(log) } as unknown as ProbotLog;
}
