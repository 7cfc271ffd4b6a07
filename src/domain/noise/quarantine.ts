import { z } from 'zod';
import { explainIssues } from '../explain-issues.ts';
import * as say from '../messages/noise.ts';
import { type Placed, type ReadYaml, readYaml } from '../read-yaml.ts';
import type { FileProblem } from '../rubric.ts';

/** Longest time in quarantine, in days. */
const MOST_DAYS = 14;

const MAX_BYTES = 200_000;
/** A person's login; managed users have _ in theirs. Apps, as `name[bot]`, repair nothing. */
const LOGIN = /^[a-z\d][a-z\d_-]{0,38}$/i;

const day = z.iso.date({ error: say.quarantine.noDay });
const notBlank = (text: string): boolean => text.trim() !== '';

/** A case that is reported and not judged for a while. Both days count. */
export const Quarantined = z.strictObject({
  step: z.string().min(1).max(60).describe(say.quarantine.keys.step),
  case: z.string().min(1).max(200).describe(say.quarantine.keys.case),
  owner: z.string().regex(LOGIN, say.quarantine.noLogin).describe(say.quarantine.keys.owner),
  since: day.describe(say.quarantine.keys.since),
  until: day.describe(say.quarantine.keys.until),
  reason: z.string().max(500).refine(notBlank, say.quarantine.noReason).describe(say.quarantine.keys.reason),
});
export type Quarantined = z.infer<typeof Quarantined>;

const QuarantineFile = z.strictObject({ quarantine: z.array(Quarantined).max(500) });

const DAY_MS = 24 * 3600 * 1000;
const daysBetween = (since: string, until: string): number => (Date.parse(until) - Date.parse(since)) / DAY_MS;

const keyOf = (one: Pick<Quarantined, 'step' | 'case'>): string => JSON.stringify([one.step, one.case]);

function checkEntries(entries: readonly Quarantined[], read: ReadYaml): readonly Placed[] {
  const problems: Placed[] = [];
  const seen = new Set<string>();
  for (const [i, entry] of entries.entries()) {
    const days = daysBetween(entry.since, entry.until);
    if (days < 0 || days > MOST_DAYS) {
      const mistake = days < 0 ? say.quarantine.backwards : say.quarantine.tooLong(days, MOST_DAYS);
      problems.push({ line: read.lineOf(['quarantine', i, 'until']), ...mistake });
    }
    if (seen.has(keyOf(entry)))
      problems.push({ line: read.lineOf(['quarantine', i]), ...say.quarantine.twice(entry.step, entry.case) });
    seen.add(keyOf(entry));
  }
  return problems;
}

function problemsOf(text: string): readonly Placed[] | z.infer<typeof QuarantineFile> {
  const read = readYaml(text, { maxBytes: MAX_BYTES });
  if (read.problems.length > 0) return read.problems;
  const parsed = QuarantineFile.safeParse(read.value);
  if (!parsed.success) return explainIssues(parsed.error.issues, QuarantineFile, read);
  const problems = checkEntries(parsed.data.quarantine, read);
  return problems.length > 0 ? problems : parsed.data;
}

/** Reads the list of quarantined cases; every mistake at once. An empty list is a list. Never throws. */
export function parseQuarantine(
  file: string,
  text: string,
): { readonly list: readonly Quarantined[] } | { readonly problems: readonly FileProblem[] } {
  const read = problemsOf(text);
  return 'quarantine' in read ? { list: read.quarantine } : { problems: read.map((problem) => ({ file, ...problem })) };
}

const isDay = (text: string): boolean => day.safeParse(text).success;

/** Whether the case is in quarantine on that day (as 2026-07-31). On what is no day, nothing is. */
export const isQuarantined = (list: readonly Quarantined[], step: string, name: string, today: string): boolean =>
  isDay(today) &&
  list.some((one) => one.step === step && one.case === name && one.since <= today && today <= one.until);

/** The entries that have run out and count for nothing, to be told. */
export const expiredBy = (list: readonly Quarantined[], today: string): readonly Quarantined[] =>
  isDay(today) ? list.filter(({ until }) => until < today) : list;

/** The first day on which one of the entries that have not run out on `today` ends. */
export const firstEnd = (list: readonly Quarantined[], today: string): string | undefined =>
  list
    .map(({ until }) => until)
    .filter((until) => until >= today)
    .sort()[0];

/** The entries of `after` that quarantine a case on a day on which `before` did not: new, longer, or begun earlier. */
export function extendedBy(before: readonly Quarantined[], after: readonly Quarantined[]): readonly Quarantined[] {
  const known = Map.groupBy(before, keyOf);
  return after.filter(
    (entry) =>
      !(known.get(keyOf(entry)) ?? []).some(({ since, until }) => since <= entry.since && entry.until <= until),
  );
}
