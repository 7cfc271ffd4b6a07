import type { Cost, Result, Translated } from '../../domain/bench/outcome.ts';
import type { Scored } from '../../domain/bench/score.ts';
import { goldFor } from '../../domain/bench/tell-costs.ts';
import { bench as say } from '../../domain/messages/bench.ts';
import { moneyOf, type Price, type ReaderRole } from '../../domain/named-model.ts';
import type { Print } from '../print.ts';
import type { Answers } from './answers.ts';
import { type Answered, openEndpoint } from './endpoint.ts';
import { type Bench, openBench, type Readers } from './open-bench.ts';
import { proveSpecs } from './prove.ts';
import type { CaseSet } from './read-cases.ts';
import type { Exchange } from './transcript.ts';
import { translateCase } from './translate-case.ts';

export interface Benching {
  readonly set: CaseSet;
  /** Who answers the product's requests; null: there is no model. */
  readonly answers: Answers | null;
  /** What a million tokens cost, in and out, of the model for a role; null where that is not known. */
  readonly price: ((role: ReaderRole) => Price | null) | null;
  /** Which roles have a model, and how patient they are. Default all, as patient as without an operator's file. */
  readonly readers?: Readers;
  readonly print: Print;
  /** Opens what it runs on. */
  readonly open?: (set: CaseSet, baseUrl: string | null, readers?: Readers) => Promise<Bench>;
}

/** What was found, and everything that was asked and answered for it. */
export interface Benched {
  readonly scored: readonly Scored[];
  readonly exchanges: readonly Exchange[];
  /** Cases whose requests were not all answered: nothing came of them, unless they were acted upon all the same. */
  readonly waiting: readonly string[];
}

function costOf(asked: ReadonlySet<string>, answered: readonly Answered[], price: Benching['price']): Cost {
  let money: number | null = 0;
  let tokens = 0;
  for (const { role, answer } of answered) {
    const { input, output } = answer;
    const of = price === null ? null : price(role);
    tokens += input + output;
    // A sum that leaves something out would be no price.
    money = of === null || money === null ? null : money + moneyOf(of, { input, output, cached: 0, kept: 0 });
  }
  return { requests: asked.size, tokens, money: price === null ? null : money };
}

/**
 * What a case came to where something was not answered: nothing, whatever was asked or declined for lack of an answer. An
 * act stays one, and so does what was sent: a refusal hides no mistake.
 */
const withoutAnswers = <T extends Pick<Translated, 'is'>>(translated: T): T =>
  translated.is === 'act' ? translated : { ...translated, is: 'nothing' };

/**
 * Translates each case with the product's own stages, and proves what comes of it against what is known to be right. One
 * case after another; nothing is written outside a folder that is gone afterwards.
 */
export async function benchTranslation({
  set,
  answers,
  price,
  print,
  readers,
  open = openBench,
}: Benching): Promise<Benched> {
  await using endpoint = answers === null ? null : await openEndpoint(answers);
  await using bench = await open(set, endpoint?.baseUrl ?? null, readers);
  const scored: Scored[] = [];
  const waiting: string[] = [];
  for (const one of bench.cases) {
    const from = endpoint?.exchanges.length ?? 0;
    endpoint?.next(one.id);
    const ended = await translateCase(bench, one);
    // A request that is sent again because it failed is the same request.
    const asked = new Set(endpoint?.next(one.id));
    const answered = endpoint?.exchanges.slice(from) ?? [];
    const unanswered = asked.difference(new Set(answered.map(({ request }) => request)));
    if (unanswered.size > 0) waiting.push(one.id);
    const translated = unanswered.size > 0 ? withoutAnswers(ended) : ended;
    const gold = goldFor(one, endpoint !== null);
    const cost = costOf(asked, answered, price);
    const sent = [...translated.sent, ...asked];
    const proven = await proveSpecs(bench, one, translated.specs);
    const result: Result = { id: one.id, translated: { ...translated, sent, cost }, proven };
    scored.push({ gold, result });
    const why = translated.trouble ?? translated.reason ?? translated.missing.join(', ');
    print(
      unanswered.size > 0
        ? say.waits(one.id, unanswered.size, translated.is)
        : say.ended(one.id, gold.disposition, translated.is, why),
    );
  }
  return { scored, exchanges: endpoint?.exchanges ?? [], waiting };
}
