/** Why work waits. Each goes into a log, and into no comment. */
export const engineTrouble = {
  outOfTouch: () =>
    'This worker has lost touch with the database and may not write until it has it back: somebody else may have taken over.',
  quotaUsedUp: () => 'The installation has made as many comments and checks as GitHub lets it make for now.',
  unrecorded: () => 'The database was away when the work ended, so its result could not be kept.',
  paused: () => 'It was paused while it was worked on.',
  pausedNow: () => 'Everything is paused: nothing is written.',
  diedAgain: (times: number) =>
    `The process that did the work ended in the middle of it ${times} times in a row. A step may print or take too much.`,
  notStoredInTime: () => 'The database did not store it in time.',
  tooMuchToStore: () => 'More waits for the database than this process may hold.',
  takenOver: (rejection: string) => `Another worker has taken over ${rejection}.`,
};
