import type { Agreed } from '../cluster-drafts.ts';
import type { Spent } from '../fact.ts';
import { short } from '../hash.ts';
import type { Further } from '../prompts/draft.ts';
import type { HiddenText, Rejection } from '../rejection.ts';
import type { Question, RubricStamp, Spec } from '../spec.ts';
import { gatekeeping, saidOfIt } from './answers.ts';
import { inCode, list, quoted } from './people.ts';
import { price } from './price.ts';
import { splitOffer } from './split.ts';

/** The other side of a spec that would undo a merged fix. */
export interface Undone {
  readonly rejection: number;
  /** ISO date. */
  readonly mergedOn: string;
  readonly expected: string;
  readonly quotes: readonly string[];
}

const bothSides = ({ rejection, mergedOn, expected, quotes }: Undone, now: Spec): string => {
  const said = (all: readonly string[]) => all.map((quote) => `“${quoted(quote)}”`).join(' ');
  return `

**This would undo a fix.** It rejects what #${rejection} asked for, which was merged on ${mergedOn}. Both sides:

- then: ${quoted(expected)} ${said(quotes)}
- now: ${quoted(now.expected)} ${said(now.quotes)}

Whoever sets the label decides for one of them. If both are right, the rule needs a condition that tells them apart.`;
};

/** One fault per spec: what else was named is not lost, and what runs first comes first. */
const leftOut = (further: readonly Further[], canSplit: boolean): string =>
  further.length === 0
    ? ''
    : `\n**Not in this spec:** the rejection names ${further.length === 1 ? 'another fault' : 'other faults'}. ${canSplit ? splitOffer.spec : 'Reject each on its own, in this order, when this one is merged: it may settle what comes after it.'}\n\n${list(
        further.map(({ step, quote }) => `step ${inCode(step)}: “${quoted(quote)}”`),
      )}\n`;

export interface SpecComment {
  /** The questions that a person has to answer. */
  readonly asked: readonly Question[];
  readonly rejection: Rejection;
  /** Sentences of it that give orders to a machine. */
  readonly orders: readonly string[];
  readonly spec: Spec;
  readonly block: string;
  readonly rubric: RubricStamp;
  readonly by: 'recipe' | 'model' | 'person';
  readonly clearLabel: string;
  readonly redacted: number;
  /** Other faults that the rejection names, in the order of the steps. */
  readonly further: readonly Further[];
  /** Whether `/split` would make rejections of these. */
  readonly canSplit: boolean;
  /** The merged fix that it would undo; null where there is none. */
  readonly undone: Undone | null;
  /** Others that ask the same of the output about something else: `#7`. */
  readonly perhaps: readonly string[];
  /** How many of how many drafts agree, and what all that was read for it cost; null where no model drafted. */
  readonly confidence: (Agreed & { readonly spent: Spent }) | null;
}

const ordersNote = (orders: readonly string[]): string =>
  orders.length === 0
    ? ''
    : `\n\n**Orders to a machine stand in the description**, and no model was shown them (${orders.length}):\n${list(
        orders.slice(0, 5).map((order) => `“${quoted(order.slice(0, 120))}”`),
      )}`;

const MOST_PERHAPS = 5;

/** Whether two complaints are of one fault, people see: taken for one by mistake, the fix of the first would fail. */
const perhapsLine = (others: readonly string[]): string =>
  others.length === 0
    ? ''
    : `\n**Perhaps the same as ${others.slice(0, MOST_PERHAPS).join(', ')}:** the same is asked there of this step, for another input. Each is worked on by itself. If they are one fault, keep one and end the other with \`/decline\`.\n`;

const hiddenNote = (hidden: readonly HiddenText[]): string =>
  hidden.length === 0
    ? ''
    : `\n\n**Hidden text was found in the description and left out** (${hidden.length}):\n${list(
        hidden.slice(0, 5).map((h) => `${h.what}: ${quoted(h.text.slice(0, 120)) || 'invisible characters'}`),
      )}`;

const confidenceLine = ({ drafts, of, spent }: NonNullable<SpecComment['confidence']>): string => {
  const agree = `${drafts} of ${of} drafts agree on step, kind of change and what has to come out`;
  const cost = `${spent.tokens} model tokens${spent.money === undefined ? '' : `, ${price(spent.money)}`}`;
  return `\n**Confidence:** ${of === 1 ? 'one draft, so that nothing was compared' : agree} (${cost})`;
};

export const specDrafted = (words: SpecComment): string => {
  const {
    rejection,
    spec,
    block,
    rubric,
    by,
    clearLabel,
    redacted,
    confidence,
    undone,
    perhaps,
    further,
    canSplit,
    asked,
    orders,
  } = words;
  const quotes = spec.quotes.map((quote) => `> ${quoted(quote)}`).join('\n>\n');
  return `### Spec: ${quoted(spec.title)}

**Now:** ${quoted(spec.observed)}
**After the fix:** ${quoted(spec.expected)}
**Change:** ${inCode(spec.change)} in ${spec.files.map(inCode).join(', ')} (step ${inCode(spec.step)})
**Drafted by:** ${by === 'recipe' ? 'the recipe of the rubric' : by === 'model' ? 'a model, by the rubric' : 'hand, with the rubric'} ${inCode(rubric.id)} (${inCode(short(rubric.hash))})${confidence === null ? '' : confidenceLine(confidence)}
${quotes === '' ? '' : `\n${quotes}\n`}${undone === null ? '' : `${bothSides(undone, spec)}\n`}${perhapsLine(perhaps)}${leftOut(further, canSplit)}${saidOfIt(rejection.annotations)}
**A maintainer decides.** Edit this comment: correct the block where it is wrong, and tick one box of each question (or answer under \`answers\` in the block). Ticks are answers; they approve nothing.

${gatekeeping(asked)}

When the status comment says “Ready”, set the label ${inCode(clearLabel)}. The label approves exactly the text below and its cases.${redacted === 0 ? '' : `\n\nPersonal data was replaced in ${redacted} ${redacted === 1 ? 'place' : 'places'}.`}${hiddenNote(rejection.hidden)}${ordersNote(orders)}

${block}`;
};
