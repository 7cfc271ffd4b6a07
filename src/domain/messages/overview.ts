import type { Reason } from '../fact.ts';
import type { StageName } from '../stage.ts';
import { because } from './people.ts';

const SECOND = 1000;
const steps: readonly (readonly [ms: number, unit: string])[] = [
  [86_400 * SECOND, 'day'],
  [3600 * SECOND, 'hour'],
  [60 * SECOND, 'minute'],
  [SECOND, 'second'],
];

/** A duration as people say it: its largest unit alone. */
export function lasting(ms: number): string {
  const [size, unit] = steps.find(([least]) => ms >= least) ?? [SECOND, 'second'];
  const count = Math.max(0, Math.floor(ms / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** An ISO time as it is shown at a terminal. */
export const moment = (at: string): string => `${at.slice(0, 19).replace('T', ' ')} UTC`;

/** What each stage waits for, in a word or two. */
const waitsFor: Readonly<Record<StageName, string>> = {
  new: 'the app',
  accepted: 'the app: a draft',
  asked: 'the reporter: an answer',
  declined: 'nobody',
  drafted: 'a maintainer: spec and label',
  cleared: 'the app: rounds and judging',
  halted: 'people: /retry, or the label',
  proven: 'the app: a pull request',
  proposed: 'a reviewer',
  merged: 'nobody',
  returned: 'people: /retry, or the label',
  closed: 'nobody',
  guarded: 'people: they merge it',
  forgotten: 'nobody',
};

/** Markdown’s marks, for a terminal. */
export const unmarked = (text: string): string => text.replace(/\*\*|`|\u2060|\\(?=[\\`*_{}[\]<>#|~])/g, '');

/** Sentences of `corrigible status`. */
export const overview = {
  paused: ({ by, because, since }: { readonly by: string; readonly because: string; readonly since: string }): string =>
    `Everything is paused, by ${by} since ${moment(since)}${because === '' ? '' : `: ${because}`}. “corrigible resume” goes on.`,
  none: (repo: string | undefined): string =>
    repo === undefined ? 'No rejection yet.' : `No rejection of ${repo} is known here.`,
  total: (rejections: number, repositories: number): string =>
    `${counted(rejections, 'rejection')} in ${counted(repositories, 'repository', 'repositories')}.`,
  stageHeads: ['Stage', 'Now', 'Waits for', 'Longest'],
  waitsFor: (stage: StageName): string => waitsFor[stage],
  longest: (rejection: string, ms: number): string => `${lasting(ms)} (${rejection})`,
  repositoryHead: 'Repository',
  more: (count: number): string => `… and ${count} more; --json lists all.`,
  delayed: (count: number): string => (count === 0 ? 'Nothing is delayed.' : `Delayed: ${count}`),
  delay: (rejection: string, ms: number, reason: Reason | null, until: string | null): string =>
    `  ${rejection}, for ${lasting(ms)}${reason === null ? '' : `, because ${unmarked(because(reason))}`}.${
      until === null ? '' : ` Goes on after ${moment(until)}.`
    }`,
  queue: (q: {
    readonly undrained: number;
    readonly oldestUndrainedMs: number;
    readonly owed: number;
    readonly oldestOwedMs: number;
    readonly runsQueued: number;
    readonly runsRunning: number;
  }): string => {
    const oldest = (count: number, ms: number) => (count === 0 ? '' : `, the oldest for ${lasting(ms)}`);
    return `Queues: ${counted(q.undrained, 'webhook')} to read${oldest(q.undrained, q.oldestUndrainedMs)}; ${counted(q.owed, 'rejection')} to look at${oldest(q.owed, q.oldestOwedMs)}; ${counted(q.runsQueued, 'run')} waiting, ${q.runsRunning} at work.`;
  },
  noWorkers: 'No worker is known: the app is not running, or has never run.',
  workers: 'Workers:',
  worker: (machine: string, pid: number, ms: number): string =>
    `  process ${pid} on ${machine}, heartbeat ${lasting(ms)} ago`,
  badRepository: (name: string): string => `“${name}” is no repository. Name it like owner/name.`,
} as const;
