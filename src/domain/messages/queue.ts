import type { Reason } from '../fact.ts';
import { because, inCode } from './people.ts';

/** What the checks of a merge group say where it is not judged, or besides. */
export const groupWords = {
  heading: (passed: boolean): string =>
    passed
      ? 'Every check passed on what is about to be merged.'
      : 'Not every check passed on what is about to be merged.',
  stray:
    'it could not be told which pull request this merge group is about, so it was not judged. Take it out of the queue, and put it in again',
  ended:
    'the work on this pull request ended, so what it becomes is not judged. Reopen its rejection, then put it in again',
  elsewhere: (branch: string): string =>
    `the app judges only what goes into ${inCode(branch)}. Point the pull request there, then put it in again`,
  notAsked: 'this repository does not ask for people’s pull requests to be judged (`pull-requests: all`)',
  notJudged: (why: string): string =>
    `it could not be judged: ${why} Put the pull request into the queue again to try again`,
  withdrawn:
    'the app took it out of the merge queue again, because it is held or nobody’s approval of it holds any more: its rejection says which',
};

/** Why what was in the queue is not merged. */
export const queueReasons: Readonly<Record<string, (detail: string) => string>> = {
  'merge-dequeued': (why) =>
    `it was taken out of the merge queue${why === '' ? '' : `: with what was before it there, the checks are red: ${why}`}`,
};

/** What is said on a pull request that left the queue without being merged. */
export const leftQueue = (by: string, reason: Reason): string =>
  `This was not merged, because ${because(reason)}.\n\n@${by}, approve it once more, and I put it in again.`;
