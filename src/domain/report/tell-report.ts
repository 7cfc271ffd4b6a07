import { quoted } from '../messages/people.ts';
import { report as say } from '../messages/report.ts';
import { cutParted, part } from './cut-around.ts';
import type { ChangeGroup, FieldChange, Report } from './report.ts';

/** Longest text of a cell. */
const CELL = 280;
/** Rows of one group, and groups, that are shown beside the link to the whole. */
const ROWS = 4;
const GROUPS = 6;
/** Names of tickets in one line. */
const NAMES = 8;
/** About how long a report may be on GitHub. */
const ROOM = 20_000;

const lines = (text: string): string => text.split('\n').map(quoted).join('<br>');
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The joiner keeps the pieces from becoming a link or a mention together. */
const cell = (start: string, differs: string, end: string): string =>
  [lines(start), differs === '' ? '' : `<b>${lines(differs)}</b>`, lines(end)].join('\u2060');

function rowOf(step: string, { path, before, after }: FieldChange): readonly string[] {
  const place = quoted(say.place(step, say.path(path)));
  if (before === after) return [row([place, quoted(say.sameWords), ''])];
  const { start, before: was, after: is, end } = cutParted(part(before, after), CELL);
  return [row([place, cell(start, was, end), cell(start, is, end)])];
}

function rowsOf({ steps, failed }: ChangeGroup): readonly string[] {
  if (failed === null) return steps.flatMap(({ step, fields }) => fields.flatMap((field) => rowOf(step, field)));
  const not = quoted(say.runsNot(failed.because));
  return [row([say.wholeTicket, ...(failed.side === 'before' ? [not, say.runs] : [say.runs, not])])];
}

function groupOf(group: ChangeGroup): string {
  const names = group.tickets.slice(0, NAMES).map(quoted);
  const rows = rowsOf(group);
  const more = rows.length - ROWS + group.steps.reduce((sum, { more }) => sum + more, 0);
  return [
    `**${say.named(names, group.count)}**`,
    [row([say.what, say.before, say.after]), row(['---', '---', '---']), ...rows.slice(0, ROWS)].join('\n'),
    ...(more > 0 ? [say.morePlaces(more)] : []),
  ].join('\n\n');
}

/** What is to be said beside the tables. `show` makes what is somebody else's harmless where it is shown. */
export function notesOf(
  { counts, noisy, broken, omitted, groups }: Report,
  show: (text: string) => string,
): readonly string[] {
  const list = (names: readonly string[], count: number) => say.named(names.slice(0, NAMES).map(show), count);
  const left = counts.changed - groups.reduce((sum, { count }) => sum + count, 0);
  return [
    ...(counts.failed > 0 ? [say.failed(counts.failed)] : []),
    ...(left > 0 ? [say.omitted(left, omitted.length === 0 ? '' : list(omitted, left))] : []),
    ...noisy.slice(0, NAMES).map(({ step, tickets }) => say.noisy(show(step), tickets)),
    ...(counts.broken > 0 ? [say.broken(counts.broken, list(broken, counts.broken))] : []),
  ];
}

/** As much of the sections as there is room for, and whether that is all. */
function fitting(groups: readonly ChangeGroup[], room: number): readonly string[] {
  const shown: string[] = [];
  let heading = '';
  let size = 0;
  for (const group of groups.slice(0, GROUPS)) {
    const over = group.complained ? say.expected : say.unexpected;
    const text = [...(over === heading ? [] : [`#### ${over}`]), groupOf(group)].join('\n\n');
    size += text.length;
    if (size > room) break;
    heading = over;
    shown.push(text);
  }
  return shown;
}

/** What it came to, in two sentences. */
export const summaryOf = ({ counts }: Report): string =>
  [say.how(counts), say.complaints(counts)].filter((text) => text !== '').join(' ');

/**
 * The report as Markdown for GitHub: how many tickets, the first changes side by side, and `whole`, the sentence that
 * says where all of it is. Everything that a step gave is shown and never acted on.
 */
export function tellReport(report: Report, whole: string, room = ROOM): string {
  const { counts, groups } = report;
  const shown = fitting(groups, room);
  return [
    `### ${say.headline(counts)}`,
    summaryOf(report),
    ...shown,
    ...(groups.length > shown.length ? [say.more(groups.length - shown.length)] : []),
    ...notesOf(report, quoted),
    ...(counts.changed > 0 ? [`${whole} ${say.hidden}`] : []),
  ].join('\n\n');
}

/** The same in some lines, where there is little room. */
export const tellBriefly = (report: Report, whole: string): string =>
  [`**${say.headline(report.counts)}.** ${summaryOf(report)}`, ...(report.counts.changed > 0 ? [whole] : [])].join(' ');
