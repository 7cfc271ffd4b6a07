import { type Finder, matching } from './kind.ts';
import { digitsOf } from './numbers.ts';

/** What stands before a number that is part of something longer: a word, an amount, an id, an address. */
const ALONE = String.raw`(?<![\w.,/#=+-])`;
/** Not an amount, a version, a time, or a longer id. */
const END = String.raw`(?![\w]|[.,:/-]\d| ?(?:€|\$|£|%|EUR\b|USD\b|GBP\b|CHF\b|euros?\b|Euro\b|km\b|kg\b|Stück\b|units?\b|unidades\b|pcs\b))`;

const LABELS =
  'phone|telephone|mobile|cell|tel|fax|call me (?:on|at)|reach me (?:on|at)|whatsapp|telefon|telefonnummer|handy|handynummer|mobil|rufnummer|tel[ée]fono|m[óo]vil|ll[áa]me(?:n?me)? al|t[ée]l[ée]phone|t[ée]l|portable|rufen sie mich an(?: unter)?';

/** Telephone numbers: international ones, and as people of Germany, Austria, Spain, France, Britain and North America write them. */
export const phones: readonly Finder[] = [
  matching(
    'phone',
    new RegExp(
      `(?<![\\p{L}\\p{N}])(?:${LABELS})(?: ?(?:number|nummer|no|nr|n[º°]))?[.:]{0,2}\\s{0,3}(?:is |ist |es |est |:)?(?<value>[+(]{0,2}\\d(?:[ ./()-]{0,3}\\d){5,14})(?!\\d)`,
      'iu',
    ),
    (found) => !/^\d{1,2}[./]\d{1,2}[./]\d{2,4}$|^\d{4}-\d{2}-\d{2}$/.test(found),
  ),
  // +34 600 000 112, 0049 30 1234567, +44 (0)20 7946 0123
  matching(
    'phone',
    /(?<![\w.,+-])(?:\+|00)[1-9]\d{0,2}[ ./-]?(?:\(\d{1,4}\)[ ./-]?)?\d(?:[ ./()-]{0,2}\d){5,12}(?![\d%])/,
    (found) => digitsOf(found).length >= (found.startsWith('+') ? 8 : 11),
  ),
  // 030 1234567, (0171) 1234567, 07700 900123
  matching(
    'phone',
    /(?<![\w.,/#=+-])\(?0[1-9]\d{1,3}\)?[ /-]{1,3}\d(?:[ /-]?\d){4,9}(?![\w]|[.,:/-]\d)/,
    (found) => digitsOf(found).length >= 8,
  ),
  // 06 12 34 56 78, 06.12.34.56.78
  matching('phone', new RegExp(`${ALONE}0[1-9](?<between>[ .-])\\d{2}(?:\\k<between>\\d{2}){3}${END}`)),
  // What begins like a mobile number: 01701234567, 07700900123, 0612345678
  matching('phone', new RegExp(`${ALONE}(?:01[567]\\d{8,9}|07\\d{9}|0[67]\\d{8})${END}`)),
  // 612 345 678, 91 234 56 78, 612 34 56 78
  matching(
    'phone',
    new RegExp(`${ALONE}(?:[67]\\d{2} \\d{3} \\d{3}|[6789]\\d{2}(?: \\d{2}){3}|9\\d \\d{3} \\d{2} \\d{2})${END}`),
  ),
  // Numbers of North America in groups: 3, 3 and 4 digits, which no amount is. What has a sign stands in for one above.
  matching(
    'phone',
    /(?<![\w.,+-]|\+\d{1,3}[ ./-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}\b(?!-\d)/,
  ),
  // Without a sign before them only what begins like a mobile number, or a number of North America: other long numbers are ids.
  matching(
    'phone',
    new RegExp(
      `${ALONE}(?:491[5-7]\\d{8,9}|34[67]\\d{8}|33[67]\\d{8}|447\\d{9}|436\\d{8,10}|417\\d{8}|1[2-9]\\d{2}[2-9]\\d{6})\\b(?![.,-]\\d)`,
    ),
  ),
];
