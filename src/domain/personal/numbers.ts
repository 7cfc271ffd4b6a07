export const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** Luhn's check digit, ISO/IEC 7812-1. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** First digits and lengths that payment networks have: Visa, Mastercard, American Express, Diners, JCB, Discover, UnionPay, Maestro. */
const NETWORKS: readonly (readonly [start: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|22[2-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 16]],
  [/^35(?:2[89]|[3-8])/, [16, 19]],
  [/^6(?:011|4[4-9]|5|2)/, [16, 17, 18, 19]],
  [/^(?:50|5[6-9]|6[0-9])/, [16, 18, 19]],
];

/** A number that a payment card may have: begins as a network’s do, has its length, and Luhn's check digit holds. */
export function isCard(text: string): boolean {
  const digits = digitsOf(text);
  const known = NETWORKS.some(([start, lengths]) => start.test(digits) && lengths.includes(digits.length));
  return known && luhn(digits);
}

/** ISO 13616's registry: how long an IBAN of each country is. */
const LENGTHS =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20';
const lengthOf: ReadonlyMap<string, number> = new Map(
  LENGTHS.split(' ').map((one) => [one.slice(0, 2), Number(one.slice(2))]),
);

export const ibanChars = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();

/** What is left of the rearranged number modulo 97. */
export function modulo97(text: string): number {
  let rest = 0;
  for (const char of text)
    for (const digit of String(Number.parseInt(char, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}

/** ISO 13616: a country's length, and the rearranged number is 1 modulo 97. */
export function isIban(text: string): boolean {
  const all = ibanChars(text);
  return lengthOf.get(all.slice(0, 2)) === all.length && modulo97(all.slice(4) + all.slice(0, 4)) === 1;
}
