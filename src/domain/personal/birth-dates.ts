import { matching } from './kind.ts';

/** January to December, as four languages write them, and short. */
export const MONTHS: readonly (readonly string[])[] = [
  'January February March April May June July August September October November December',
  'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec',
].map((months) => months.split(' '));

const MONTH = `(?:${[...new Set(MONTHS.flat())].sort((a, b) => b.length - a.length).join('|')})`;
const DATE = [
  String.raw`\d{1,4}[./-]\d{1,2}[./-]\d{1,4}`,
  String.raw`\d{1,2}(?:st|nd|rd|th|er|\.)? (?:of |de )?${MONTH}\.?,?(?: (?:de |del )?\d{2,4})?`,
  String.raw`${MONTH}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}`,
].join('|');
const LABEL =
  'date of birth|birth ?date|birthday|birth|born|d\\.?o\\.?b\\.?|geboren(?:e[rns]?)?|geb\\.?|geburtsdatum|geburtstag|nacid[oa]|nac[íi]|nacimiento|cumplea[ñn]os|née?|nee|naissance|anniversaire';
const BORN = 'born|geboren|geb\\.|nacid[oa]|nació|née?';

/** Dates that a word says are somebody's birth. Any other date is one of an order, a letter, a sale. */
export const birthDates = [
  matching(
    'birth-date',
    new RegExp(
      `(?<![\\p{L}\\p{N}])(?:${LABEL})(?!\\p{L})(?! (?:sale|offer|deal|discount|gift|party|special|aktion|angebot|rabatt|geschenk))[^\\n\\d.;]{0,20}?(?<!\\d)(?<value>${DATE})(?![\\d])`,
      'iu',
    ),
  ),
  // am 03.04.1981 in Bonn geboren
  matching(
    'birth-date',
    new RegExp(`(?<![\\d./-])(?<value>${DATE})(?!\\d)[ ,]{1,2}(?:\\p{L}{1,30} ){0,3}?(?:${BORN})(?!\\p{L})`, 'iu'),
  ),
  // *03.04.1981
  matching('birth-date', /(?<![\w*])\* ?(?<value>\d{1,2}\.\d{1,2}\.\d{4})(?!\d)/),
];
