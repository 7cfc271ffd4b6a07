import type { PersonalPart } from '../personal-in-spec.ts';

/** Reasons of declines that are about personal data. */
export const personalReasons: Readonly<Record<string, (detail: string) => string>> = {
  'hangs-on-value': () =>
    'the fault shows with the person’s own data, and not with invented data of the same shape, or only with what no page shows (invisible characters, comments). No case can hold either, so a person has to decide: say in the description, without anybody’s data, what it is about the value that goes wrong, and comment `/retry`, or mend it by hand',
};

const placesOf = (found: readonly PersonalPart[]): string => [...new Set(found.map(({ part }) => part))].join(', ');
const kindsOf = (found: readonly PersonalPart[]): string => [...new Set(found.map(({ kind }) => kind))].join(', ');

export const personalWarning = (found: readonly PersonalPart[]): string =>
  `${placesOf(found)}: there is what may be somebody’s own (${kindsOf(found)}), and a spec is posted, committed and shown to agents. Put an invented value there, unless it is nobody’s.`;

export const personalProblem = (found: readonly PersonalPart[]): string =>
  `${placesOf(found)}: there is what is somebody’s own (${kindsOf(found)}), and a spec is posted, committed and shown to agents. Put an invented value there, such as an address at example.com. What stands in the files that are named is taken for your own.`;
