import type { Cost, Result } from '../../domain/bench/outcome.ts';
import type { Scored } from '../../domain/bench/score.ts';
import { goldFor } from '../../domain/bench/tell-costs.ts';
import { bench as say } from '../../domain/messages/bench.ts';
import { moneyOf, type Price } from '../../domain/named-model.ts';
import type { Print } from '../print.ts';
import type { Answers } from './answers.ts';
import { openEndpoint } from './endpoint.ts';
import { type Bench, openBench } from './open-bench.ts';
import { proveSpecs } from './prove.ts';
import type { CaseSet } from './read-cases.ts';
import type { Exchange } from './transcript.ts';
import { translateCase } from './translate-case.ts';

export interface Benching {
  readonly set: CaseSet;
  /** Who answers the product's requests; null: there is no model. */
  readonly answers: Answers | null;
  /** What a million tokens cost, in and out; null where that is not known. */
  readonly price: Price | null;
  readonly print: Print;
  /** Opens what it runs on. */
  readonly open?: (set: CaseSet, baseUrl: string | null) => Promise<Bench>;
}

/** What was found, and everything that was asked and answered for it. */
export interface Benched {
  readonly scored: readonly Scored[];
  readonly exchanges: readonly Exchange[];
  /** Cases whose requests were not all answered: they are not scored. */
  readonly waiting: readonly string[];
}

function costOf(asked: readonly string[], answered: readonly Exchange[], price: Price | null): Cost {
  const sum = (of: 'input' | 'output') => answered.reduce((total, { answer }) => total + answer[of], 0);
  const [input, output] = [sum('input'), sum('output')];
  return {
    requests: asked.length,
    tokens: input + output,
    money: price === null ? null : moneyOf(price, { input, output, cached: 0, kept: 0 }),
  };
}

/**
 * Translates each case with the product's own stages, and proves what comes of it against what is known to be right. One
 * case after another; nothing is written outside a folder that is gone afterwards.
 */
export async function benchTranslation({ set, answers, price, print, open = openBench }: Benching): Promise<Benched> {
  await using endpoint = answers === null ? null : await openEndpoint(answers);
  await using bench = await open(set, endpoint?.baseUrl ?? null);
  const scored: Scored[] = [];
  const waiting: string[] = [];
  for (const one of bench.cases) {
    const from = endpoint?.exchanges.length ?? 0;
    endpoint?.next(one.id);
    const translated = await translateCase(bench, one);
    const asked = endpoint?.next(one.id) ?? [];
    const answered = endpoint?.exchanges.slice(from) ?? [];
    if (asked.length > answered.length) {
      waiting.push(one.id);
      print(say.waits(one.id, asked.length - answered.length));
      continue;
    }
    const gold = goldFor(one, endpoint !== null);
    const cost = costOf(asked, answered, price);
    const sent = [...translated.sent, ...asked];
    const proven = await proveSpecs(bench, one, translated.specs);
    const result: Result = { id: one.id, translated: { ...translated, sent, cost }, proven };
    scored.push({ gold, result });
    const why = translated.trouble ?? translated.reason ?? translated.missing.join(', ');
    print(say.ended(one.id, gold.disposition, translated.is, why));
  }
  return { scored, exchanges: endpoint?.exchanges ?? [], waiting };
}
