import type { Redactor } from './redact.ts';
import type { Json, Trace } from './rejection.ts';

const NAME = /^(?:name|full_?name|first_?name|last_?name|given_?name|family_?name|surname|customer_?name|signed_?by)$/i;
const PERSON = /^(?:customer|sender|contact|person|user|author|recipient|client)$/i;

/** Such as `Nora Quill`: an id or a role is written otherwise. */
const WRITTEN_OUT = /^\p{Lu}[\p{L}.'’-]{0,40}(?: [\p{L}.'’-]{1,40}){0,3} \p{Lu}[\p{L}'’-]{1,40}$/u;

/** What has more parts is no name, and each part is looked for in every text. */
const PARTS = 20;

function learn(value: Json, key: string, inPerson: boolean, redactor: Redactor): void {
  if (typeof value === 'string') {
    const named = /^(?:full_?name|first_?name|last_?name|given_?name|family_?name|surname|customer_?name)$/i.test(key);
    const isPerson = PERSON.test(key) && WRITTEN_OUT.test(value);
    if (!named && !isPerson && !(inPerson && NAME.test(key))) return;
    redactor.learn('name', value);
    // A letter is signed with the first name alone, or the template greets by it.
    for (const part of value.split(/\s+/).slice(0, PARTS)) if (part !== value) redactor.learn('name', part);
  } else if (Array.isArray(value)) for (const item of value) learn(item, key, inPerson, redactor);
  else if (value !== null && typeof value === 'object')
    for (const [member, inner] of Object.entries(value)) learn(inner, member, inPerson || PERSON.test(key), redactor);
}

/** Teaches a redactor the names of people that stand in a trace, so that they are replaced in free text too. */
export function learnNames(trace: Trace, redactor: Redactor): void {
  for (const { input, output } of trace.steps) {
    learn(input, '', false, redactor);
    learn(output, '', false, redactor);
  }
}
