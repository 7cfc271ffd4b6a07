import { z } from 'zod';

/** A model's whole answer, and what the server counted for it. */
export interface WholeAnswer {
  readonly text: string;
  readonly input: number;
  readonly output: number;
}

const Usage = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() });
const Whole = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
  usage: Usage.nullish(),
});
const Chunk = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish() })).nullish(),
  usage: Usage.nullish(),
});

/** Reads a body of chat.completions, whole or in events. Throws on one that is neither. */
export function readAnswer(body: string): WholeAnswer {
  const counted = (usage: z.infer<typeof Usage> | null | undefined) => ({
    input: usage?.prompt_tokens ?? 0,
    output: usage?.completion_tokens ?? 0,
  });
  if (!/^\s*(?:data|event|:)/.test(body)) {
    const { choices, usage } = Whole.parse(JSON.parse(body));
    return { text: choices[0]?.message.content ?? '', ...counted(usage) };
  }
  const data = [...body.matchAll(/^data: ?(.+)$/gm)].map(([, found = '']) => found.trim());
  const chunks = data.filter((one) => one !== '[DONE]').map((one) => Chunk.parse(JSON.parse(one)));
  const text = chunks.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join('');
  return { text, ...counted(chunks.findLast(({ usage }) => usage != null)?.usage) };
}

/** The same answer as the request wants it: in events, or whole. Equal answers give equal bytes. */
export function writeAnswer(
  { text, input, output }: WholeAnswer,
  stream: boolean,
): { readonly type: string; readonly body: string } {
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  const of = { id: 'bench', created: 0, model: 'bench' };
  if (!stream) {
    const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }];
    return { type: 'application/json', body: JSON.stringify({ ...of, object: 'chat.completion', choices, usage }) };
  }
  const event = (choices: readonly object[], more: object = {}): string =>
    `data: ${JSON.stringify({ ...of, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
  const said = event([{ index: 0, delta: { role: 'assistant', content: text }, finish_reason: null }]);
  const end = event([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  return { type: 'text/event-stream', body: `${said}${end}${event([], { usage })}data: [DONE]\n\n` };
}
