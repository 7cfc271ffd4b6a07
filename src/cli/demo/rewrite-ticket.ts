import type { Draw } from './draw.ts';
import { drawOrder, drawPerson } from './people.ts';

/** A stored ticket of the example. */
export interface StoredTicket {
  readonly id: string;
  readonly received: string;
  readonly language: string;
  readonly subject: string;
  readonly text: string;
  readonly customer: { readonly name: string; readonly email: string };
  readonly order: { readonly status: string; readonly recipient: string } | null;
}

/** Words that say the same to the pipeline: things sold, greetings. A word may become any other of its row. */
const synonyms: readonly (readonly string[])[] = [
  ['lamp', 'vase', 'bowl', 'cushion', 'pendant', 'clock'],
  ['Lampe', 'Schale', 'Uhr', 'Leuchte'],
  ['lámpara', 'fuente'],
  ['le vase', 'le plat', 'le bol'],
  ['Hello', 'Good morning', 'Dear team', 'Hi there'],
  ['Guten Tag', 'Hallo', 'Guten Morgen'],
  ['Hola', 'Buenos días'],
  ['Thanks', 'Best wishes', 'Kind regards', 'Many thanks'],
  ['Danke', 'Viele Grüße', 'Mit freundlichen Grüßen'],
  ['Merci', 'Cordialement'],
];

const months = [
  ['January', 'February', 'March', 'April', 'May', 'June', 'October', 'November'],
  ['Januar', 'Februar', 'März', 'April', 'Juni', 'Juli', 'August', 'Oktober'],
  ['enero', 'febrero', 'marzo', 'abril', 'junio', 'julio', 'agosto', 'octubre'],
  ['janvier', 'février', 'mars', 'avril', 'juin', 'juillet', 'octobre'],
];

const two = (number: number): string => String(number).padStart(2, '0');

function otherWords(text: string, draw: Draw): string {
  let result = text;
  for (const row of synonyms) {
    const by = draw.pick(row);
    result = result.replace(new RegExp(`(?<![\\p{L}-])(?:${row.join('|')})(?![\\p{L}-])`, 'gu'), () => by);
  }
  return result;
}

function otherDates(text: string, draw: Draw): string {
  let result = text
    .replace(/\b\d{2}\.\d{2}\.(\d{4})\b/g, (_, year) => `${two(draw.int(1, 28))}.${two(draw.int(1, 12))}.${year}`)
    .replace(/\b\d{2}\/\d{2}\/(\d{4})\b/g, (_, year) => `${two(draw.int(1, 12))}/${two(draw.int(1, 12))}/${year}`);
  for (const names of months) {
    const written = new RegExp(`\\b\\d{1,2}(\\.)? (de )?(?:${names.join('|')})(?!\\p{L})`, 'gu');
    result = result.replace(written, (_, point = '', of = '') => `${draw.int(1, 28)}${point} ${of}${draw.pick(names)}`);
  }
  return result;
}

/** Other digits of the same shape: as many, and none at the front that is zero. */
const otherAmounts = (text: string, draw: Draw): string =>
  text.replace(/(?<=[€£] ?)\d[\d.,]*\d|\d[\d.,]*\d(?= ?(?:€|EUR|euros?))/g, (amount) =>
    amount.replace(/\d/g, (_, at: number) => String(draw.int(at === 0 ? 1 : 0, 9))),
  );

/**
 * The same ticket from somebody else: other names, mail address, order number, amounts, dates, things and greetings.
 * Whatever a step makes of it must have the same structure as before.
 */
export function rewriteTicket(ticket: StoredTicket, draw: Draw): StoredTicket {
  const person = drawPerson(draw);
  const present = ticket.order !== null && ticket.order.recipient !== ticket.customer.name;
  const order = drawOrder(draw);
  const own = (text: string) =>
    otherAmounts(otherDates(otherWords(text, draw), draw), draw)
      .replaceAll(ticket.customer.email, person.email)
      .replaceAll(ticket.customer.name, person.name)
      .replace(/\bMW-\d{5}\b/g, order);
  return {
    ...ticket,
    subject: own(ticket.subject),
    text: own(ticket.text),
    customer: person,
    order: ticket.order && { ...ticket.order, recipient: present ? drawPerson(draw).name : person.name },
  };
}
