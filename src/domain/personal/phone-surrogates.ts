import { digitsOf } from './numbers.ts';

/**
 * Numbers that regulators keep for films and examples (Ofcom, Bundesnetzagentur, Arcep, NANPA), by country code, without
 * it. `#` is any digit.
 */
const RANGES: Readonly<Record<string, readonly string[]>> = {
  '44': ['7700900###', '2079460###', '1632960###'],
  '49': ['3023125###', '6990009###', '4066969###', '2214710###', '8999998###', '17139200##', '176040690##'],
  '33': ['19900####', '26191####', '35301####', '46571####', '53649####', '63998####'],
  '1': ['202', '212', '303', '312', '404', '415', '503', '617', '702', '808'].map((area) => `${area}55501##`),
};
const CODES = Object.keys(RANGES);

interface Number_ {
  /** Country code; '' where the country is not told. */
  readonly code: string;
  readonly rest: string;
  /** What stands before the rest where the country is not told: the digit 0, or nothing. */
  readonly trunk: '' | '0';
}

/** A number taken apart. One of a country that keeps no numbers has the code '?'. */
function apart(value: string): Number_ {
  const digits = digitsOf(value);
  const abroad = /^\s*\(?(?:\+|00)/.test(value);
  const whole = abroad ? digits.replace(/^00/, '') : digits;
  if (abroad || /^(?:491[5-7]|447\d{9}$|33[67]\d{8}$|1\d{10}$)/.test(digits)) {
    const code = CODES.find((one) => whole.startsWith(one)) ?? '?';
    return { code, rest: code === '?' ? whole : whole.slice(code.length).replace(/^0/, ''), trunk: '' };
  }
  const rest = digits.replace(/^0/, '');
  if (!digits.startsWith('0')) return { code: digits.length === 10 ? '1' : '?', rest, trunk: '' };
  const french = /^0[1-9]\d{8}$/.test(digits) && /^\D*\d\d([ .-]?)\d\d\1\d\d\1\d\d\1\d\d\D*$/.test(value);
  const british = /^0(?:7[4-9]\d{8}|20\d{8}|1(?![5-7])\d{9})$/.test(digits);
  return { code: french ? '33' : british ? '44' : '49', rest, trunk: '0' };
}

/** Digits in the places of those of `like`, where there are as many. */
function laidOut(digits: string, like: string): string | null {
  if (digitsOf(like).length !== digits.length) return null;
  const all = [...digits];
  return like.replace(/\d/g, () => all.shift() as string);
}

/** A number of the same country that is kept for examples, written the same way; where its country keeps none, one of America. */
export function phoneSurrogate(value: string, draw: (below: number) => number, attempt: number): string {
  const { code, rest, trunk } = apart(value);
  const all = RANGES[code] ?? RANGES['1'] ?? [];
  const same = all.filter((range) => range.length === rest.length);
  const ranges = same.length > 0 && attempt < 60 ? same : all;
  const range = ranges[draw(ranges.length)] as string;
  const drawn = range.replace(/#/g, () => String(draw(10)));
  const known = RANGES[code] === undefined ? '1' : code;
  const plain = `+${known} ${drawn.slice(0, 3)} ${drawn.slice(3)}`;
  if (known !== code) return plain;
  const told = digitsOf(value).length - rest.length - trunk.length > 0;
  if (!told)
    return laidOut(trunk + drawn, value) ?? (trunk === '0' ? `0${drawn.slice(0, 3)} ${drawn.slice(3)}` : plain);
  const before = digitsOf(value).slice(0, digitsOf(value).length - rest.length);
  return laidOut(before + drawn, value) ?? plain;
}

const patterns = Object.entries(RANGES).flatMap(([code, ranges]) =>
  ranges.map((range) => new RegExp(`^(?:(?:00)?${code}0?|0?)${range.replace(/#+/g, (run) => `\\d{${run.length}}`)}$`)),
);

/** Whether it is such a number, with its country code or without. */
export const isInvented = (value: string): boolean => patterns.some((pattern) => pattern.test(digitsOf(value)));
