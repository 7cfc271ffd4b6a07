import type { Tally } from '../bench/score.ts';
import type { Calibration, Confusion } from '../bench/tell-costs.ts';

/** The interval that a share lies in, from 0 to 1. */
interface Interval {
  readonly low: number;
  readonly high: number;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** What `corrigible bench translation` prints. */
export const bench = {
  noSetting: (folder: string): string =>
    `${folder} has no bench.yml. Write one: “repository: <the folder of the repository that the cases are about>”. docs/translation-cases.md shows a set.`,
  noCases: (folder: string): string => `${folder} holds no case. docs/translation-cases.md shows one.`,
  noRepository: (folder: string): string =>
    `${folder} is no repository that this works on: its .github/corrigible.yml is missing or wrong. Check it with “corrigible lint”.`,
  badCase: (file: string, path: string, problem: string): string => `${file}: ${path}: ${problem}`,
  noTranscript: (file: string): string => `${file} is no transcript of this command. Make one with --record.`,
  notRecorded: 'nothing was recorded for this request',
  notAnswered: 'this request has no answer yet',
  replayed: (file: string): string => `Answers are those recorded in ${file}.`,
  models: (named: readonly { readonly role: string; readonly model: string | null }[]): string =>
    `Models: ${named.map(({ role, model }) => `${model ?? 'none'} for ${role}`).join(', ')}.`,
  noModelFor: (role: string): string => `no model is set for ${role}`,
  noModel: 'No model is set, so recipes only.',
  ended: (id: string, gold: string, got: string, why: string): string =>
    `${gold === got ? '✓' : '✗'} ${id}: ${got}${gold === got ? '' : `, but should be ${gold}`}${why === '' ? '' : ` (${why})`}`,
  waits: (id: string, requests: number, got: string): string =>
    `… ${id}: ${got}, ${requests} ${requests === 1 ? 'request has' : 'requests have'} no answer`,
  waiting: (names: number, folder: string): string =>
    `${names} ${names === 1 ? 'request waits' : 'requests wait'} in ${folder}. For each request-<name>.json without an answer: read its bytes and nothing else, and write what you would answer, as it is, to answer-<name>.txt beside it. Then run the same command again: what you answered may lead to further requests.`,
  saved: (file: string): string => `What was asked and answered is in ${file}.`,
  title: (cases: number): string => `${cases} cases. Each share with its n and 95 % interval (Wilson):`,
  tally: (name: string, { hits, n }: Tally, { low, high }: Interval): string => {
    const share = n === 0 ? '' : ` ${percent(hits / n).padStart(6)}  ${percent(low)} to ${percent(high)}`;
    return `  ${name.padEnd(50)} ${`${hits} of ${n}`.padStart(9)}${share}`;
  },
  confusion: (confusion: Confusion): readonly string[] => [
    'Right end, and where it ended:',
    `  ${''.padEnd(10)}${['act', 'ask', 'decline', 'nothing'].map((end) => end.padStart(9)).join('')}`,
    ...Object.entries(confusion).map(
      ([gold, row]) =>
        `  ${gold.padEnd(10)}${Object.values(row)
          .map((count) => String(count).padStart(9))
          .join('')}`,
    ),
  ],
  calibration: ({ n, brier, bins }: Calibration): readonly string[] =>
    n === 0
      ? ['Agreement of drafts: not told for any case, so nothing can be said about it (n = 0).']
      : [
          `Agreement of drafts as confidence: Brier score ${brier.toFixed(3)}, n = ${n} (0 is best, 0.25 is a coin).`,
          ...bins.map(({ agreed, right, n: of }) => `  ${agreed} agreed: ${right} of ${of} right`),
        ],
  cost: (cases: number, requests: number, tokens: number, money: number | null): string =>
    `Spent on ${cases} cases: ${requests} requests, ${tokens} tokens${money === null ? '; no price is told' : `, at a price of ${money.toFixed(4)}`}.`,
  floors: 'Beside what knows nothing (disposition alone):',
  floor: (name: string, right: string, unsafe: string, cost: string): string =>
    `  ${name.padEnd(14)} right ${right}   unsafe ${unsafe}   mean cost ${cost}`,
  share: ({ hits, n }: Tally, { low, high }: Interval): string =>
    `${`${hits} of ${n}`.padStart(9)} (${percent(low)} to ${percent(high)})`,
  meanCost: (cost: number, n: number): string => `${cost.toFixed(2)} (n = ${n})`,
  proven: (cases: number): string => `${cases} cases, and each is right.`,
  wrong: (problems: number): string =>
    problems === 1 ? 'One thing is wrong with the cases.' : `${problems} things are wrong with the cases.`,
  /** What is wrong with a case. */
  gold: {
    problem: (id: string, problem: string): string => `${id}: ${problem}`,
    change: (kind: string): string => `The configuration has no change “${kind}”.`,
    step: (kind: string, step: string): string => `The change “${kind}” is about the step “${step}”.`,
    outside: (file: string): string => `The patch touches ${file}, which this kind of change may not.`,
    unnamed: (file: string): string => `The patch touches ${file}, which is not among the files.`,
    untouched: (file: string): string => `The patch does not touch ${file}, which is among the files.`,
    outcome: (name: string, where: 'base' | 'fixed', because: string): string =>
      `“${name}” is not as it has to be ${where === 'base' ? 'on base' : 'with the patch'}: ${because}.`,
    cheat: (cheat: string): string =>
      `No hold-out finds out who knows the acceptance cases by heart (${cheat}). Say the same in other words.`,
    absent: (text: string): string =>
      `“${text}” stands neither in the rejection nor in the trace, so it proves nothing that it does not leave.`,
    noTrace: 'Its ticket cannot be replayed on base.',
    misfit: (what: string): string => `It does not fit base: ${what}`,
  },
} as const;
