import { bodyOf, type Disposition, type TranslationCase } from './translation-case.ts';

const ORDERS = /\b(?:ignore|disregard|ignoriere|ignora|ignorez) (?:all|your|the|alle|deine|todas|tus|toutes|vos)\b/i;
const ONCE =
  /\b(?:just this once|only for (?:him|her|this customer)|nur dieses mal|solo por esta vez|cette fois seulement)\b/i;
/** Something that could be checked: an id, something quoted, or a word for what ought to be. */
const NAMED = /\b[A-Z]{2,}-\d+\b|[“"«„][^”"»“]{2,60}[”"»“]|\b(?:should|must|sollte|muss|debería|debe|devrait|doit)\b/;

/**
 * What costs nothing and knows nothing: whoever translates has to be better than each of these. The last one looks for a
 * few words.
 */
export const floors: Readonly<Record<string, (one: TranslationCase) => Disposition>> = {
  'always act': () => 'act',
  'always ask': () => 'ask',
  keywords: (one) => {
    const text = `${one.rejection.title}\n${bodyOf(one)}`;
    if (ORDERS.test(text) || ONCE.test(text)) return 'decline';
    return NAMED.test(text) ? 'act' : 'ask';
  },
};
