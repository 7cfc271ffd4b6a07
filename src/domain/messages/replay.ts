import { short } from '../hash.ts';
import type { TranscriptHead } from '../transcript/line.ts';

const of = ({ rejection, round, candidate }: TranscriptHead): string =>
  `round ${round}${candidate > 1 ? `, candidate ${candidate},` : ''} of ${rejection}`;

const ends: Readonly<Record<string, string>> = {
  candidate: 'a change',
  cannot: 'that it cannot be done',
  'no-change': 'no change',
};
const endOf = (code: string): string => ends[code] ?? `an end without a change (${code})`;

/** What `corrigible replay` says. */
export const replay = {
  badKey: (given: string): string =>
    `“${given}” names no round. Write it as owner/name#7, with --round 2 for another than the last, or as owner/name#7/1.1-0a1b2c3d, as the address of its page ends.`,
  badNumber: (option: string): string => `${option} takes a whole number from 1 on.`,
  nothing: (rejection: string): string =>
    `Nothing is recorded of that round of ${rejection}. Transcripts are kept for TRANSCRIPT_DAYS days, and go where a rejection is forgotten.`,
  unfinished: (head: TranscriptHead): string =>
    `${of(head)} never ended: its process did, in the middle of it. What it would have come to is not known.`,
  cut: (head: TranscriptHead): string => `${of(head)} was too long to be recorded whole, so it cannot be made again.`,
  noApproval: (head: TranscriptHead): string => `The approval that started ${of(head)} is not in the ledger.`,
  noBase: (commit: string): string =>
    `Commit ${short(commit)} is not in the mirror of this machine. Replay where the app works, with its STATE_DIR.`,
  noFiles: (commit: string): string => `The configuration or the rubrics at ${short(commit)} cannot be read any more.`,
  noSandbox: (because: string): string => `The round cannot be made again here: ${because}`,
  stopped: 'Stopped. Nothing was left behind.',

  start: (head: TranscriptHead, answers: number): string =>
    head.uses === null
      ? `Making ${of(head)} again: the recipe of the rubric.`
      : `Making ${of(head)} again: ${head.uses.agent}, with ${answers} recorded ${answers === 1 ? 'answer' : 'answers'} in the place of ${head.uses.model.model}.`,
  otherNode: (then: string, now: string): string => `It was recorded with Node ${then}; this is ${now}.`,
  otherPrompt: 'It was recorded with another prompt than this version ships.',

  sameTree: (tree: string): string => `same tree ${short(tree)}`,
  sameEnd: (code: string): string => `same end: ${endOf(code)}`,
  /** Told also where the tree is the same all the same. */
  otherwise: (request: number, how: 'other' | 'more'): string =>
    how === 'more'
      ? `Request ${request} was never made before: no answer is left for it.`
      : `Request ${request} is not the one that was recorded: what the agent was told, or what a tool gave before it, differs.`,
  left: (answers: number): string =>
    `${answers} recorded ${answers === 1 ? 'answer was' : 'answers were'} not asked for.`,
  otherTree: (recorded: string, now: string): string =>
    `Another tree: ${short(recorded)} was recorded, ${short(now)} came out.`,
  firstPath: (path: string, more: number): string =>
    `The first file that differs is ${path}${more === 0 ? '' : `; ${more} more ${more === 1 ? 'does' : 'do'}`}.`,
  otherEnd: (recorded: string, now: string, because: string): string =>
    `Another end: ${endOf(recorded)} was recorded, ${endOf(now)} came out${because === '' ? '' : `. ${because}`}`,
} as const;
