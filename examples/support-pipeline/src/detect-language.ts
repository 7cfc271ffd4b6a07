import type { Language } from './types.ts';

/** Short words that are frequent in one of the languages and rare in the three others. Folded. */
const words: Readonly<Record<Language, readonly string[]>> = {
  en: ['the', 'and', 'my', 'is', 'have', 'you', 'was', 'with', 'please', 'not', 'it', 'hello', 'thanks', 'would'],
  de: ['ich', 'und', 'der', 'das', 'nicht', 'mein', 'meine', 'bitte', 'ist', 'habe', 'sie', 'wie', 'danke', 'guten'],
  es: ['el', 'los', 'mi', 'por', 'hola', 'gracias', 'quiero', 'pero', 'una', 'con', 'puedo', 'donde', 'favor', 'ha'],
  fr: ['le', 'je', 'mon', 'ma', 'bonjour', 'merci', 'est', 'vous', 'pas', 'une', 'mais', 'avec', 'votre', 'voudrais'],
};

/** The language with the most of its words in a folded text; English when none or several have as many. */
export function detectLanguage(folded: string): Language {
  const found = new Set(folded.trim().split(' '));
  const counted = (Object.keys(words) as Language[]).map((language) => ({
    language,
    count: words[language].filter((word) => found.has(word)).length,
  }));
  const most = Math.max(...counted.map(({ count }) => count));
  const leaders = counted.filter(({ count }) => count === most);
  return leaders.length === 1 ? (leaders[0]?.language ?? 'en') : 'en';
}
