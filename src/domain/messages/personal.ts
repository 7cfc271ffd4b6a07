/** Reasons of declines that are about personal data. */
export const personalReasons: Readonly<Record<string, (detail: string) => string>> = {
  'hangs-on-value': () =>
    'the fault shows with the person’s own data, and not with invented data of the same shape, or only with what no page shows (invisible characters, comments). No case can hold either, so a person has to decide: say in the description, without anybody’s data, what it is about the value that goes wrong, and comment `/retry`, or mend it by hand',
};

export const personalWarning = (kinds: readonly string[]): string =>
  `cases: there is what may be somebody’s own (${kinds.join(', ')}), and cases are committed. Put an invented value there, such as an address at example.com, unless it is your own shop’s.`;
