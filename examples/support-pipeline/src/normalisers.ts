import type { Amount } from './types.ts';

interface Context {
  readonly received: string;
  /** Meant when a customer writes a number and no currency that we know. */
  readonly currency: string;
}

type Normaliser = (text: string, context: Context) => readonly (string | Amount)[];

const groups = (text: string, pattern: RegExp): readonly string[][] =>
  [...text.matchAll(pattern)].map((found) => found.map((group) => group ?? ''));

/** `MW-12345`, also when written `mw 12345` or `MW12345`. */
const orderNumber: Normaliser = (text) => groups(text, /\bmw[ -]?(\d{5})\b/gi).map(([, digits]) => `MW-${digits}`);

const currencies: Readonly<Record<string, string>> = { '€': 'EUR', eur: 'EUR', '£': 'GBP', gbp: 'GBP', pound: 'GBP' };

function currencyOf(written: string, context: Context): string {
  const key = written.toLowerCase();
  return currencies[key] ?? Object.entries(currencies).find(([sign]) => key.startsWith(sign))?.[1] ?? context.currency;
}

/** The last point or comma is decimal when two digits follow it; every other one parts thousands. */
function numberOf(written: string): number {
  const decimal = /[.,](\d{2})$/.exec(written);
  const whole = (decimal === null ? written : written.slice(0, -3)).replace(/[.,]/g, '');
  return Number(decimal === null ? whole : `${whole}.${decimal[1]}`);
}

/** `49,90 €`, `EUR 49.90`, `£1,249.00`, `35 euros`. */
const amount: Normaliser = (text, context) =>
  groups(text, /(€|£|\beur|\bgbp) ?(\d[\d.,]*\d|\d)|\b(\d[\d.,]*\d|\d) ?(€|£|euros?\b|eur\b|gbp\b|pounds?\b)/gi).map(
    ([, before, first, second, after]) => ({
      value: numberOf(first || second || ''),
      currency: currencyOf(before || after || '', context),
    }),
  );

const months = [
  ['january', 'januar', 'enero', 'janvier'],
  ['february', 'februar', 'febrero', 'fevrier', 'février'],
  ['march', 'märz', 'maerz', 'marzo', 'mars'],
  ['april', 'abril', 'avril'],
  ['may', 'mai', 'mayo'],
  ['june', 'juni', 'junio', 'juin'],
  ['july', 'juli', 'julio', 'juillet'],
  ['august', 'agosto', 'août', 'aout'],
  ['september', 'septiembre', 'septembre'],
  ['october', 'oktober', 'octubre', 'octobre'],
  ['november', 'noviembre', 'novembre'],
  ['december', 'dezember', 'diciembre', 'décembre', 'decembre'],
];

const isDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

function isoDay(year: number, month: number, day: number): readonly string[] {
  if (!isDay(year, month, day)) return [];
  return [`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`];
}

const slashDate = (first: number, second: number, year: number): readonly string[] =>
  first > 12 ? isoDay(year, second, first) : isoDay(year, first, second);

const wordDate = (day: string, name: string, year: string, context: Context): readonly string[] => {
  const month = months.findIndex((names) => names.includes(name.toLowerCase())) + 1;
  return month === 0 ? [] : isoDay(Number(year || context.received.slice(0, 4)), month, Number(day));
};

/** `2026-03-04`, `04.03.2026`, `04/03/2026`, `4 March`, `4. März 2026`, `4 de marzo de 2026`, in the order of the text. */
const date: Normaliser = (text, context) =>
  groups(
    text,
    /\b(\d{4})-(\d{2})-(\d{2})\b|\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b|\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b|\b(\d{1,2})(?:st|nd|rd|th|er|\.)? (?:de |of )?(\p{L}{3,10})(?: (?:de )?(\d{4}))?/giu,
  ).flatMap(([, y, m, d, dotDay, dotMonth, dotYear, first, second, slashYear, day, name, year]) => {
    if (y) return isoDay(Number(y), Number(m), Number(d));
    if (dotYear) return isoDay(Number(dotYear), Number(dotMonth), Number(dotDay));
    if (slashYear) return slashDate(Number(first), Number(second), Number(slashYear));
    return wordDate(day ?? '', name ?? '', year ?? '', context);
  });

const email: Normaliser = (text) =>
  groups(text, /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g).map(([found]) => (found ?? '').toLowerCase());

/** International numbers, digits only after the plus sign. */
const phone: Normaliser = (text) =>
  groups(text, /(?<!\w)(?:\+|00)([1-9]\d{0,2}[ ./-]?(?:\(0\))?(?:[ ./()-]?\d){6,12})\b/g).map(
    ([, digits]) => `+${(digits ?? '').replace('(0)', '').replace(/\D/g, '')}`,
  );

const iban: Normaliser = (text) =>
  groups(text, /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g).map(([found]) =>
    (found ?? '').replaceAll(' ', ''),
  );

/** By the names that config/extraction.json uses. */
export const normalisers = { 'order-number': orderNumber, amount, date, email, phone, iban } satisfies Record<
  string,
  Normaliser
>;
export type NormaliserName = keyof typeof normalisers;
