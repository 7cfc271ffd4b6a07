/** Advisory locks by number, one purpose each. A number is never used for anything else: releases may run side by side. */
export const LOCKS = {
  /** Bringing the tables up to date. */
  migration: 7_220_114,
  /** Giving a repository its name. */
  repositoryName: 7_220_115,
  /** Lining up what waits before a gate. */
  line: 7_220_117,
  /** Deleting what has served. */
  retention: 7_220_118,
  /** Putting aside what a run may spend of a day: first half of a key whose second one is the repository. */
  day: 7_220_119,
} as const;
