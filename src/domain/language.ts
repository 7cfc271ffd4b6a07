/** Languages that the app asks in. */
export const languages = ['en', 'de', 'es', 'fr'] as const;
export type Language = (typeof languages)[number];

/** The same in several languages; English is always there. */
export type InLanguages = { readonly en: string } & { readonly [L in Language]?: string | undefined };

/** Small words that a sentence can hardly do without, and that few other languages have. */
const SMALL: Readonly<Record<Language, string>> = {
  en: 'the and is was are were be been has have had of to in it its that this with for not but they she he her his you your we our should would must when what which who from on at by as if there their an or so too only about into out because than then will can could does did do him them i my me got gets get came put',
  de: 'der die das den dem des und ist war sind waren nicht ein eine einen einem einer eines zu von mit für auf im in am an es er sie wir ihr ich sein hat haben hatte wird werden wurde sollte müsste muss soll wenn was wer wie aber auch als aus bei nach nur noch schon sich dass daß oder über unter vor zum zur kein keine keinen ihre ihren seine seinen kam kommt gehört man uns so doch denn weil diese dieser dieses diesen hier mal',
  es: 'el la los las un una unos unas y es era son eran no de del que en a al con por para se su sus le les lo me mi te tu nos pero como más ya está están estaba ha han había ser fue fueron debe debería cuando qué quién cuál donde esta este esto estos estas eso esa ese hay muy sin sobre también si porque entre desde hasta ni o nuestra nuestro cliente tiene quiere pide',
  fr: 'le la les un une des et est était sont étaient ne pas de du que qui en à au aux avec pour par se sa son ses leur leurs lui elle il ils elles nous vous je on mais comme plus déjà a ont avait être été fut doit devrait quand quoi quel quelle où cette ce ces cet très sans sur aussi si parce entre depuis ni ou notre votre dans ça c’est d’un d’une l’article n’a qu’il client veut demande y',
};
/** Letters of one of them alone, and what they count for. */
const LETTERS: Readonly<Record<Language, RegExp | null>> = {
  en: null,
  de: /[äöüß]/g,
  es: /[ñ¿¡áíóú]/g,
  fr: /[çèêëîïôûœà]|\b[ldjncsmt]['’](?=\p{L})|\bqu['’](?=\p{L})/gu,
};
const known = new Map<Language, ReadonlySet<string>>();
const smallWords = (language: Language): ReadonlySet<string> => {
  const found = known.get(language) ?? new Set(SMALL[language].split(' '));
  known.set(language, found);
  return found;
};

/** Longest text that is looked at: a few sentences tell. */
const LOOKED_AT = 4000;

/**
 * The language of a text, of those that the app asks in: by its small words, and by letters that only one of them has.
 * English where none shows, or several do as much.
 */
export function languageOf(text: string): Language {
  const lower = text.slice(0, LOOKED_AT).toLowerCase();
  const words = lower.match(/[\p{L}’']+/gu) ?? [];
  const scores = languages.map((language) => {
    const small = smallWords(language);
    const letters = LETTERS[language];
    const special = letters === null ? 0 : Math.min(6, (lower.match(letters) ?? []).length);
    return { language, score: words.filter((word) => small.has(word)).length + special / 2 };
  });
  const [first, second] = scores.toSorted((a, b) => b.score - a.score);
  return first === undefined || first.score === 0 || first.score === second?.score ? 'en' : first.language;
}

/** The words in this language, or in English. */
export const inLanguage = (words: string | InLanguages, language: Language): string =>
  typeof words === 'string' ? words : (words[language] ?? words.en);
