import type { Allowance } from './domain/budget.ts';
import type { Spent } from './domain/fact.ts';
import { type Answer, repairPrompt } from './domain/prompts/read-answer.ts';
import { keyOf } from './domain/rejection.ts';
import { addSpent, ofAnswer } from './domain/spent.ts';
import type { Model, Ports, Purse } from './ports.ts';

/** One question to the model and its answer, as they were: texts are redacted before they get here. */
export interface Exchange {
  readonly model: string;
  readonly system: string;
  readonly prompt: string;
  readonly answer: string;
}

/** Asks once, and once more with what was wrong; a second unusable answer goes to a person. Adds to `heard`. */
export async function askModel<T>(
  model: Model,
  request: { system: string; prompt: string; signal?: AbortSignal },
  parse: (text: string) => Answer<T>,
  heard: Exchange[],
): Promise<T | null> {
  const say = async (prompt: string): Promise<string> => {
    const { text } = await model.complete({ ...request, prompt });
    heard.push({ model: model.name, system: request.system, prompt, answer: text });
    return text;
  };
  const first = await say(request.prompt);
  const answer = parse(first);
  if (answer.ok) return answer.value;
  const again = await say(`${request.prompt}\n\n${repairPrompt(answer.problems, first)}`);
  const repaired = parse(again);
  return repaired.ok ? repaired.value : null;
}

/** The most that an answer is put aside for, and what a request is longer than its texts, in bytes. */
const MOST_ANSWER = 16_384;
const AROUND = 1_000;
/** Of one question, with what is asked again because it failed. */
const MOST_REQUESTS = 20;
/** An answer that is lost on its way is paid for, too. */
const PAID_TRIES = 2;

/**
 * Has questions keep within what they may spend together, though they are asked at once: for each one that is under way
 * the most that it may come to is put aside, and who finds too little left waits for those. Where money is limited, one
 * is asked after another. `onSpent` is told the most that a question comes to when it is asked, and then how much less it was.
 */
export function sharing(
  { tokens, money }: Pick<Allowance, 'tokens' | 'money'>,
  onSpent: Purse['onSpent'],
): { readonly within: (model: Model) => Model; readonly spent: () => Omit<Spent, 'seconds'> } {
  let spent: Omit<Spent, 'seconds'> = { tokens: 0, requests: 0 };
  let aside = 0;
  const waiting: (() => void)[] = [];
  const add = (more: Omit<Spent, 'seconds'>, told: number) => {
    const { seconds: _, ...sum } = addSpent({ seconds: 0, ...spent }, { seconds: 0, ...more });
    spent = sum;
    onSpent({ ...more, tokens: more.tokens - told });
  };
  const within = (model: Model): Model => ({
    name: model.name,
    async complete(request) {
      const bytes = Buffer.byteLength(JSON.stringify([request.system, request.prompt])) + AROUND;
      // Nothing makes more than one token of a byte.
      const most = bytes + MOST_ANSWER;
      while (aside > 0 && (money !== undefined || tokens - spent.tokens - aside < most))
        await new Promise<void>((wake) => waiting.push(wake));
      const given = Math.min(tokens - spent.tokens - aside, most * PAID_TRIES);
      const left = {
        tokens: given,
        money: money === undefined ? money : money - (spent.money ?? 0),
      };
      let told = most;
      const tell = (more: Omit<Spent, 'seconds'>) => {
        add(more, told);
        told = 0;
      };
      aside += given;
      onSpent({ tokens: most, requests: 0 });
      try {
        const reply = await model.complete({
          ...request,
          purse: { budget: { ...left, requests: MOST_REQUESTS }, onSpent: tell },
        });
        if (told > 0) tell(ofAnswer(reply));
        return reply;
      } finally {
        if (told > 0) onSpent({ tokens: -told, requests: 0 });
        aside -= given;
        for (const wake of waiting.splice(0)) wake();
      }
    },
  });
  return { within, spent: () => spent };
}

/** The same model within what it may spend, and what it cost from now on. */
export function metered(
  model: Model,
  funds: Pick<Allowance, 'tokens' | 'money'>,
  onSpent: Purse['onSpent'],
): { readonly model: Model; readonly spent: () => Spent } {
  const began = performance.now();
  const shared = sharing(funds, onSpent);
  const seconds = () => Math.round((performance.now() - began) / 10) / 100;
  return { model: shared.within(model), spent: () => ({ seconds: seconds(), ...shared.spent() }) };
}

/** Keeps what was said with the model, for whoever asks later why something is as it is. */
export async function transcribed(ports: Ports, heard: readonly Exchange[]): Promise<{ transcript?: string }> {
  if (heard.length === 0) return {};
  return { transcript: await ports.blobs.put(keyOf(ports.ref), new TextEncoder().encode(JSON.stringify(heard))) };
}
