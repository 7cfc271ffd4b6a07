/** How long a merged fix is watched, in milliseconds: 14 days, as in the rubric's item E1. */
export const WATCH_MS = 14 * 24 * 3600 * 1000;
