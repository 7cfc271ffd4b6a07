import type { KindName } from './personal/kind.ts';
import {
  ADDRESS,
  ALWAYS_NAME,
  DELIVERED,
  FIELDS,
  FIRM,
  LETTER,
  LETTERHEAD,
  memberName,
  NAME,
  PERSON,
  PERSON_OF_MEMBERS,
  SALUTATION,
  THING,
} from './personal/members.ts';
import { isNoName, partsOf } from './personal/names.ts';
import { plain } from './personal/plain.ts';
import type { Redactor } from './redact.ts';
import type { Json, Trace } from './rejection.ts';

/** Such as `Nora Quill`: an id or a role is written otherwise. */
const WRITTEN_OUT = /^\p{Lu}[\p{L}.'’-]{0,40}(?: [\p{L}.'’-]{1,40}){0,3} \p{Lu}[\p{L}'’-]{1,40}$/u;
/** What may be a name where something else says that it is one: no sentence. */
const FEW_WORDS = /^\S+(?: \S+){0,5}$/;

/** What is longer is a text, in which values are found by their own forms. */
const LONGEST = 200;

/** Where a value stands. */
interface Place {
  /** The member that holds it, or the list that it is in. */
  readonly member: string;
  /** Whether that is part of a person. */
  readonly inPerson: boolean;
  /** Whether that is part of a letter, as a mail is. */
  readonly inLetter: boolean;
  /** Whether that is part of an address. */
  readonly inAddress: boolean;
}

type Learn = Redactor['learn'];

/** Kinds of which a thing has none. */
const WHO: ReadonlySet<KindName> = new Set(['email', 'phone', 'birth-date']);

function learnName(value: string, learn: Learn): void {
  const name = plain(value).text.trim();
  if (isNoName(name)) return;
  learn('name', name);
  // A letter is signed with the first name alone, or the template greets by it.
  for (const part of partsOf(name)) learn('name', part);
}

function learnText(value: string, { member, inPerson, inLetter, inAddress }: Place, learn: Learn): void {
  if (value.length > LONGEST) return;
  for (const [kind, of, holds] of FIELDS) if (of.test(member) && holds(value)) learn(kind, value);
  if (inAddress && /^(?:line|zeile|linea|ligne)\d?$/.test(member) && /\d/.test(value)) learn('address', value);
  const read = plain(value).text.trim();
  const isPerson = (PERSON.test(member) || (inLetter && LETTERHEAD.test(member))) && WRITTEN_OUT.test(read);
  const isNamed = inPerson && NAME.test(member) && FEW_WORDS.test(read);
  const isShown = /^(?:displayname|anzeigename)$/.test(member) && WRITTEN_OUT.test(read);
  if (ALWAYS_NAME.test(member) || isPerson || isNamed || isShown) learnName(value, learn);
}

type Members = readonly (readonly [member: string, value: Json])[];

/** Whether something is said here that is only said of people: things have names, and no e-mail addresses. */
const isOfPeople = (members: Members): boolean =>
  members.some(
    ([member, value]) =>
      (typeof value === 'string' && SALUTATION.test(member)) ||
      ((typeof value === 'string' || typeof value === 'number') &&
        FIELDS.some(([kind, of, holds]) => WHO.has(kind) && of.test(member) && holds(String(value)))),
  );

const hasAddress = (members: Members): boolean =>
  members.some(
    ([member, value]) =>
      ADDRESS.test(member) ||
      (typeof value === 'string' &&
        FIELDS.some(([kind, of, holds]) => kind === 'address' && of.test(member) && holds(value))),
  );

function isPersonHere(members: Members, { member, inPerson, inLetter }: Place): boolean {
  if (FIRM.test(member)) return false;
  if (DELIVERED.test(member)) return isOfPeople(members) || hasAddress(members);
  if (PERSON_OF_MEMBERS.test(member) || (inLetter && LETTERHEAD.test(member)) || isOfPeople(members)) return true;
  if (member === 'name') return members.some(([one]) => one === 'first' || one === 'last');
  return inPerson && !THING.test(member);
}

function learnIn(value: Json, place: Place, learn: Learn): void {
  if (typeof value === 'number') learnText(String(value), place, learn);
  else if (typeof value === 'string') learnText(value, place, learn);
  else if (Array.isArray(value)) for (const item of value) learnIn(item, place, learn);
  else if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).map(([name, inner]) => [memberName(name), inner] as const);
    const here = {
      inPerson: isPersonHere(members, place),
      inLetter: members.some(([name]) => LETTER.test(name)),
      inAddress: ADDRESS.test(place.member),
    };
    for (const [member, inner] of members) learnIn(inner, { member, ...here }, learn);
  }
}

/** Teaches a redactor what a trace says about people by the names of its members: it is replaced in free text too. */
export function learnPersonal(trace: Trace, { learn }: Pick<Redactor, 'learn'>): void {
  const nowhere: Place = { member: '', inPerson: false, inLetter: false, inAddress: false };
  for (const { input, output } of trace.steps) for (const one of [input, output]) learnIn(one, nowhere, learn);
}
