import type { FactOf } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { keyOf } from './domain/rejection.ts';
import type { Model, Ports } from './ports.ts';
import { recordAfterwards } from './write-once.ts';

type Request = Parameters<Model['complete']>[0];

/** What an answer hangs on: the model, every byte that it was shown, and the seed of what was drawn for it. */
const keyOfQuestion = (model: Model, { system, prompt }: Request, seed: string): string =>
  hashOf({ model: model.name, system, prompt, seed });

async function answerBefore(ports: Ports, key: string): Promise<string | null> {
  const recorded = await ports.ledger.read(keyOf(ports.ref));
  const told = recorded.findLast(({ fact }) => fact.kind === 'model-asked' && fact.key === key)?.fact;
  if (told?.kind !== 'model-asked') return null;
  const bytes = await ports.blobs.get(keyOf(ports.ref), told.blob);
  return bytes === undefined ? null : new TextDecoder().decode(bytes);
}

/**
 * The same model, asked each question once: an answer is recorded before anything is made of it, with what it cost, and
 * is taken again whenever the same is asked about the same rejection, also after a crash. `seed`: another one has the
 * same bytes asked anew.
 */
export function rememberingAnswers(
  ports: Ports,
  model: Model,
  role: FactOf<'model-asked'>['role'],
  seed: string,
): Model {
  const complete: Model['complete'] = async (request) => {
    const key = keyOfQuestion(model, request, seed);
    const before = await answerBefore(ports, key);
    if (before !== null) return { text: before, tokens: 0 };
    const began = performance.now();
    const reply = await model.complete(request);
    const seconds = Math.round((performance.now() - began) / 10) / 100;
    const blob = await ports.blobs.put(keyOf(ports.ref), new TextEncoder().encode(reply.text));
    const spent = {
      seconds,
      tokens: reply.tokens,
      requests: 1,
      ...(reply.money !== undefined && { money: reply.money }),
    };
    const fact: FactOf<'model-asked'> = { kind: 'model-asked', role, model: model.name, key, blob, spent };
    await recordAfterwards(ports, [fact]);
    return reply;
  };
  return { name: model.name, complete };
}
