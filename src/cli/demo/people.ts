import type { Draw } from './draw.ts';

/** All of them invented. */
const given = [
  'Alma',
  'Bertil',
  'Clara',
  'Dario',
  'Edda',
  'Fabian',
  'Gwen',
  'Hanne',
  'Ivo',
  'Jorun',
  'Kasper',
  'Lotte',
];
const family = ['Abelmoor', 'Birchgrove', 'Corvanne', 'Dunmarsh', 'Elderfeld', 'Fossgate', 'Grevenhall', 'Hollinbrook'];
const mailDomains = ['example.com', 'example.org', 'example.net'];

export interface Person {
  readonly name: string;
  /** At a domain that RFC 2606 keeps for examples. */
  readonly email: string;
}

/** Somebody who does not exist. */
export function drawPerson(draw: Draw): Person {
  const [first, last] = [draw.pick(given), draw.pick(family)];
  return { name: `${first} ${last}`, email: `${first}.${last}@${draw.pick(mailDomains)}`.toLowerCase() };
}

/** An order number of the shop's shape, unused by its stored tickets (theirs start with 4). */
export const drawOrder = (draw: Draw): string => `MW-${draw.int(50_000, 99_999)}`;
