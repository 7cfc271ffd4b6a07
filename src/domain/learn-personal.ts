import type { KindName } from './personal/kind.ts';
import { partsOf } from './personal/names.ts';
import type { Redactor } from './redact.ts';
import type { Json, Trace } from './rejection.ts';

const NAME = /^(?:name|full_?name|first_?name|last_?name|given_?name|family_?name|surname|customer_?name|signed_?by)$/i;
const PERSON = /^(?:customer|sender|contact|person|user|author|recipient|client)$/i;
const ALWAYS_NAME = /^(?:full_?name|first_?name|last_?name|given_?name|family_?name|surname|customer_?name)$/i;

/** Such as `Nora Quill`: an id or a role is written otherwise. */
const WRITTEN_OUT = /^\p{Lu}[\p{L}.'’-]{0,40}(?: [\p{L}.'’-]{1,40}){0,3} \p{Lu}[\p{L}'’-]{1,40}$/u;

/** What is longer is a text, in which values are found by their own forms. */
const LONGEST = 200;

/** Members that hold one value of a kind, however it is written there. */
const FIELDS: readonly (readonly [kind: KindName, name: RegExp, holds: RegExp])[] = [
  ['email', /^(?:e?_?mail|e_?mail_?address|correo|courriel)$/i, /@/],
  [
    'birth-date',
    /^(?:date_?of_?birth|birth_?(?:date|day)|dob|born|geburts_?(?:datum|tag)|fecha_?(?:de_?)?nacimiento|date_?(?:de_?)?naissance)$/i,
    /\d/,
  ],
  [
    'phone',
    /^(?:phone|mobile|cell|tel|telephone|telefon|handy|mobil|m[oó]vil|tel[eé]fono|t[eé]l[eé]phone|fax)(?:_?(?:number|no|nummer))?$/i,
    /\d{3}/,
  ],
  [
    'address',
    /^(?:(?:street|postal|shipping|billing|home)_?address|address(?:_?line)?_?\d?|street|stra(?:ss|ß)e|anschrift|calle|direcci[oó]n|rue)$/i,
    /\d/,
  ],
  ['iban', /^(?:iban|bank_?account)$/i, /\d{4}/],
  ['card', /^(?:card_?(?:number|no)|pan|credit_?card)$/i, /\d{4}/],
];

const words = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])|[- ]/g, '_');

function learnField(value: string, name: string, redactor: Redactor): void {
  if (value.length > LONGEST) return;
  for (const [kind, of, holds] of FIELDS) if (of.test(words(name)) && holds.test(value)) redactor.learn(kind, value);
}

function learn(value: Json, key: string, inPerson: boolean, redactor: Redactor): void {
  if (typeof value === 'number') learnField(String(value), key, redactor);
  else if (typeof value === 'string') {
    learnField(value, key, redactor);
    const isPerson = PERSON.test(key) && WRITTEN_OUT.test(value);
    if (!ALWAYS_NAME.test(words(key)) && !isPerson && !(inPerson && NAME.test(words(key)))) return;
    redactor.learn('name', value);
    // A letter is signed with the first name alone, or the template greets by it.
    for (const part of partsOf(value)) redactor.learn('name', part);
  } else if (Array.isArray(value)) for (const item of value) learn(item, key, inPerson, redactor);
  else if (value !== null && typeof value === 'object')
    for (const [member, inner] of Object.entries(value)) learn(inner, member, inPerson || PERSON.test(key), redactor);
}

/** Teaches a redactor what a trace says about people by the names of its members: it is replaced in free text too. */
export function learnPersonal(trace: Trace, redactor: Redactor): void {
  for (const { input, output } of trace.steps) {
    learn(input, '', false, redactor);
    learn(output, '', false, redactor);
  }
}
