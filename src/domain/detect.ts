import { wordsOf } from './parse-rejection.ts';
import { compilePattern } from './pattern.ts';
import type { Rejection } from './rejection.ts';
import type { Rubric } from './rubric.ts';

/** What only takes a reader away from its task: no code and no prompt of a pipeline says so to itself. */
const DIVERSIONS = [
  String.raw`\b(?:ignore|disregard|forget)\b.{0,40}\b(?:previous|prior|above|all|your)\b.{0,40}\b(?:instructions?|rules?|prompts?)`,
  String.raw`\b(?:ignorier\w*|vergiss)\b.{0,40}\b(?:anweisung|regel)`,
  String.raw`\b(?:ignora|olvida|ignorez|oublie[sz]?)\b.{0,40}\b(?:instruc|r[eè]gl|consigne)`,
  String.raw`\b(?:merge|approve|label|push|deploy)\b.{0,60}\b(?:this|it|now|immediately|yourself|without)\b.{0,40}\b(?:pull request|review|fix-clear|main|approval)`,
  String.raw`\b(?:set|add|apply)\b.{0,30}\blabel\b.{0,20}fix-clear`,
];
/** What is said to a machine and never about an output: in the languages that rejections come in. */
const INSTRUCTIONS = [
  ...DIVERSIONS,
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
const compiledOnce = (patterns: readonly string[]) => {
  let compiled: ReturnType<typeof compilePattern>[] | undefined;
  return (text: string): boolean => {
    compiled ??= patterns.map((pattern) => compilePattern(pattern, true));
    return compiled.some((pattern) => 'found' in pattern && pattern.found(text));
  };
};

/** Whether a visible text gives orders to the machine that reads it. */
export const givesOrders = compiledOnce(INSTRUCTIONS);

const diverts = compiledOnce(DIVERSIONS);
/** A word of each diversion. The patterns are too slow to be tried on all that an agent is shown. */
const HINT = /ignor|disregard|forget|vergiss|olvida|oublie|merge|approve|label|push|deploy/i;

/**
 * Whether something that an agent is shown gives it orders. Code and the prompts of a pipeline say to a machine what it is,
 * and speak of tokens: that is none.
 */
export const ordersReader = (text: string): boolean =>
  HINT.test(text) && text.split('\n').some((line) => HINT.test(line) && diverts(line.slice(0, 2000)));

/** Whether a rejection does. */
export const instructsMachine = (rejection: Rejection): boolean => givesOrders(wordsOf(rejection));

const doubtful = compiledOnce(DOUBTS);
const takenBack = compiledOnce(SECOND_THOUGHTS);

/** Whether a rejection takes back what it says: a pattern that finds the one half must not make a rule of it. */
export const wavers = (rejection: Rejection): boolean => takenBack(wordsOf(rejection));

/** Whether a rejection may be about something that no rule should be made of. */
export const raisesDoubt = (rejection: Rejection): boolean =>
  rejection.annotations.often === 'once' || doubtful(wordsOf(rejection)) || wavers(rejection);

/** Rubrics whose signs show in what the reporter wrote, in their order. */
export const rubricsFor = (rubrics: readonly Rubric[], rejection: Rejection): readonly Rubric[] =>
  rubrics.filter((rubric) =>
    rubric.signs.some((sign) => {
      const pattern = compilePattern(sign, true);
      return 'found' in pattern && pattern.found(wordsOf(rejection));
    }),
  );
