import type { Configuration } from './configuration.ts';
import { compilePattern } from './pattern.ts';
import { addresses } from './personal/addresses.ts';
import { birthDates } from './personal/birth-dates.ts';
import { AT_PLACEHOLDERS, between, book, filled } from './personal/book.ts';
import { type Finder, type KindName, matching, type Span } from './personal/kind.ts';
import { lexicon } from './personal/lexicon.ts';
import { names as nameFinders, partsOf } from './personal/names.ts';
import { isCard, isIban } from './personal/numbers.ts';
import { phones } from './personal/phones.ts';
import { asWritten, type Plain, plain, rereading } from './personal/plain.ts';
import { secrets } from './personal/secrets.ts';
import type { Draw } from './personal/surrogates.ts';

const mail = matching(
  'email',
  /[\p{L}\p{N}._%+'’-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,20}(?:xn--[a-z0-9-]{2,30}|\p{L}{2,24})(?![\p{L}\p{N}])/u,
  (found) => !/^git@/.test(found),
);
const numbers: readonly Finder[] = [
  // What a label says is one, however it was mistyped.
  matching(
    'iban',
    /(?<!\p{L})IBAN\b[^\nA-Za-z0-9]{0,5}(?<value>[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{4}){2,7}(?:[ .-]?[A-Z0-9]{1,3}\b)?)/u,
  ),
  matching('iban', /\b[A-Za-z]{2}\d{2}(?:[ .-]?[A-Za-z0-9]){11,32}\b/, isIban, true),
  matching('card', /\b\d(?:[ -]?\d){12,18}\b/, isCard, true),
  // 4111.1111.1111.1111, 3782.822463.10005
  matching('card', /(?<![\d.])\d{4}(?:[./]\d{4,6}){2,3}(?:[./]\d{3})?(?![./]?\d)/, isCard),
];

/** What is certain by its form, in this order: what one has taken is no part of another, nor of what was learnt. */
const certainWith = (accounts: readonly AccountPattern[]): readonly Finder[] => [
  ...secrets,
  mail,
  ...accounts.map(({ spans }): Finder => ({ kind: 'account', find: spans, asWritten: true })),
  ...numbers,
];
const certain = certainWith([]);
/** What is likely by what stands around it. */
const likely: readonly Finder[] = [...birthDates, ...addresses, ...phones, ...nameFinders];

/** How account numbers of a repository look: where they stand in a text. */
export interface AccountPattern {
  readonly spans: (text: string) => readonly Span[];
}

/** Those that a configuration names. */
export const accountsOf = ({ accounts }: Pick<Configuration, 'accounts'>): readonly AccountPattern[] =>
  accounts.flatMap((source) => {
    const pattern = compilePattern(source);
    return 'because' in pattern ? [] : [pattern];
  });

export interface RedactorOptions {
  readonly accounts?: readonly AccountPattern[];
  /** By which surrogates are drawn. Without it they are the first that fit. */
  readonly draw?: Draw;
}

/**
 * Replaces what is personal or secret. It alone knows by what, in memory; a text may hold values, their placeholders and
 * their surrogates beside one another, and each of the three ways reads all of them. Twice is the same as once.
 */
export interface Redactor {
  /** The text with `[email-1]`, `[phone-1]`… for what is personal: the same for the same value, `[name-1.2]` where that is written otherwise. */
  redact(text: string): string;
  /** Redacts every text, name of a member and long number of a JSON value. */
  redactJson<T>(value: T): T;
  /** The text with a value of the same shape that belongs to nobody in the place of each. */
  disguise(text: string): string;
  disguiseJson<T>(value: T): T;
  /** The text with the values themselves: for what is run here, and for nothing that is said, stored or sent. */
  restore(text: string): string;
  restoreJson<T>(value: T): T;
  /** Teaches it a value (a customer's name from the trace, say) that it must hide wherever it stands. */
  learn(kind: KindName, value: string): void;
  /** How many different values were replaced so far. */
  count(): number;
}

/** What is found in texts teaches so many names at most: a text that holds more is a list, or hostile. */
const MOST_FOUND = 200;
/** What was replaced may uncover something else; no text needs as many passes. */
const PASSES = 10;

/** Where values stand in a text. */
type Find = (text: string) => readonly (Span & { readonly kind: KindName })[];

/** What of a text is read: only what stands before a value of a kind, and in which writing. */
interface Reading {
  readonly before?: KindName;
  readonly reads?: (text: string) => Plain;
}

/** The text with what stands at these places replaced. */
function replaced<S extends Span>(text: string, spans: readonly S[], by: (span: S) => string): string {
  let result = '';
  let from = 0;
  for (const span of spans) {
    result += text.slice(from, span.from) + by(span);
    from = span.to;
  }
  return result + text.slice(from);
}

/** A number with fewer digits is no value by itself, but where somebody said so. */
const SHORTEST_NUMBER = 7;
const ONE_PLACEHOLDER = new RegExp(`^${AT_PLACEHOLDERS.source}$`);

/** The same value with its texts and names of members changed. Numbers stay numbers where they can. */
function inJson(value: unknown, change: (text: string) => string, isWhole: (text: string) => boolean): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value === 'number') {
    const text = String(value);
    if (!isWhole(text)) return value;
    const changed = change(text);
    return String(Number(changed)) === changed ? Number(changed) : changed;
  }
  if (Array.isArray(value)) return value.map((item) => inJson(item, change, isWhole));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [change(name), inJson(item, change, isWhole)] as const),
  );
}

const isAll = (text: string, spans: readonly Span[]): boolean =>
  spans.some(({ from, to }) => from === 0 && to === text.length);

/** Changes what stands in JSON; `isWhole`: whether a text is a value from end to end. */
const inEach =
  (change: (text: string) => string, isWhole: (text: string) => boolean) =>
  <T>(value: T): T =>
    inJson(value, change, isWhole) as T;

const MOST_REMEMBERED = 1000;
const LONGEST_REMEMBERED = 5000;

/** The same change, which does a text again only where it may come to something else, as the version tells. */
function remembering(change: (text: string) => string, version: () => string): (text: string) => string {
  const known = new Map<string, string>();
  let of = '';
  return (text) => {
    const before = version();
    if (before !== of || known.size >= MOST_REMEMBERED) known.clear();
    of = before;
    const result = known.get(text) ?? change(text);
    if (text.length <= LONGEST_REMEMBERED && version() === before) known.set(text, result);
    return result;
  };
}

/** A redactor for one rejection. The values stay in memory only: what replaces them goes everywhere else. */
export function redactor({ accounts = [], draw = () => 0 }: RedactorOptions = {}): Redactor {
  const first = accounts.length === 0 ? certain : certainWith(accounts);
  const taught = lexicon();
  const read = rereading();
  const isAccount = (text: string): boolean => accounts.some(({ spans }) => isAll(text, spans(text)));
  const of = book(draw, (text) => isAccount(text) || isAccount(plain(text).text));
  let names = 0;
  const learnFound = (value: string): void => {
    for (const one of [value, ...partsOf(value)]) if (names++ < MOST_FOUND) taught.teach('name', one, true);
  };
  const replacing = (text: string, find: Find, { before, reads = read }: Reading = {}): string =>
    between(text, (part, next) => {
      if (before !== undefined && !next.startsWith(`[${before}-`)) return part;
      const { text: own, place } = reads(part);
      const spans = find(own).map(({ kind, ...span }) => ({ kind, ...place(span) }));
      return replaced(part, spans, ({ kind, from, to }) => of.placeholderOf(kind, part.slice(from, to)));
    });
  const found = (text: string, { kind, find, before, asWritten: too }: Finder): string => {
    const spans: Find = (part) =>
      find(part).map((span) => {
        if (kind === 'name') learnFound(part.slice(span.from, span.to));
        return { ...span, kind };
      });
    const result = replacing(text, spans, before === undefined ? {} : { before });
    return too && plain(result).text !== result ? replacing(result, spans, { reads: asWritten }) : result;
  };
  const once = (text: string): string => {
    const certainly = first.reduce(found, of.withoutSurrogates(text));
    return likely.reduce(found, replacing(certainly, taught.find));
  };
  const wholly = (text: string): string => {
    of.reserve(text);
    let result = text;
    for (let pass = 0, before = ''; pass < PASSES && before !== result; pass++) {
      before = result;
      result = once(before);
    }
    return result;
  };
  const redact = remembering(wholly, () => `${taught.size} ${of.version()}`);
  const disguise = (text: string): string => filled(redact(text), of.surrogateOf);
  const restore = (text: string): string => filled(redact(text), of.valueOf);
  const isTaught = (text: string): boolean =>
    isAll(
      text,
      taught.find(text).filter(({ kind }) => kind === 'secret'),
    );
  const isWhole = (text: string): boolean =>
    text.length < SHORTEST_NUMBER ? isAccount(text) || isTaught(text) : ONE_PLACEHOLDER.test(redact(text));
  return {
    redact,
    redactJson: inEach(redact, isWhole),
    disguise,
    disguiseJson: inEach(disguise, isWhole),
    restore,
    restoreJson: inEach(restore, isWhole),
    learn: (kind, value) => taught.teach(kind, value, false),
    count: of.count,
  };
}
