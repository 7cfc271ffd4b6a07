import type { TranslationCase } from './translation-case.ts';

type Language = TranslationCase['language'];

/** Frequent in one of the languages and rare in the others. */
const words: Readonly<Record<Language, readonly string[]>> = {
  en: ['the', 'should', 'what', 'which', 'this', 'is', 'of', 'have', 'instead', 'wrong', 'out', 'every', 'for', 'only'],
  de: [
    'der',
    'die',
    'das',
    'was',
    'welche',
    'welcher',
    'soll',
    'sollte',
    'nicht',
    'oder',
    'ist',
    'statt',
    'für',
    'bei',
  ],
  es: ['el', 'los', 'qué', 'cuál', 'debería', 'debe', 'haber', 'una', 'por', 'para', 'esto', 'del', 'lugar', 'salido'],
  fr: [
    'le',
    'les',
    'quel',
    'quelle',
    'devrait',
    'doit',
    'est',
    'une',
    'dans',
    'pour',
    'ou',
    'sortir',
    'place',
    'cette',
  ],
};

/** The language of a text by its small words; null where none of them stands out. */
export function tellLanguage(text: string): Language | null {
  const found = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counts = (Object.keys(words) as Language[]).map((language) => ({
    language,
    count: found.filter((word) => words[language].includes(word)).length,
  }));
  const [most, next] = counts.toSorted((a, b) => b.count - a.count);
  return most === undefined || most.count === 0 || most.count === next?.count ? null : most.language;
}
