import { hashText, short } from '../hash.ts';
import * as say from '../messages/reports.ts';
import type { ReadReport, ReportedCase } from './report.ts';

const MAX_CASES = 100_000;
const MAX_ID = 300;
const MAX_BECAUSE = 300;

const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');

/** At most `most` units, and never half a letter. */
const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** A long id keeps its beginning and a hash of the whole: two long ones stay two. */
function idOf(raw: string): string {
  const id = oneLine(raw).trim();
  return id.length <= MAX_ID ? id : `${cut(id, MAX_ID - 12)} #${short(hashText(id))}`;
}

function becauseOf({ outcome, because }: ReportedCase): string {
  if (outcome === 'pass') return '';
  const words = oneLine(because.slice(0, 10 * MAX_BECAUSE))
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? say.noReason : cut(words, MAX_BECAUSE);
}

/** What holds for every format: at least one case, not too many, each with a name of its own, texts of one short line. */
export function checkCases({ cases, commit }: Extract<ReadReport, { cases: unknown }>): ReadReport {
  if (cases.length === 0) return { problem: say.cases.none };
  if (cases.length > MAX_CASES) return { problem: say.cases.tooMany(MAX_CASES) };
  const seen = new Set<string>();
  const checked: ReportedCase[] = [];
  for (const one of cases) {
    const id = idOf(one.id);
    if (id === '') return { problem: say.cases.unnamed };
    if (one.repeat !== undefined && !(Number.isSafeInteger(one.repeat) && one.repeat >= 1))
      return { problem: say.cases.badRepeat(id) };
    const key = `${one.repeat ?? 1} ${id}`;
    if (seen.has(key)) return { problem: say.cases.twice(id) };
    seen.add(key);
    checked.push({ ...one, id, because: becauseOf(one) });
  }
  return { cases: checked, ...(commit !== undefined && { commit }) };
}
