import type { Family } from '../family.ts';
import type { InLanguages } from '../language.ts';
import type { PartOf } from '../split-fact.ts';
import { list, quoted } from './people.ts';

/** How a list of parts is written, for whoever wrote it otherwise. */
const EXAMPLE = '`/split`, and below it a list, such as `1. the first fault` and `2. the second one`';

/** Why a rejection is not split. */
export const splitReasons: Readonly<Record<string, (detail: string) => string>> = {
  'split-nothing': () =>
    `I see one fault in it. If there are several, name them: ${EXAMPLE}, each in words that stand in the rejection`,
  'split-list': () => `it takes two parts at least, as a list: ${EXAMPLE}, each in words that stand in the rejection`,
  'split-many': (count) =>
    `${count} parts are too many: four at most. Put together what belongs together, or have the rest rejected on its own`,
  'split-words': (part) =>
    `part ${part} has to quote the rejection, one quote a line: six at most, each of four letters at least and 1000 characters at most`,
  'split-order': (part) =>
    `part ${part} can only wait for a part above it: \`(after 1)\`, or \`(after none)\` if it waits for none`,
  'split-quote': (detail) => {
    const [part = '', ...words] = detail.split(' ');
    return `part ${part} says “${quoted(words.join(' ').slice(0, 200))}”, which is not in the rejection. Quote its words as they stand there; what else is to be said goes behind \`/hint\``;
  },
  'split-overlap': (detail) => {
    const [one = '', other = ''] = detail.split(' ');
    return `parts ${one} and ${other} quote the same words. Each word belongs to one of them`;
  },
  'split-again': () => 'it was split already. What else is wrong has to be rejected on its own',
  'split-part': (of) => `it is a part of #${of} itself, and parts are not split again. Have it rejected on its own`,
  'split-closed': () => 'it is closed. Open it again first',
  'part-waits': (other) =>
    `it waits for #${other}, which may settle it. Comment \`/detach\` to have it worked on at once`,
};

const words = (part: { readonly said: readonly { readonly quote: string }[] }): string =>
  part.said.length === 0 ? 'what is left of it' : part.said.map(({ quote }) => `“${quoted(quote)}”`).join(' ');

/** The lines of the status comment. */
export const splitStatus = {
  parts: ({ split, opened }: Family, own: string): readonly string[] => {
    if (split === null) return [];
    const number = (part: number): string => {
      const issue = opened.find((one) => one.part === part)?.issue;
      return part === 1 ? own : issue === undefined ? 'an issue that is being opened' : `#${issue}`;
    };
    const lines = split.parts.map((part, at) => {
      const waits = part.after === null ? '' : ` (after ${number(part.after)})`;
      return `${number(at + 1)}${waits}: ${words(part)}`;
    });
    return [`Split by ${split.by} into ${split.parts.length}:\n\n${list(lines)}`];
  },
  part: ({ rejection, part }: PartOf, reporter: string): string =>
    `Part ${part} of #${rejection}, which ${reporter} reported.`,
  waits: (other: number): string =>
    `**Waits** for #${other}, which comes first and may settle this one. I go on when that one is merged, or has ended otherwise. To have it worked on at once, a person with write permission comments \`/detach\`.`,
  thisOne: 'this one',
} as const;

/** What people can do with a rejection that names several faults. `inWords`: these are not known, and have to be named. */
export const splitOffer = {
  spec: 'A maintainer can comment `/split`: then each becomes an issue of its own, in this order, and each waits for the one before it, which may settle it.',
  question: (inWords: boolean): InLanguages =>
    inWords
      ? {
          en: 'Or a maintainer comments `/split`, with the faults as a list, each in words that stand above: then each gets an issue of its own.',
          de: 'Oder ein Maintainer kommentiert `/split`, mit den Fehlern als Liste, jeder in Worten, die oben stehen: Dann bekommt jeder ein eigenes Issue.',
          es: 'O un mantenedor comenta `/split`, con los fallos en una lista, cada uno con palabras que están arriba: entonces cada uno tiene su propia incidencia.',
          fr: 'Ou un mainteneur commente `/split`, avec les erreurs en liste, chacune dans des mots qui figurent ci-dessus : chacune a alors son propre ticket.',
        }
      : {
          en: 'If several of these are meant, a maintainer can comment `/split`: then each gets an issue of its own.',
          de: 'Wenn mehreres davon gemeint ist, kann ein Maintainer `/split` kommentieren: Dann bekommt jedes ein eigenes Issue.',
          es: 'Si se trata de varias de estas cosas, un mantenedor puede comentar `/split`: entonces cada una tiene su propia incidencia.',
          fr: 'S’il s’agit de plusieurs d’entre elles, un mainteneur peut commenter `/split` : chacune a alors son propre ticket.',
        },
} as const;
