import { annotationsIn, HEADINGS } from './annotations.ts';
import { tellsFault, withoutNoOrders } from './complaint.ts';
import { wordsOf } from './parse-rejection.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import type { Rejection } from './rejection.ts';
import type { Rubric } from './rubric.ts';

/**
 * What only takes a reader away from its task, in the form of an order: no code and no prompt of a pipeline says so to
 * itself, and a complaint seldom does.
 */
const DIVERSIONS = [
  String.raw`\b(?:ignore|disregard|forget)\b(?:[\s,]+\w+){0,3}?[\s,]+(?:previous|prior|earlier|above|all|your)\b(?:[\s,]+\w+){0,2}?[\s,]+(?:instructions?|rules?|prompts?)`,
  String.raw`\b(?:ignoriere|ignorieren sie|vergiss|vergessen sie)\b.{0,40}\b(?:alle|deine|ihre|bisherige|vorherige|obige)\w*\b.{0,40}\b(?:anweisung|regel)`,
  String.raw`\b(?:ignora|olvida|ignorez|oublie[sz]?)\b.{0,30}\b(?:tod[ao]s|tus|tous|toutes|vos|tes|anteriores|précédentes)\b.{0,30}\b(?:instruc|r[eè]gl|consigne)`,
  String.raw`\b(?:ignora|olvida|ignorez|oublie[sz]?)\b.{0,30}\b(?:instruc|r[eè]gl|consigne)\w*\s+(?:anterior|previ|précédent)`,
  String.raw`\b(?:merge|approve|label|push|deploy)\b.{0,60}\b(?:this|it|now|immediately|yourself|without)\b.{0,40}\b(?:pull request|review|fix-clear|main branch|to main|approval)`,
  String.raw`\b(?:set|setze|add|apply)\b.{0,30}\blabel\b.{0,20}fix-clear`,
];
/** What may be said to a machine, and in a complaint as well: of itself it is worth a second look, and no more. */
const SUSPICIONS = [
  String.raw`\b(?:you are now|system prompt|as an ai|developer mode|act as (?:an?|the) )`,
  String.raw`\b(?:print|reveal|show|send|leak|exfiltrate)\b.{0,40}\b(?:secrets?|tokens?|environment|private key|credentials|api keys?)`,
];
/**
 * Words of what is no defect of a rule: an exception for one, something that no step gives, a safeguard that is in the
 * way. None of them settles anything: they make it worth asking before a draft is.
 */
const DOUBTS = [
  String.raw`\b(?:only|just) (?:this|the one|for this) (?:once|time|one|customer|ticket|case)\b|\bone-off\b|\bas an? (?:exception|favou?r)\b|\bmake an exception\b`,
  String.raw`\b(?:nur dieses (?:eine )?mal|nur (?:für|bei) (?:diese[mnrs]?|den einen)|ausnahmsweise|einmalig|aus kulanz)\b`,
  String.raw`\b(?:sólo|solo|solamente|únicamente) (?:esta vez|por esta vez|para est[ea])|\bpor excepción\b|\buna excepción\b`,
  String.raw`\b(?:seulement|juste|uniquement) (?:cette fois|pour c(?:e|ette))|\bexceptionnellement\b|\bune exception\b`,
  String.raw`\b(?:skip|bypass|without|leave out|turn off|switch off|disable)\b.{0,40}\b(?:check|verification|verifying|identity|review|approval|safeguard|consent)`,
  String.raw`\b(?:ohne|überspring\w*|abschalt\w*|weglassen)\b.{0,40}(?:prüf|verifi|identität|freigabe|kontroll)`,
  String.raw`\b(?:sin|saltar\w*|omitir|desactivar)\b.{0,40}(?:verific|comprob|identidad|aprobaci)`,
  String.raw`\b(?:sans|sauter|ignorer|désactiver)\b.{0,40}(?:vérif|contrôl|identité|approbation)`,
  String.raw`\b(?:password|passwort|contraseña|mot de passe|card number|kartennummer|medical|date of birth)\b`,
  String.raw`\b(?:outage|server|website|web site|app|page|screen|login|printer) (?:is|was|are|were|has been|keeps)? ?(?:down|slow|broken|crash\w*|offline|flicker\w*)`,
  String.raw`\b(?:störung|ausfall|serveur en panne|en panne|caíd[oa]|no funciona la (?:web|página))\b`,
];
/** What takes back in the next breath what was wanted. */
const SECOND_THOUGHTS = [
  String.raw`\b(?:then again|on second thoughts?|or (?:maybe|perhaps) (?:not|rather)|maybe not|not sure (?:whether|if|which))\b`,
  String.raw`\b(?:vielleicht doch|oder doch|dann wieder nicht|doch lieber|nicht sicher,? (?:ob|welche\w*)|weiß nicht,? (?:ob|welche\w*))\b`,
  String.raw`\b(?:o quizás|o tal vez|o mejor no|no sé si|no estoy segur[oa])\b`,
  String.raw`\b(?:ou peut-être|ou plutôt|je ne sais pas (?:si|quel)|pas sûre? (?:si|que|de))`,
];
/** Compiling takes long enough to be felt at every start, and most processes never read a rejection. */
function compiledOnce(patterns: readonly string[]) {
  let compiled: readonly Pattern[] | undefined;
  const all = () => {
    compiled ??= patterns.flatMap((source) => {
      const pattern = compilePattern(source, true);
      return 'found' in pattern ? [pattern] : [];
    });
    return compiled;
  };
  return Object.assign((text: string): boolean => all().some((pattern) => pattern.found(text)), {
    spans: (text: string) => all().flatMap((pattern) => pattern.spans(text)),
  });
}

/** Whether a visible text gives orders to the machine that reads it. */
export const givesOrders = compiledOnce([...DIVERSIONS, ...SUSPICIONS]);

const suspicious = compiledOnce(SUSPICIONS);
const diverts = compiledOnce(DIVERSIONS);
/** A word of each diversion. The patterns are too slow to be tried on all that an agent is shown. */
const HINT = /ignor|disregard|forget|vergiss|olvida|oublie|merge|approve|label|push|deploy/i;

/**
 * Whether something that an agent is shown gives it orders. Code and the prompts of a pipeline say to a machine what it is,
 * and speak of tokens: that is none.
 */
export const ordersReader = (text: string): boolean =>
  HINT.test(text) && text.split('\n').some((line) => HINT.test(line) && diverts(line.slice(0, 2000)));

/** What somebody wants done who began with an order: beside one it is none of the complaint. */
const DEMAND = /^\W*(?:please\s+)?(?:merge|approve|push|deploy|label)\b/i;

/** A text without the sentences that give orders to the machine, and those. */
function parted(text: string): { readonly rest: string; readonly orders: readonly string[] } {
  // Of the same length, so that places stay places.
  const flat = withoutNoOrders(text).replace(/\n/g, ' ');
  const spans = diverts.spans(flat);
  if (spans.length === 0) return { rest: text, orders: [] };
  const orders: string[] = [];
  const rest = text.replace(/[^.!?\n]+[.!?]*[^\S\n]*|[.!?]+/g, (sentence, at: number) => {
    if (!spans.some(({ from, to }) => from < at + sentence.length && to > at)) return sentence;
    orders.push(sentence.trim());
    return '';
  });
  return { rest, orders };
}

const withoutDemands = (text: string): string =>
  text
    .split(/(?<=[.!?])\s+|\n/)
    .filter((sentence) => !DEMAND.test(sentence) && !suspicious(sentence))
    .join('\n');

/** Fields that say of a complaint where it is, and are none. */
const PLACES: ReadonlySet<string> = new Set([HEADINGS.ticket, HEADINGS.step, HEADINGS.often, HEADINGS.trace]);
const LONGEST_READ = 20_000;

/**
 * A rejection without the orders that it gives to the machine, and these. `rejection` null: orders are all that it says,
 * and what is wanted besides. A title counts where it tells what is wrong, and not as the form begins it. Without orders
 * it is the same.
 */
export function withoutOrders(rejection: Rejection): {
  readonly rejection: Rejection | null;
  readonly orders: readonly string[];
} {
  const title = parted(rejection.title);
  const comment = parted(rejection.comment.slice(0, LONGEST_READ));
  const fields = Object.entries(rejection.fields).map(
    ([heading, text]) => [heading, parted(text.slice(0, LONGEST_READ))] as const,
  );
  const answers = rejection.answers.map(({ words, to }) => ({ ...parted(words), to }));
  const orders = [title, comment, ...fields.map(([, text]) => text), ...answers].flatMap((text) => text.orders);
  if (orders.length === 0) return { rejection, orders };
  const left = [
    comment.rest,
    ...fields.flatMap(([heading, { rest }]) => (PLACES.has(heading) ? [] : [rest])),
    ...answers.map(({ rest }) => rest),
  ];
  const says = left.some((text) => /\p{L}{2}/u.test(withoutDemands(text)));
  if (!says && !tellsFault(withoutDemands(title.rest))) return { rejection: null, orders };
  const rest = Object.fromEntries(fields.map(([heading, text]) => [heading, text.rest.trim()]));
  return {
    rejection: {
      ...rejection,
      title: title.rest.trim(),
      comment: comment.rest.trim(),
      fields: rest,
      answers: answers
        .map((answer) => ({ words: answer.rest.trim(), to: answer.to }))
        .filter(({ words }) => words !== ''),
      annotations: annotationsIn(rest),
    },
    orders,
  };
}

/** Whether orders to the machine are all that a rejection says. */
export const instructsMachine = (rejection: Rejection): boolean => withoutOrders(rejection).rejection === null;

const doubtful = compiledOnce(DOUBTS);
const takenBack = compiledOnce(SECOND_THOUGHTS);

/** Whether a rejection takes back what it says: a pattern that finds the one half must not make a rule of it. */
export const wavers = (rejection: Rejection): boolean => takenBack(wordsOf(rejection));

/** Whether a rejection may be about something that no rule should be made of. */
export const raisesDoubt = (rejection: Rejection): boolean =>
  rejection.annotations.often === 'once' ||
  doubtful(wordsOf(rejection)) ||
  suspicious(wordsOf(rejection)) ||
  wavers(rejection);

/** Rubrics whose signs show in what the reporter wrote, in their order. */
export const rubricsFor = (rubrics: readonly Rubric[], rejection: Rejection): readonly Rubric[] =>
  rubrics.filter((rubric) =>
    rubric.signs.some((sign) => {
      const pattern = compilePattern(sign, true);
      return 'found' in pattern && pattern.found(wordsOf(rejection));
    }),
  );
