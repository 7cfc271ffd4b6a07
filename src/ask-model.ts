import type { Spent } from './domain/fact.ts';
import { type Answer, repairPrompt } from './domain/prompts/read-answer.ts';
import { keyOf } from './domain/rejection.ts';
import type { Model, Ports } from './ports.ts';

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

/** The same model, and what it cost from now on. */
export function metered(model: Model): { readonly model: Model; readonly spent: () => Spent } {
  const began = performance.now();
  let tokens = 0;
  let requests = 0;
  const complete: Model['complete'] = async (request) => {
    requests += 1;
    const reply = await model.complete(request);
    tokens += reply.tokens;
    return reply;
  };
  const seconds = () => Math.round((performance.now() - began) / 10) / 100;
  return { model: { name: model.name, complete }, spent: () => ({ seconds: seconds(), tokens, requests }) };
}

/** Keeps what was said with the model, for whoever asks later why something is as it is. */
export async function transcribed(ports: Ports, heard: readonly Exchange[]): Promise<{ transcript?: string }> {
  if (heard.length === 0) return {};
  return { transcript: await ports.blobs.put(keyOf(ports.ref), new TextEncoder().encode(JSON.stringify(heard))) };
}
