import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { bench as say } from '../../domain/messages/bench.ts';

const Answer = z.strictObject({ text: z.string(), input: z.number(), output: z.number() });
/** A transcript as it is stored: what many requests share is stored once. */
const Stored = z.strictObject({
  texts: z.array(z.string()),
  exchanges: z.array(z.strictObject({ of: z.string(), request: z.array(z.number()), answer: Answer })),
});

/** One request to a model, as its exact bytes, and the answer; `of`: the case that it was asked for. */
export interface Exchange {
  readonly of: string;
  readonly request: string;
  readonly answer: z.infer<typeof Answer>;
}

/** Where requests are cut: at the headings of their prompts, as they stand in JSON. */
const HEADING = /(?=\\n\\n# )/;

/** Writes a transcript, in the order of the cases and not in that of the answers. */
export async function saveTranscript(file: string, exchanges: readonly Exchange[]): Promise<void> {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
  const order = (a: Exchange, b: Exchange) =>
    a.of < b.of ? -1 : a.of > b.of ? 1 : a.request < b.request ? -1 : a.request > b.request ? 1 : 0;
  const stored = exchanges
    .toSorted(order)
    .map(({ of, request, answer }) => ({ of, request: request.split(HEADING).map(numberOf), answer }));
  await writeFile(file, `${JSON.stringify({ texts: [...numbers.keys()], exchanges: stored }, null, 1)}\n`);
}

/** Reads a transcript. Throws in words when it is none. */
export async function loadTranscript(file: string): Promise<readonly Exchange[]> {
  const parsed = Stored.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(say.noTranscript(file));
  const { texts, exchanges } = parsed.data;
  return exchanges.map(({ request, ...rest }) => ({ ...rest, request: request.map((i) => texts[i] ?? '').join('') }));
}
