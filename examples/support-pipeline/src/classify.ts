import { detectLanguage } from './detect-language.ts';
import { fold, mentions } from './fold.ts';
import type { IntentRule, Rules } from './rules.ts';
import type { Classified, Message } from './types.ts';

const points = (text: string, phrases: readonly string[]): number =>
  phrases.filter((phrase) => mentions(text, phrase)).reduce((sum, phrase) => sum + phrase.split(' ').length, 0);

interface Scored {
  readonly id: string;
  readonly score: number;
}

/** A sub-intent's phrases count for its parent too, and one more, since they say more. */
function score(text: string, rule: IntentRule): Scored {
  const subs = rule.sub
    .map((sub) => ({ id: sub.id, score: points(text, sub.any) }))
    .filter((sub) => sub.score > 0)
    .sort((a, b) => b.score - a.score);
  const own = points(text, rule.any);
  const extra = subs.reduce((sum, sub) => sum + sub.score + 1, 0);
  return { id: subs[0]?.id ?? rule.id, score: own + extra };
}

/** Step 1. What does the customer want, in which language? `other` is asked only when no intent has a word in the text. */
export function classify({ subject, text }: Message, { intents }: Rules): Classified {
  const folded = fold(`${subject} . ${text}`);
  const language = detectLanguage(folded);
  const [best, next] = intents.intents.map((rule) => score(folded, rule)).sort((a, b) => b.score - a.score);
  if (best !== undefined && best.score > 0) {
    const confidence = Math.round((100 * best.score) / (best.score + (next?.score ?? 0) + 0.5)) / 100;
    return { intent: best.id, confidence, language };
  }
  const other = score(folded, { id: 'other', any: [], sub: intents.other.sub });
  return { intent: other.id, confidence: other.score > 0 ? 0.6 : 0.2, language };
}
