import { dearestOf, moneyOf, type NamedModel, tokensOf, type Usage } from '../../domain/named-model.ts';
import type { GatewayBudget } from '../../ports.ts';

/** An answer that may be shorter than this is no use: it would be cut in the middle of a call. */
const LEAST_OUTPUT = 1_024;

/** What was put aside for one request. */
export interface Reserve {
  /** Most tokens of the answer. */
  readonly output: number;
  /** All that it may come to. */
  readonly most: { readonly tokens: number; readonly money?: number };
  /** Puts in its place what it came to; `lost` when nobody knows, which counts as all of it. Once. */
  settle(usage: Usage | 'lost' | 'free'): { readonly tokens: number; readonly money?: number };
}

interface Sum {
  tokens: number;
  money: number;
}

/**
 * What one run has spent and put aside. Before a request is sent, the most that it may come to is put aside, so that
 * requests at the same time cannot spend the same twice.
 */
export function openAccount(model: NamedModel, budget: GatewayBudget) {
  const { price } = model;
  const spent: Sum & { requests: number } = { tokens: 0, money: 0, requests: 0 };
  const aside: Sum = { tokens: 0, money: 0 };
  const waiting: (() => void)[] = [];
  let underWay = 0;

  /** How long an answer may be, with everything that was put aside. */
  const roomFor = (input: number): number => {
    const byTokens = budget.tokens - spent.tokens - aside.tokens - input;
    if (budget.money === undefined || price === undefined) return byTokens;
    const left = budget.money - spent.money - aside.money - dearestOf(model.api, price, input, 0);
    if (left < 0) return 0;
    return Math.min(byTokens, price.output === 0 ? Number.POSITIVE_INFINITY : Math.floor((left * 1e6) / price.output));
  };

  const take = (input: number, output: number): Reserve => {
    const put: Sum = {
      tokens: input + output,
      money: price === undefined ? 0 : dearestOf(model.api, price, input, output),
    };
    aside.tokens += put.tokens;
    aside.money += put.money;
    spent.requests++;
    underWay++;
    const settle: Reserve['settle'] = (usage) => {
      underWay--;
      aside.tokens -= put.tokens;
      aside.money -= put.money;
      const came = costOf(usage, put, price);
      spent.tokens += came.tokens;
      spent.money += came.money;
      for (const wake of waiting.splice(0)) wake();
      return { tokens: came.tokens, ...(price !== undefined && { money: came.money }) };
    };
    return { output, most: { tokens: put.tokens, ...(price !== undefined && { money: put.money }) }, settle };
  };

  return {
    /**
     * Puts aside what a request of so many tokens may come to, whose answer shall have `wants` at most. What others under
     * way have put aside may come back: then it waits for them. null once the budget is used up. Throws the signal's reason.
     */
    async reserve(input: number, wants: number, signal: AbortSignal): Promise<Reserve | null> {
      for (;;) {
        signal.throwIfAborted();
        const output = Math.min(wants, roomFor(input));
        if (spent.requests >= budget.requests) return null;
        if (output >= Math.min(wants, LEAST_OUTPUT)) return take(input, output);
        if (underWay === 0) return null;
        await settledOr(signal, waiting);
      }
    },
    spent: () => ({
      tokens: spent.tokens,
      requests: spent.requests,
      ...(price !== undefined && { money: spent.money }),
    }),
  };
}

function costOf(usage: Usage | 'lost' | 'free', put: Sum, price: NamedModel['price']): Sum {
  if (usage === 'lost') return put;
  if (usage === 'free') return { tokens: 0, money: 0 };
  return { tokens: tokensOf(usage), money: price === undefined ? 0 : moneyOf(price, usage) };
}

async function settledOr(signal: AbortSignal, waiting: (() => void)[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
