import { join } from 'node:path';
import { resultsIn } from '../../compose.ts';
import type { Results } from '../../ports.ts';
import { cacheFolder } from '../cache-folder.ts';
import type { Env } from './read-commits.ts';

/** Results of the person at the terminal, for the next time. */
export interface KeptResults {
  readonly store: Results | null;
  /** Whether these commits were judged before: then little or nothing is left to run. */
  wereJudged(ids: readonly string[]): Promise<boolean>;
  noteJudged(ids: readonly string[]): Promise<void>;
}

/** Under this place stand the commits that were judged. */
const JUDGED = 'judged';

export function keptResults(env: Env): KeptResults {
  const folder = cacheFolder(env);
  const store = folder === null ? null : resultsIn(join(folder, 'results'));
  const nameOf = (ids: readonly string[]) => ids.join(' ');
  return {
    store,
    wereJudged: async (ids) => ((await store?.get(JUDGED, [nameOf(ids)]))?.size ?? 0) > 0,
    noteJudged: async (ids) => store?.put(JUDGED, new Map([[nameOf(ids), { output: true, times: 1 }]])),
  };
}
