import { fold, mentions } from './fold.ts';
import type { FetchRules, Rules } from './rules.ts';
import type { FetchInput, RankedArticle } from './types.ts';

const LISTED = 3;
/** A text full of an article's tags says little more than one with two of them. */
const MOST_TAG_POINTS = 2;

/** The weight of an article for an intent; a sub-intent without weights of its own has its parent's. */
export function weightOf(fetch: FetchRules, intent: string, article: string): number {
  const weights = fetch.weights[intent] ?? fetch.weights[intent.split('.')[0] ?? ''];
  return weights?.[article] ?? 0;
}

/** Step 3. The help articles that answer this best, the best first. An article that has no weight here is not listed. */
export function fetchArticles(input: FetchInput, { fetch }: Rules): { readonly articles: readonly RankedArticle[] } {
  const folded = fold(`${input.subject} . ${input.text}`);
  const ranked = fetch.articles.flatMap(({ id, title, tags }) => {
    const weight = weightOf(fetch, input.intent, id);
    const hits = tags.filter((tag) => mentions(folded, tag)).length;
    return weight > 0 ? [{ id, title, score: weight + Math.min(hits, MOST_TAG_POINTS) }] : [];
  });
  ranked.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  return { articles: ranked.slice(0, LISTED) };
}
