import { parsePointer } from './json-pointer.ts';
import { hasWord, type Locator } from './locator.ts';

/** What a hint has to say, so that neither whoever drafts from it nor whoever approves has to guess. */
export const demands = ['file', 'locator', 'observed', 'expected', 'counter-example'] as const;
export type Demand = (typeof demands)[number];

/** One of these words, whole, in the languages that the app speaks. */
const oneOf = (words: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words})(?![\\p{L}\\p{N}_])`, 'iu');

/** The words by which people tell it. A word that is missed costs a line of advice, and nothing else. */
const TOLD: Readonly<Record<'observed' | 'expected' | 'counter-example', RegExp>> = {
  observed: oneOf(
    "observed|actual|actually|gives?|gave|got|returns?|returned|produces?|produced|comes? out|came out|says?|said|today|instead|currently|now|beobachtet|ergibt|ergab|liefert|lieferte|gibt|gab|kommt|kam|heute|statt|stattdessen|bisher|derzeit|observado|devuelve|devolvió|da|dio|sale|salió|hoy|actualmente|ahora|en vez de|en lugar de|observé|donne|donné|donnait|renvoie|renvoyé|sort|actuellement|maintenant|aujourd[’']hui|au lieu de?",
  ),
  expected: oneOf(
    'expected|expects?|should|must|shall|ought|has to|have to|needs to|erwartet|soll|sollen|sollte|sollten|muss|müssen|müsste|esperado|debe|deben|debería|deberían|tiene que|tienen que|attendu|attendue|doit|doivent|devrait|devraient|il faut',
  ),
  'counter-example': oneOf(
    'counter-?examples?|guards?|except|unless|but not|not for|only (?:for|if|when|where|on|with)|stays?|unchanged|keeps?|as before|außer|ausser|aber nicht|nicht (?:für|bei|wenn)|nur (?:für|bei|wenn)|bleibt|bleiben|unverändert|gegenbeispiele?|excepto|salvo|pero no|s[oó]lo (?:para|si|cuando)|se quedan?|siguen?|sin cambios?|contraejemplos?|sauf|mais pas|pas pour|seulement|uniquement|restent?|inchangée?s?|contre-exemples?',
  ),
};

/** What can be asked of a file that people name. */
export interface NamedFile {
  readonly text: string;
  /** Whether it has such a place. */
  readonly has: (at: Locator['at']) => boolean;
}

const LINE = /(?<![\p{L}\p{N}_])(?:lines?|zeilen?|líneas?|lignes?)\s+(\d{1,7})(?!\d)/giu;
const POINTER = /(?<![^\s`"'“„«(])\/[^\s`"'”“»),;]{1,200}/g;
const IN_CODE = /`([^`\n]{2,100})`/g;

/** So many of a kind are looked for: each may have a file read as data. */
const MOST_PLACES = 10;

/** Whether the words point into one of these files, in whatever way people do. */
function pointsInto(words: string, files: readonly NamedFile[]): boolean {
  const all = (pattern: RegExp, group: number) =>
    [...words.matchAll(pattern)].slice(0, MOST_PLACES).map((found) => found[group] ?? '');
  const places: readonly Locator['at'][] = [
    ...all(LINE, 1).map((line) => ({ line: Number(line) })),
    ...all(POINTER, 0).flatMap((pointer) => {
      const tokens = parsePointer(pointer.replace(/[.:!?]+$/, ''));
      return tokens === null ? [] : [{ pointer: tokens }];
    }),
  ];
  const names = all(IN_CODE, 1);
  return files.some(({ text, has }) => places.some(has) || names.some((name) => hasWord(text, name)));
}

/**
 * Which of the five a hint does not say, in their order. `words`: without what is hidden in them. `files`: those of base
 * that it names, null where one cannot be read; `located`: whether it names a place in one of them by a locator.
 */
export function lintHint(words: string, files: readonly (NamedFile | null)[], located: boolean): readonly Demand[] {
  const readable = files.filter((file) => file !== null);
  const says: Readonly<Record<Demand, boolean>> = {
    file: files.length > 0,
    locator: located || pointsInto(words, readable),
    observed: TOLD.observed.test(words),
    expected: TOLD.expected.test(words),
    'counter-example': TOLD['counter-example'].test(words),
  };
  return demands.filter((demand) => !says[demand]);
}
