import { type Finder, matching } from './kind.ts';

/** Words that stand where a name may stand and are none. */
const NO_NAMES: ReadonlySet<string> = new Set(
  `team teams support service customer customers sir madam all everyone everybody there folks friends colleagues again
  thanks please best regards hello hi dear yours sincerely zusammen team damen herren kunde kunden kundin kundenservice
  kundendienst leute kollegen kolleginnen grüße grüßen gruß liebe lieber equipo señores clientes cliente todos equipe
  équipe tous madame monsieur messieurs mesdames service client world welt mundo monde the this that it and bot corrigible dob d.o.b born birthday geboren geb geburtsdatum
  geburtstag nacido nacida nacimiento né née naissance tel telefon telephone teléfono phone fax mobil mobile handy móvil
  portable iban bic card karte tarjeta carte mail email konto kontonummer cuenta compte password passwort token address
  adresse anschrift dirección`.split(/\s+/),
);

/** First or last names that are also words: written small, they are taken for the word. */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `will mark rose may grace hope art bill frank young king long brown green black white gray grey page case price order
  best good day sunny summer april june august joy faith dawn iris ivy olive penny pat rob sue drew chase grant lance
  miles rich ray jack jean max major mercy melody crystal amber ruby pearl lily daisy violet holly hazel heather ginger
  sandy stone wood woods field hill banks bush church cook cross fox hall home house hunt lamp lake little love main
  moon north west east south park parker potter power reed rice rivers root rush sharp short shop silver small snow
  spring storm street strong swift walker wall ward water waters way wise wolf work worth kind klein gross groß lang
  kurz schwarz weiss weiß braun vogel berg bach stein stark reich frei fuchs hahn haus kaiser koch könig richter ritter
  sommer winter herbst engel roman blanco rubio moreno delgado rico bueno flores reyes rey cruz campos mar paz sol luz
  gracia petit grand blanc noir roux bon roi marin bell baker carpenter farmer fisher gardener mason miller porter
  smith taylor turner weaver an am der die das von the and del las los les des una une ein eine den dem son para por`.split(
    /\s+/,
  ),
);

const WORD = String.raw`(?:[dl]['’])?\p{Lu}[\p{L}'’-]{1,40}`;
const INITIAL = String.raw`(?:\p{Lu}\. ?){0,2}`;
const BETWEEN = '(?:(?:van|von|de|del|der|den|la|du|di|da|dos|y|zu) ){0,2}';
const NAME = `${INITIAL}${WORD}(?: ${BETWEEN}${INITIAL}${WORD}){0,3}`;
const FULL = `${INITIAL}${WORD}(?: ${BETWEEN}${INITIAL}${WORD}){1,3}`;
const START = String.raw`(?<![\p{L}\p{N}])`;

/** The words with a large or a small letter first: the rest of the pattern has to tell large from small. */
const either = (words: string): string =>
  words
    .split('|')
    .map((word) => (/^[a-zéè]/.test(word) ? `[${word[0]?.toUpperCase()}${word[0]}]${word.slice(1)}` : word))
    .join('|');

const INTRODUCED = either(
  "my name is|mein [Nn]ame ist|ich hei(?:ß|ss)e|me llamo|mi nombre es|je m['’]appelle|mon nom est",
);
const MYSELF = either('i am|this is|ich bin|soy|je suis|hier ist|aquí');
const TITLES = either(
  'mr\\.?|mrs\\.?|ms\\.?|mx\\.?|miss|herrn?|hrn?\\.|frau|Fr\\.(?! (?:Mo|Di|Mi|Do|Sa|So|von|bis|ab|und|vormittag|nachmittag|mittag|abend|früh)(?!\\p{L}))|dr\\.?|prof\\.?|professor(?:in)?|se[ñn]ora?|srt?a?\\.|d[ñn]a\\.|do[ñn]a|don|monsieur|madame|mademoiselle|mme|mlle',
);
/** What may stand behind a title, and alone tells nothing. */
const DEGREES = either(
  'dra?s?\\.?|dres\\.?|d\\.|prof\\.?|professor(?:in)?|dipl\\.?|ing\\.|mag\\.|lic\\.|med\\.|jur\\.|phil\\.|rer\\.|nat\\.|h\\. ?c\\.|pd',
);
const JOINED = '(?:and|und|y|e|et|u\\.|&)';
/** One title or several: Frau Dr., Sra. Dña., Mr. and Mrs. */
const TITLED = `(?:${TITLES}) (?:(?:${JOINED} )?(?:${TITLES}|${DEGREES}) ){0,4}(?!(?:${TITLES}|${DEGREES}) )`;
/** Small words before the name of somebody with a title: von der Heide, van Dyke. */
const SMALL =
  "(?:(?:van|von|de|del|della|di|da|du|dos|bin|ibn|ter|ten) (?:(?:der|den|dem|de|la|las|los|het|['’]t) ){0,2})?";
const GREETINGS = either(
  'dear|hello|hi|hey|good (?:morning|afternoon|evening)|liebe[rs]?|hallo|guten (?:tag|morgen|abend)|estimad[oa]|querid[oa]|hola|buen[oa]s (?:días|tardes)|bonjour|bonsoir|cher|chère|salut',
);
const FAREWELLS = either(
  'regards|wishes|thanks|thank you|many thanks|thanks again|cheers|sincerely|yours|atte\\.?|yours (?:truly|sincerely|faithfully)|greetings|grü(?:ß|ss)en?|gru(?:ß|ss)|danke|vielen dank|danke schön|besten dank|saludos?|un saludo|atentamente|gracias|muchas gracias|cordialement|salutations|bien à vous|merci|merci (?:bien|beaucoup|d’avance)',
);
/** Farewells that are also something else: alone on their line. */
const SHORT_FAREWELLS = 'VG|vg|LG|lg|HG|BG|BR|KR|Mf[Gg]|mfg|MFG|Best|Rgds|Att|Cdlt|Cdt|Bises|Besos|Abrazos|Bien à toi';
/** What stands before an e-mail address and is nobody. */
const NOBODY = either(
  'contact|ask|e-?[Mm]ail|mail|write|write to|please|bitte|an|to|from|von|via|by|per|adresse|address|kontakt|customer|client|kundin|kunde|cliente|the|our|your|my|mein|meine|unser|unsere|ihr|ihre|la|el|le|mi|su|mon|notre|votre',
);
const PEOPLE = either(
  'from|von|de|name|full name|customer|client|contact|kunde|kundin|kundenname|cliente|nombre|nom|signed|unterschrift|firmado|signé|recipient|empfänger(?:in)?|destinatario|destinataire|ansprechpartner(?:in)?',
);
const ROLES = either('customer|client|kunde|kundin|clienta|cliente|cliente');

/** A name as a pattern finds it, which refuses what begins or ends with a word that is none. */
const named = (source: string): Finder =>
  matching('name', new RegExp(source, 'u'), (found) =>
    found.split(/[ -]/).every((word) => !NO_NAMES.has(word.toLowerCase())),
  );

/** Names by what stands around them: titles, greetings, farewells, headers of letters. */
export const names: readonly Finder[] = [
  named(`${START}(?:${INTRODUCED}) (?<value>${NAME})`),
  named(`${START}(?:${MYSELF}) (?<value>${FULL})(?![\\p{L}])`),
  named(`${START}${TITLED}(?<value>${SMALL}${NAME})`),
  named(`${START}M\\. (?<value>${WORD}(?: ${WORD}){0,2})`),
  named(
    `${START}(?:${GREETINGS}),? (?:${TITLED})?(?<value>${NAME})(?: ${JOINED} (?:(?:${TITLED})?(?<also>${NAME})|\\p{Ll}[\\p{Ll} ]{0,30}))?(?=[,!:\\n]|$)`,
  ),
  named(`${START}(?:${FAREWELLS})[,!.]{0,2}\\s{1,4}(?<value>${NAME})(?=[.!]?[ \\t]{0,3}(?:\\n|$))`),
  named(
    `(?<=(?:^|\\n)[ \\t]{0,3})(?:${SHORT_FAREWELLS})[,!.]{0,2}[ \\t]{0,3}\\n{1,3}[ \\t]{0,3}(?<value>${NAME})(?=[.!]?[ \\t]{0,3}(?:\\n|$))`,
  ),
  named(`${START}(?:${PEOPLE}) ?:[ \\t]{0,3}(?<value>${FULL})(?!\\p{L})`),
  named(`${START}(?:${ROLES}) (?<value>${FULL})(?!\\p{L})`),
  named(`${START}(?<value>${FULL})(?= (?:wrote|writes|schrieb|schreibt|escribió|escribe|a écrit|écrit)(?!\\p{L}))`),
  // Gesine Rautenfeld (gesine@firma.de)
  { ...named(`${START}(?!(?:${NOBODY})(?!\\p{L}))(?<value>${FULL})(?=["“”]? ?[,<(] ?$)`), before: 'email' },
];

/** Words of a name that every such name may have. */
export const PARTICLE =
  /^(?:van|von|vom|zum|zur|zu|de|del|della|der|den|des|la|las|los|le|du|di|da|dos|das|el|al|bin|ibn|ter|ten|het|y|e)$/i;

/** Each word of a name that may stand for the person alone. What has many words is no name. */
export const partsOf = (name: string): readonly string[] =>
  name
    .split(/\s+/)
    .slice(0, 20)
    .filter((part) => part !== name && part.length > 2 && !PARTICLE.test(part) && !NO_NAMES.has(part.toLowerCase()));

/** Whether there is no word that may be somebody's name. */
export const isNoName = (name: string): boolean =>
  name.split(/[\s-]+/).every((word) => PARTICLE.test(word) || NO_NAMES.has(word.toLowerCase()));

/** The same text without capitals and accents, letter by letter: each stands where it stood. */
export function fold(text: string): string {
  let folded = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    const base = char < '\u0080' ? char.toLowerCase() : char.normalize('NFD').charAt(0).toLowerCase();
    folded += base.length === 1 ? base : char;
  }
  return folded;
}
