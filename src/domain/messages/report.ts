import type { ReportTrouble } from '../fact.ts';
import { short } from '../hash.ts';
import type { ReportCounts } from '../report/report.ts';

const number = (n: number): string => n.toLocaleString('en-US');
const tickets = (n: number): string => `${number(n)} stored ${n === 1 ? 'ticket' : 'tickets'}`;

/** `2026-12-21` as people write it. */
const dayInWords = (day: string): string => {
  const [year, month, date] = day.split('-').map(Number);
  const names = 'January February March April May June July August September October November December'.split(' ');
  return `${date ?? ''} ${names[(month ?? 1) - 1] ?? ''} ${year ?? ''}`;
};

export const tooLong = 'Running the stored tickets took too long.';

/** What a change does to the stored tickets, for people who do not read code. */
export const report = {
  value: { nothing: 'nothing', empty: 'empty', emptyText: 'empty text', yes: 'yes', no: 'no', none: 'none' },
  item: (at: number): string => `no. ${at}`,
  path: (names: readonly string[]): string => (names.length === 0 ? 'the whole output' : names.join(' › ')),

  headline: ({ changed, asked, noisy, broken }: ReportCounts): string => {
    const come = changed === 1 || (changed === 0 && noisy === 1) ? 'comes' : 'come';
    if (changed > 0) return `${number(changed)} of ${tickets(asked)} ${come} out differently`;
    if (noisy > 0) return `${number(noisy)} of ${tickets(asked)} ${come} out differently from run to run`;
    if (broken === asked) return 'No stored ticket could be run';
    const ran = asked - broken;
    const which = broken === 0 ? tickets(ran) : `${tickets(ran)} that ${ran === 1 ? 'runs' : 'run'}`;
    return ran === 1 ? `The ${which.slice(2)} comes out as before` : `All ${which} come out as before`;
  },
  how: ({ stored, asked }: ReportCounts): string =>
    asked === stored
      ? `${asked === 1 ? 'The stored ticket was' : `All ${tickets(asked)} were`} run without this change and with it.`
      : `${number(asked)} of the ${tickets(stored)} were run without this change and with it: a sample that stays the same.`,
  complaints: ({ changed, unexpected }: ReportCounts): string => {
    if (changed === 0) return '';
    if (unexpected === 0) return changed === 1 ? 'It was complained about.' : 'All of these were complained about.';
    const which =
      unexpected === changed
        ? changed === 1
          ? 'it'
          : 'any of them'
        : `${number(unexpected)} of the ${number(changed)}`;
    return `Nobody complained about ${which}: please look whether what comes out now is right there, too.`;
  },
  failed: (n: number): string =>
    `${n === 1 ? 'One ticket runs' : `${number(n)} tickets run`} on one side only, and ${n === 1 ? 'counts' : 'count'} as different.`,
  noisy: (step: string, n: number): string =>
    `${step === '' ? 'Whether it runs at all' : `What step ${step} gives`} differs from run to run for ${n === 1 ? 'one ticket' : `${number(n)} tickets`}, so what this change does to that cannot be told.`,
  broken: (n: number, names: string): string =>
    `${n === 1 ? 'One ticket runs' : `${number(n)} tickets run`} neither without the change nor with it: ${names}.`,
  omitted: (n: number, names: string): string =>
    `${n === 1 ? 'One more ticket comes' : `${number(n)} more tickets come`} out differently, with too much to show here${names === '' ? '' : `: ${names}`}.`,

  unexpected: 'Nobody complained about these',
  expected: 'Somebody complained about these',
  before: 'Before',
  after: 'After',
  what: 'Where',
  named: (names: readonly string[], count: number): string =>
    count > names.length ? `${names.join(', ')} and ${number(count - names.length)} more` : names.join(', '),
  place: (step: string, path: string): string => `${step}: ${path}`,
  morePlaces: (n: number): string => `${n === 1 ? 'One more place differs' : `${number(n)} more places differ`}.`,
  runs: 'it runs',
  runsNot: (words: string): string => `it does not run: ${words}`,
  wholeTicket: 'the ticket',
  sameWords:
    'It differs only in what is not shown: in characters without a shape, in hidden personal data, or far inside a long text.',

  more: (n: number): string => `${n === 1 ? 'One more change is' : `${number(n)} more changes are`} not shown here.`,
  link: (address: string, until: string): string =>
    `[See all of it, side by side](${address}) (until ${dayInWords(until)}; for those who may read this repository).`,
  noLink: (base: string, head: string): string =>
    `To see all of it, run \`bin/corrigible gate FOLDER --base ${base} --head ${head} --report report.html\` on a clone of this repository.`,
  hidden: 'What is recognised as personal is replaced by placeholders such as `[name-1]`.',
  deleted:
    'What this change does to the stored tickets was deleted, because somebody asked for something to be forgotten. The next commit on this branch is told anew; the checks hold all the same.',
  trouble: (trouble: ReportTrouble): string =>
    `What this change does to the stored tickets could not be told: ${trouble === 'too-long' ? 'running them took too long' : 'running them failed, and the log of the app says why'}. The checks hold all the same.`,
} as const;

/** The page that shows a whole report. */
export const page = {
  skip: 'Skip to the changes',
  about: (repo: string, issue: number): string => `${repo} #${issue}`,
  intro:
    'Each table shows what came out before the change, and beside it what comes out with the change. What differs is marked.',
  commits: (base: string, head: string): string => `Before: ${short(base)}. After: ${short(head)}.`,
  made: (day: string): string => `Made on ${dayInWords(day)}.`,
  until: (day: string): string =>
    `This address works until ${dayInWords(day)}. Whoever has it can read this page, so pass it on to nobody else.`,
  hidden: 'What is recognised as personal is replaced by placeholders such as [name-1].',
  ticketsAre: (count: number): string => `${number(count)} tickets change in exactly this way`,
  says: (ticket: string): string => `What ticket ${ticket} says`,
  finally: 'What comes out in the end',
  onTheWay: 'On the way there',
  step: (step: string): string => `Step ${step}`,
  contents: 'On this page',
  changes: (n: number): string => `${number(n)} ${n === 1 ? 'ticket' : 'tickets'}`,
  goneTitle: 'There is no page here',
  gone: 'The address is not complete, or what it showed was deleted. Look for the newest link in the pull request.',
  expiredTitle: 'This address has expired',
  expired: (day: string): string =>
    `It worked until ${dayInWords(day)}. Somebody who may write to the repository can comment /recheck on the pull request for a new one.`,
} as const;
