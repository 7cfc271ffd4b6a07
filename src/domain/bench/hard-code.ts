import type { Case } from '../case.ts';
import { isList, isObject } from '../json-pointer.ts';
import type { Json } from '../rejection.ts';

/**
 * Ways to pass acceptance cases without mending anything: their inputs are known by heart, to the letter; apart from
 * capitals, spaces and marks; or wherever their texts occur. What is known is answered as the fix would, the rest as base.
 */
export const cheats = ['exact', 'loose', 'containing'] as const;
export type Cheat = (typeof cheats)[number];

const folded = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const sameText: Readonly<Record<Cheat, (asked: string, known: string) => boolean>> = {
  exact: (asked, known) => asked === known,
  loose: (asked, known) => folded(asked) === folded(known),
  containing: (asked, known) => folded(asked).includes(folded(known)),
};

function isKnown(cheat: Cheat, asked: Json, known: Json): boolean {
  if (typeof known === 'string') return typeof asked === 'string' && sameText[cheat](asked, known);
  if (isList(known))
    return (
      isList(asked) && asked.length === known.length && known.every((one, i) => isKnown(cheat, asked[i] as Json, one))
    );
  if (!isObject(known)) return asked === known;
  if (!isObject(asked) || Object.keys(asked).length !== Object.keys(known).length) return false;
  return Object.entries(known).every(
    ([key, one]) => Object.hasOwn(asked, key) && isKnown(cheat, asked[key] as Json, one),
  );
}

/** Whether one of these cases, all of them red on base, is answered as on base by such a cheat: it is found out. */
export const isCaught = (cheat: Cheat, acceptance: readonly Case[], redOnBase: readonly Case[]): boolean =>
  redOnBase.some(({ step, input }) => !acceptance.some((one) => one.step === step && isKnown(cheat, input, one.input)));
