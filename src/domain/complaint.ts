/** One of these, as a part of a pattern. */
const oneOf = (words: string): string => `(?:${words})`;
/** On one line: what stands below something was perhaps never said of it. */
const GAP = String.raw`[^\S\n]{1,3}`;
const WORD = String.raw`\p{L}{1,20}`;
/** Where a clause begins. `For all replies ignore …` is an order still. */
const CLAUSE = String.raw`(?:^|[.!?:;,(\n“„"]|(?<![\p{L}\p{N}])(?:and|but|because|that|as|since|when|und|aber|y|pero|porque|que|et|mais|car))[^\S\n]{0,3}`;
/** What is said of the subject before its verb comes: about refunds. */
const ABOUT = `(?:${GAP}(?:about|for|on|to|of|in|from|with|after|sobre|de|a|sur|à|aux|für|zu|über)(?:${GAP}${WORD}){1,2})?`;
const ADVERB = `(?:${GAP}(?:always|often|still|simply|just|again|also|mostly|sometimes|really|siempre|también|casi|a veces|toujours|souvent|aussi|ne|nous))?`;
const MANY = oneOf(
  'replies|answers|responses|outputs|results|mails|e-?mails|messages|letters|templates|texts|articles|drafts|steps|bots',
);
const ONE = oneOf(
  'reply|answer|response|output|result|mail|e-?mail|message|letter|template|text|article|draft|step|bot|app|system|pipeline|model|assistant',
);
const WHOSE = oneOf('the|these|those|this|that|our|its|all(?: the| our)?|many|most|some|such|both|every|each');
const SEVERAL = `(?:(?:${WHOSE}${GAP}(?:${WORD}${GAP})?)?${MANY}${ABOUT}|they)`;
const SINGLE = `(?:${WHOSE}${GAP}(?:${WORD}${GAP})?${ONE}${ABOUT}|it)`;
const PEOPLE = oneOf('(?:the )?(?:customers?|clients?|buyers?|users?|readers?)|people|everybody|everyone|him|her|them');
const VERB = oneOf('ignore|disregard|forget|merge|approve|label|push|deploy');

/**
 * An output and what it does, as nobody says to the machine that reads it: `the replies ignore`, `why does it forget`, `the
 * mail tells people to disregard`. What it should, must or will do may be an order, and is not among it.
 */
const STATED = [
  `(?<=${CLAUSE}${SEVERAL}(?:${GAP}do)?${ADVERB}${GAP})${VERB}`,
  `(?<=${CLAUSE}${SINGLE}${GAP}(?:does|did|(?:seem|appear|tend)(?:s|ed)${GAP}to)${ADVERB}${GAP})${VERB}`,
  `(?<=(?<![\\p{L}\\p{N}])(?:do|does|did)${GAP}(?:${SEVERAL}|${SINGLE})${ADVERB}${GAP})${VERB}`,
  `(?<=${CLAUSE}(?:${SEVERAL}|${SINGLE})${GAP}(?:tell|told|ask|advise|want|invite)(?:s|d|ed)?${GAP}${PEOPLE}${GAP}to${GAP})${VERB}`,
  `(?<=(?<![\\p{L}\\p{N}])(?:warum|wieso|weshalb)${GAP})${oneOf(`(?:ignorieren|vergessen)${GAP}sie`)}`,
  `(?<=${CLAUSE}${oneOf('die|diese|unsere|alle')}${GAP}(?:${WORD}${GAP})?${oneOf('antworten|mails|nachrichten|texte|briefe|ergebnisse|vorlagen')}${ABOUT}${GAP})${oneOf(`(?:ignorieren|vergessen)${GAP}sie`)}`,
  `(?<=${CLAUSE}${oneOf('la|el|esta|este|nuestra|nuestro|cada')}${GAP}${oneOf('respuesta|contestación|mensaje|correo|texto|resultado|salida|plantilla|artículo|carta|bot|sistema|paso')}${ABOUT}${ADVERB}${GAP})${oneOf('ignora|olvida')}`,
  `(?<=${CLAUSE}${oneOf('la|le|cette|ce|notre|chaque')}${GAP}${oneOf('réponse|message|courriel|mail|texte|résultat|sortie|modèle|article|lettre|bot|système|étape')}${ABOUT}${ADVERB}${GAP})oublie`,
];
/** What is asked not to be done, or not to be forgotten. */
const NEGATED = [
  String.raw`(?<!\bwhy\s{1,3})\b(?:not|never|nicht|nie|no)\s+(?:to\s+)?(?:${VERB}|ignora|olvida)\b`,
  String.raw`n['’]t\s+${VERB}`,
  String.raw`\bvergiss\s+nicht`,
  String.raw`\b(?:ignorez|oublie[sz]?)\s+pas`,
];
const NO_ORDER = new RegExp(String.raw`(?:${[...STATED, ...NEGATED].join('|')})(?![\p{L}\p{N}])`, 'giu');

/** A text of the same length in which spaces stand for what sounds like an order to the machine and is none. */
export const withoutNoOrders = (text: string): string => text.replace(NO_ORDER, (found) => ' '.repeat(found.length));

/** What a title says that says nothing of what is wrong: the form's own words, and those of anybody who wants something. */
const EMPTY: ReadonlySet<string> = new Set(
  `a an and are been can for from get good got has have hello help here his how not now one our the them there they this too was were will with you your
   answer bad bug case error fault fix handle important incorrect issue look mistake need needs output please problem process read rejection reply
   request response result review right see test ticket today update urgent wrong
   antwort bearbeiten beheben bitte das dem den der die dringend ein eine falsch falsche falscher fehler für gut hallo ist mit nicht prüfen
   schlecht und von war wichtig
   arreglar bien buena contestación del equivocada esta está este esto favor hola importante incorrecta las los mala mal por procesar respuesta revisar una urgente
   bonjour bonne ce cette corriger erreur est fausse faux les mauvaise merci pas plaît problème pour réponse sil traiter une veuillez vérifier vous`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
/** With fewer words of its own a title is a label, such as “Wrong price”. */
const FEWEST = 2;

/** Whether a title tells by itself what is wrong. */
export const tellsFault = (title: string): boolean =>
  new Set((title.toLowerCase().match(/\p{L}{3,}/gu) ?? []).filter((word) => !EMPTY.has(word))).size >= FEWEST;
