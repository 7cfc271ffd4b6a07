import { MONTHS } from './birth-dates.ts';
import type { KindName } from './kind.ts';
import { PARTICLE } from './names.ts';
import { digitsOf, ibanChars, isIban, luhn, modulo97 } from './numbers.ts';
import { isInvented, phoneSurrogate } from './phone-surrogates.ts';
import { plain } from './plain.ts';

/** A whole number from 0 on and below the one given, drawn at random. */
export type Draw = (below: number) => number;

const pick = <T>(from: readonly T[], draw: Draw): T => from[draw(from.length)] as T;
const some = (count: number, draw: Draw): string => Array.from({ length: count }, () => draw(10)).join('');

/** Numbers that payment networks publish for tests. */
const TEST_CARDS: readonly string[] = [
  ...['4111111111111111', '4242424242424242', '4012888888881881', '4000056655665556', '4222222222222'],
  ...['5555555555554444', '5105105105105100', '2223003122003222', '5200828282828210'],
  ...['378282246310005', '371449635398431', '378734493671000', '30569309025904', '38520000023237', '36227206271667'],
  ...['6011111111111117', '6011000990139424', '3530111333300000', '3566002020360505', '6200000000000005'],
  '6205500000000000004',
];

/** A test number of the same length, of the same network where there is one; else one of a network that nobody has. */
function cardSurrogate(value: string, draw: Draw, attempt: number): string {
  const digits = digitsOf(value);
  const sameLength = TEST_CARDS.filter((card) => card.length === digits.length);
  const same = sameLength.filter((card) => card[0] === digits[0]);
  const from = attempt < 20 && same.length > 1 ? same : sameLength;
  if (from.length > 1 && attempt < 60) return pick(from, draw);
  const body = `9999${some(digits.length - 5, draw)}`;
  return `${body}${[...'0123456789'].find((last) => luhn(body + last))}`;
}

/** What the countries' own check digits need; elsewhere only those of the IBAN itself. */
const BANKS: Readonly<Record<string, (draw: Draw) => string>> = {
  // German bank codes begin with 1 to 8.
  DE: (draw) => `9${some(7, draw)}${some(10, draw)}`,
  ES: (draw) => {
    const [bank, account] = ['00000000', some(10, draw)];
    const check = (digits: string): number => {
      const weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
      const rest = 11 - (weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11);
      return rest === 11 ? 0 : rest === 10 ? 1 : rest;
    };
    return `${bank}${check(`00${bank}`)}${check(account)}${account}`;
  },
  FR: (draw) => {
    const [bank, desk, account] = ['00000', some(5, draw), some(11, draw)];
    const key = 97 - ((15 * Number(desk) + 3 * Number(account)) % 97);
    return `${bank}${desk}${account}${String(key).padStart(2, '0')}`;
  },
  GB: (draw) => `ZZZZ000000${some(8, draw)}`,
  NL: (draw) => `ZZZZ${some(10, draw)}`,
};

/** An IBAN of the same country at a bank that there is not: of another's shape, zeros where its bank stands. */
function ibanSurrogate(value: string, draw: Draw): string {
  const all = ibanChars(value);
  const country = all.slice(0, 2);
  const own = isIban(value) ? BANKS[country]?.(draw) : undefined;
  let seen = 0;
  const other = () =>
    all.slice(4).replace(/[A-Z]|\d/g, (char) => (char >= 'A' ? 'Z' : seen++ < 4 ? '0' : String(draw(10))));
  const account = own ?? other();
  const check = 98 - modulo97(`${account}${country}00`);
  return `${country}${String(check).padStart(2, '0')}${account}`;
}

/** First and last names of people that are not: no language has them. */
const GIVEN = 'Arlo Belva Cassio Delphin Elowin Fenja Gilda Harmo Irvina Jorun Kelmo Lunete Maris Nuriel Odelin Perrin'
  .split(' ')
  .map((name) => `${name}x`);
const FAMILY =
  'Beispielmann Exampleton Mustervik Ejemplares Exempleau Specimenko Samplewright Modelhuis Probandi Placeholm Dummond Fictonelli'.split(
    ' ',
  );

/** One word of a name, whichever: where all are taken a letter more. */
export const nameWord = (first: boolean, draw: Draw, attempt: number): string =>
  pick(first ? GIVEN : FAMILY, draw) + (attempt < 30 ? '' : String.fromCharCode(97 + draw(26)));

const emailSurrogate = (draw: Draw): string =>
  `${pick(GIVEN, draw)}.${pick(FAMILY, draw)}${100 + draw(900)}@example.${pick(['com', 'org', 'net'], draw)}`.toLowerCase();

const GERMAN = /stra(?:ß|ss)e|str\.|gasse|allee|weg\b|platz|chaussee|postfach/i;
const SPANISH = /\b(?:calle|c\/|avenida|avda|plaza|paseo|carrer|ronda|apartado)/i;
const FRENCH = /\b(?:rue|boulevard|bd|place|impasse|allée|chemin|quai|route)\b/i;

function addressSurrogate(value: string, draw: Draw): string {
  const number = 1 + draw(990);
  const code = /\b\d{5}\b/.test(value);
  if (GERMAN.test(value)) return `Musterstraße ${number}${code ? ', 00000 Musterstadt' : ''}`;
  if (SPANISH.test(value)) return `Calle del Ejemplo ${number}${code ? ', 00000 Villaejemplo' : ''}`;
  if (FRENCH.test(value)) return `${number} rue de l’Exemple${code ? ', 00000 Exempleville' : ''}`;
  return `${number} Example Street`;
}

const padded = (number: number, like: string): string => String(number).padStart(like.length, '0');

/** Another date, written the same way: days and months are up to 12, so that the order of both does not matter. */
function birthDateSurrogate(value: string, draw: Draw): string {
  const months = MONTHS.map((names) => names.map((name) => name.toLowerCase()));
  return value.replace(/\d+|\p{L}{3,}/gu, (part) => {
    if (part.length === 4 && /\d/.test(part)) return String(1950 + draw(50));
    if (/\d/.test(part))
      return Number(part) > 31 ? String(50 + draw(50)) : padded(1 + draw(part.length < 2 ? 9 : 12), part);
    const language = months.findIndex((names) => names.includes(part.toLowerCase()));
    return language === -1 ? part : pick(MONTHS[language] ?? [], draw);
  });
}

const otherChar = (char: string, draw: Draw): string =>
  char <= '9' ? String(draw(10)) : String.fromCharCode((char <= 'Z' ? 65 : 97) + draw(26));

/**
 * A digit for a digit and a letter for a letter. What has to be as it is for an account number to be one is no part of
 * anybody's: it stays.
 */
function accountSurrogate(value: string, draw: Draw, isAccount: (text: string) => boolean): string {
  const isFree = (at: number, char: string): boolean =>
    ['0', '5', 'A', 'Q', 'a', 'q'].some(
      (other) => other !== char && isAccount(value.slice(0, at) + other + value.slice(at + 1)),
    );
  const drawn = value.replace(/[0-9A-Za-z]/g, (char, at: number) => (isFree(at, char) ? otherChar(char, draw) : char));
  return isAccount(drawn) ? drawn : value.replace(/[0-9]/g, (char) => otherChar(char, draw));
}

/**
 * A value that belongs to nobody, of the kind and shape of another, from ranges that are kept for examples where there
 * are any. Drawn, never made of the value: of that only the kind, the country, the length and the way of writing show.
 * Not of names, which go word by word. `attempt` counts how often what was drawn before was taken.
 */
export function surrogateOf(
  kind: Exclude<KindName, 'name'>,
  value: string,
  draw: Draw,
  attempt: number,
  isAccount: (text: string) => boolean = () => false,
): string {
  switch (kind) {
    case 'email':
      return emailSurrogate(draw);
    case 'phone':
      return phoneSurrogate(value, draw, attempt);
    case 'iban':
      return ibanSurrogate(value, draw);
    case 'card':
      return cardSurrogate(value, draw, attempt);
    case 'birth-date':
      return birthDateSurrogate(value, draw);
    case 'address':
      return addressSurrogate(value, draw);
    case 'account':
      return accountSurrogate(value, draw, isAccount);
    case 'secret':
      return `EXAMPLE-SECRET-${some(6, draw)}`;
  }
}

const cased = (word: string, like: string): string =>
  like.length > 1 && like === like.toUpperCase()
    ? word.toUpperCase()
    : like === like.toLowerCase()
      ? word.toLowerCase()
      : word;

/** A name word by word: the same word always becomes the same one, and `word` tells which. Initials stay initials. */
export const nameSurrogate = (name: string, word: (of: string, first: boolean) => string): string =>
  name.replace(/[^\s]+/g, (written, at: number) => {
    const part = plain(written).text;
    if (PARTICLE.test(part)) return part;
    const [whole, end] = [part.replace(/[.,]$/, ''), /[.,]$/.exec(part)?.[0] ?? ''];
    const other = word(whole, at === 0);
    return (whole.length === 1 ? (other[0] ?? 'X') : cased(other, whole)) + end;
  });

/** Letters and digits of `other` in the places of those of `like`, where there are as many. */
function laidOut(other: string, like: string): string {
  const chars = [...other.replace(/[^A-Za-z0-9]/g, '')];
  if (like.replace(/[^A-Za-z0-9]/g, '').length !== chars.length) return other;
  return like.replace(/[A-Za-z0-9]/g, () => chars.shift() as string);
}

/** A surrogate as its value is written here: with the same spaces, in the same case. */
export function spelled(kind: KindName, surrogate: string, like: string): string {
  if (kind === 'email') return cased(surrogate, like);
  if (kind !== 'card' && kind !== 'iban' && kind !== 'phone') return surrogate;
  const whole = laidOut(surrogate, like);
  return kind === 'iban' && like === like.toLowerCase() ? whole.toLowerCase() : whole;
}

const EXAMPLE_MAIL = /@(?:[\w-]+\.)*(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)$/i;

/** Whether a value is known to belong to nobody: a domain, a number or a bank that is kept for examples. */
export function belongsToNobody(kind: KindName, value: string): boolean {
  if (kind === 'email') return EXAMPLE_MAIL.test(value);
  if (kind === 'card') return TEST_CARDS.includes(digitsOf(value)) || digitsOf(value).startsWith('9999');
  if (kind === 'phone') return isInvented(value);
  if (kind === 'secret') return value.startsWith('EXAMPLE-SECRET-');
  if (kind !== 'iban') return false;
  const all = ibanChars(value);
  return /^(?:DE..9|[A-Z]{2}..(?:Z{0,6}0000|ZZZZ))/.test(all);
}
