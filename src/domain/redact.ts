/**
 * A kind of personal or secret text, and how it is recognised. `holds` refuses look-alikes; where it does, the longest
 * run of groups within what was found that it accepts is taken: what stands beside a number is often one, too.
 */
interface Kind {
  readonly name: string;
  readonly pattern: RegExp;
  readonly holds?: (found: string) => boolean;
}

const digits = (text: string): string => text.replace(/\D/g, '');

/** Luhn's check digit, ISO/IEC 7812-1. */
function isCard(text: string): boolean {
  const all = digits(text);
  if (all.length < 13 || all.length > 19) return false;
  let sum = 0;
  for (let i = 0; i < all.length; i++) {
    const digit = Number(all[all.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the rearranged number is 1 modulo 97. */
function isIban(text: string): boolean {
  const compact = text.replace(/\s/g, '').toUpperCase();
  if (compact.length < 15 || compact.length > 34) return false;
  let rest = 0;
  for (const char of compact.slice(4) + compact.slice(0, 4))
    for (const digit of String(Number.parseInt(char, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** The longest run of the groups of `found` that holds, whole groups only; null when there is none. */
function holdingPart(found: string, holds: (part: string) => boolean): string | null {
  const groups = [...found.matchAll(/[^ -]+/g)].map(({ 0: text, index }) => ({ from: index, to: index + text.length }));
  const parts = groups.flatMap(({ from }, i) => groups.slice(i).map(({ to }) => found.slice(from, to)));
  return parts.sort((a, b) => b.length - a.length).find(holds) ?? null;
}

/** No pattern may take longer than linear time on a hostile text: all that can fail after a repetition bounds it. */
const kinds: readonly Kind[] = [
  {
    name: 'secret',
    pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  },
  {
    name: 'secret',
    pattern:
      /\b(?:gh[opsur]_[A-Za-z0-9_.-]{10,}|github_pat_\w{20,}|sk-[A-Za-z0-9_-]{16,}|AKIA[A-Z0-9]{16}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{10,}(?:\.[\w-]+){0,2})/g,
  },
  { name: 'email', pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,255}(?:\.[\p{L}\p{N}-]{1,255}){1,30}/gu },
  { name: 'iban', pattern: /\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,32}\b/g, holds: isIban },
  { name: 'card', pattern: /\b\d(?:[ -]?\d){12,18}\b/g, holds: isCard },
  {
    name: 'phone',
    pattern:
      /(?<![\w.,-])(?:\+|00)\d{1,3}[ ./-]?(?:\(0\)[ ]?)?\d(?:[ ./()-]?\d){5,12}\b|(?<![\w.,-])\(?0\d{2,4}\)?[ ./-]\d(?:[ ./-]?\d){4,9}\b/g,
    holds: (found) => digits(found).length >= 7 && !/^\d{4}-\d{2}-\d{2}/.test(found),
  },
  // Numbers of North America in groups: 3, 3 and 4 digits, which no amount is. What has a sign was taken above, or stands in for it.
  {
    name: 'phone',
    pattern: /(?<![\w.,+-]|\+\d{1,3}[ ./-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}\b(?!-\d)/g,
  },
  // Without a sign before them only what begins like a mobile number, or a number of North America: other long numbers are ids.
  {
    name: 'phone',
    pattern:
      /(?<![\w.,/#=+-])(?:491[5-7]\d{8,9}|34[67]\d{8}|33[67]\d{8}|447\d{9}|436\d{8,10}|417\d{8}|1[2-9]\d{2}[2-9]\d{6})\b(?![.,-]\d)/g,
  },
  ...[
    // 12 Elm Street
    /\b\d{1,5}[A-Za-z]? (?:\p{Lu}[\p{L}'’.-]{0,30} ){1,4}(?:Street|Road|Avenue|Lane|Drive|Boulevard|Court|Crescent|Terrace|Square|Way|St|Rd|Ave|Ln|Dr|Blvd|Ct)(?!\p{L})/gu,
    // Hauptstraße 5, Lange Straße 5
    /(?<!\p{L})(?:\p{Lu}\p{L}{1,30} )?(?!(?:Sitz|Steh|Stell|Lager|Park|Arbeits|Spiel|Speicher)platz)(?:\p{L}[\p{L}-]{0,40}(?:stra(?:ß|ss)e|str\.?|gasse|allee|weg|platz|chaussee)|Stra(?:ß|ss)e|Str\.) ?\d{1,4}(?: ?[a-z])?(?![\p{L}\d])/gu,
    // Calle Mayor 3, Avda. de la Constitución, 12
    /(?<!\p{L})(?:C\/|(?:[Cc]alle|[Aa]venida|Avda\.?|Av\.|[Pp]laza|[Pp]aseo|Carrer|Ronda) )(?:(?:de|del|la|las|los|el|y|\p{Lu}[\p{L}'’.-]{0,30}),? ){1,6}(?:n\.?[ºo°] ?)?\d{1,4}\b/gu,
    // 12 rue de la Paix, 3 bis, avenue Foch
    /\b\d{1,4}(?: ?(?:bis|ter|quater))?,? (?:rue|avenue|av\.|boulevard|bd|place|impasse|allée|chemin|quai|route) (?:(?:de|du|des|la|le|les) |[dl]['’]){0,3}\p{Lu}[\p{L}'’.-]{0,30}(?: \p{Lu}[\p{L}'’.-]{0,30}){0,3}/gu,
  ].map((pattern) => ({ name: 'address', pattern })),
  {
    name: 'birth-date',
    pattern:
      /(?=\d)(?<=\b(?:born|birth|birthday|geboren|geburtsdatum|nacid[oa]|nacimiento|n[ée]e?|naissance)\b[^\n\d]{0,20})\d{1,4}[./-]\d{1,2}[./-]\d{1,4}/giu,
  },
  {
    name: 'name',
    pattern:
      /(?<=\b(?:my name is|i am|mein name ist|ich hei(?:ß|ss)e|me llamo|mi nombre es|je m['’]appelle|mon nom est|mr\.?|mrs\.?|ms\.?|herr|frau|se[ñn]or|se[ñn]ora|monsieur|madame) )\p{Lu}[\p{L}'’-]{1,40}(?: \p{Lu}[\p{L}'’-]{1,40}){0,2}/giu,
    holds: (found) => /^\p{Lu}/u.test(found),
  },
];

export interface Redactor {
  /** The text with every known kind replaced by `[email-1]`, `[phone-1]`…; the same value always gets the same placeholder. */
  redact(text: string): string;
  /** Redacts every string of a JSON value, and nothing else. */
  redactJson<T>(value: T): T;
  /** Teaches it a value (a customer's name from the trace, say) that it must hide wherever it stands. */
  learn(kind: string, value: string): void;
  /** How many different values were replaced so far. */
  count(): number;
}

/** Values that belong to nobody: RFC 2606 domains, fictitious phone numbers, published test numbers. */
const surrogates: Readonly<Record<string, (n: number) => string>> = {
  secret: (n) => `EXAMPLE-SECRET-${n}`,
  email: (n) => `customer${n}@example.com`,
  iban: () => 'GB33BUKB20201555555555',
  card: () => '4111 1111 1111 1111',
  phone: (n) => `+1 202 555 01${String(n % 100).padStart(2, '0')}`,
  address: (n) => `${n} Example Street`,
  'birth-date': (n) => `1990-01-${String((n % 28) + 1).padStart(2, '0')}`,
  name: (n) => `Alex Example${n === 1 ? '' : ` ${String.fromCharCode(64 + ((n - 1) % 26))}`}`,
};

/** How a value is replaced: by a bracketed placeholder in text for people and models, by a value of the same shape in cases. */
export type Replacement = 'placeholder' | 'surrogate';

const WORD = /[\p{L}\p{N}]/u;

/** Replaces whole words only: a customer called Ann must not change the word Annual. */
function replaceWord(text: string, value: string, by: () => string): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + value.length)) {
    const bounded = !WORD.test(text[at - 1] ?? ' ') && !WORD.test(text[at + value.length] ?? ' ');
    if (!bounded) continue;
    result += text.slice(from, at) + by();
    from = at + value.length;
  }
  return result + text.slice(from);
}

/**
 * A redactor for one rejection. Redacting twice changes nothing more (with placeholders). The values stay in memory
 * only: what replaces them goes everywhere else.
 */
export function redactor(replacement: Replacement = 'placeholder'): Redactor {
  const placeholders = new Map<string, string>();
  const learnt: { kind: string; value: string }[] = [];
  const learntAlready = new Set<string>();
  const counts = new Map<string, number>();
  const placeholderOf = (kind: string, value: string): string => {
    const key = `${kind}:${value.toLowerCase().replace(/[\s().-]/g, '')}`;
    const known = placeholders.get(key);
    if (known !== undefined) return known;
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    const surrogate = replacement === 'surrogate' ? surrogates[kind] : undefined;
    const placeholder = surrogate === undefined ? `[${kind}-${n}]` : surrogate(n);
    placeholders.set(key, placeholder);
    return placeholder;
  };
  const redact = (text: string): string => {
    let result = text;
    for (const { kind, value } of learnt) result = replaceWord(result, value, () => placeholderOf(kind, value));
    for (const { name, pattern, holds } of kinds)
      result = result.replace(pattern, (found) => {
        const part = holds === undefined ? found : holdingPart(found, holds);
        return part === null ? found : found.replace(part, () => placeholderOf(name, part));
      });
    return result;
  };
  const redactJson = <T>(value: T): T => {
    if (typeof value === 'string') return redact(value) as T;
    if (Array.isArray(value)) return value.map(redactJson) as T;
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactJson(member)])) as T;
    return value;
  };
  return {
    redact,
    redactJson,
    learn: (kind, value) => {
      const known = `${kind}:${value.trim()}`;
      if (learntAlready.has(known)) return;
      learntAlready.add(known);
      if (value.trim().length >= 3) learnt.push({ kind, value: value.trim() });
    },
    count: () => placeholders.size,
  };
}
