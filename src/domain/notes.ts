import type { Amounts, FactOf, Reason, Spent } from './fact.ts';
import type { Guarded } from './guarded-fact.ts';
import type { Person } from './person.ts';
import { nothingSpent } from './spent.ts';
import type { PartOf } from './split-fact.ts';
import type { Enqueued, Group, Lost, Proposal, Queued, Revision, Round, Tried, Updated } from './stage.ts';

/** Mutable notes while folding; nobody keeps them. */
export interface Notes {
  accepted?: FactOf<'rejection-accepted'> | undefined;
  chosen?: FactOf<'answer-chosen'> | undefined;
  question?: FactOf<'question-asked'> | undefined;
  declined?: FactOf<'declined'> | undefined;
  draft?: FactOf<'draft-posted'> | undefined;
  checked?: FactOf<'spec-checked'> | undefined;
  ready?: FactOf<'spec-ready'> | undefined;
  approved?: FactOf<'spec-approved'> | undefined;
  attempts: number;
  rounds: Round[];
  carried: number;
  judged: FactOf<'judged'>[];
  reports: FactOf<'reported'>[];
  reportComment?: number | undefined;
  reportShown?: string | undefined;
  queued?: Queued | undefined;
  lost?: Lost | undefined;
  ended?: Reason | undefined;
  endedAttempt?: number | undefined;
  proposal?: Proposal | undefined;
  held?: FactOf<'merge-refused'> | undefined;
  revision?: Revision | undefined;
  approval?: FactOf<'approved'> | undefined;
  updated?: Updated | undefined;
  enqueued?: Enqueued | undefined;
  tried?: Tried | undefined;
  groups: Group[];
  /** Those that got their checks, and that nobody is known to have done with. */
  answeredGroups: { readonly group: Group; readonly green: boolean }[];
  merged?: FactOf<'merged'> | undefined;
  thanked: boolean;
  outcome?: FactOf<'outcome'> | undefined;
  closed?: FactOf<'closed-by-hand'> | undefined;
  stopAsked: FactOf<'stop-asked'>[];
  halted?: FactOf<'halted'> | undefined;
  commands: FactOf<'command-asked'>[];
  /** The label as somebody set it before there was a spec. */
  wish?: FactOf<'clearance-wished'> | undefined;
  attached: FactOf<'case-attached'>[];
  split?: FactOf<'split'> | undefined;
  opened: FactOf<'part-opened'>[];
  partOf?: PartOf | undefined;
  /** It does not wait for another part any more. */
  began: boolean;
  undoAsked: FactOf<'undo-asked'>[];
  revert?: FactOf<'revert-opened'> | undefined;
  /** How many reverts were ever opened. */
  reverts: number;
  returned?: FactOf<'returned'> | undefined;
  /** How often it came back after a merge, and how often it had when the spec was approved. */
  returns: number;
  again: number;
  answeredEvents: number[];
  answeredReviews: number[];
  statusComment?: number;
  statusShown?: string;
  spent: Spent;
  /** What may be spent in all, as last told. */
  budget?: Amounts | undefined;
  refusals: FactOf<'clearance-refused'>[];
  configurationRefused?: FactOf<'configuration-refused'> | undefined;
  intents: string[];
  delayed?: FactOf<'delayed'> | undefined;
  forgotten: boolean;
  checkedHeads: string[];
  guarded?: Guarded | undefined;
  oracleAccepted?: FactOf<'oracle-accepted'> | undefined;
  answeredComments: number[];
  asked?: FactOf<'recheck-asked'> | undefined;
  posted?: FactOf<'checks-posted'> | undefined;
  rechecks: FactOf<'recheck-requested'>[];
  /** Heads, and commits of groups, that somebody asked to judge again, until that is done. */
  anew: readonly string[];
  /** Who pushed each head that somebody was seen to push. */
  pushers: Map<string, Person>;
}

/** Before the first fact. */
export const noNotes = (): Notes => ({
  attempts: 0,
  rounds: [],
  carried: 0,
  judged: [],
  reports: [],
  thanked: false,
  stopAsked: [],
  commands: [],
  attached: [],
  opened: [],
  began: false,
  undoAsked: [],
  reverts: 0,
  returns: 0,
  again: 0,
  answeredEvents: [],
  answeredReviews: [],
  spent: nothingSpent,
  refusals: [],
  intents: [],
  forgotten: false,
  checkedHeads: [],
  groups: [],
  answeredGroups: [],
  answeredComments: [],
  rechecks: [],
  anew: [],
  pushers: new Map(),
});
