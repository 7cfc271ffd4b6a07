import { eventServer } from './event-server.ts';

interface Body {
  readonly contents?: readonly unknown[];
  readonly tools?: readonly { readonly functionDeclarations?: readonly { readonly name?: string }[] }[];
}

/** What a model answers that has one command run, and then says that it is done. */
function partFor({ contents = [], tools = [] }: Body, command: string): object {
  const names = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name = '' }) => name));
  const shell = names.find((name) => /shell|bash|run_/i.test(name));
  // Agents ask for other things beside their work.
  if (shell === undefined) return { text: '{}' };
  if (JSON.stringify(contents).includes('"functionResponse"')) return { text: 'It adds now.' };
  return { functionCall: { name: shell, args: { command, description: 'Adds up' } } };
}

/** Serves Gemini's generateContent, streamed or whole. Counts its requests. */
export const geminiModel = (command: string) =>
  eventServer<Body>('', (body, path) => {
    const answer = {
      candidates: [{ content: { role: 'model', parts: [partFor(body, command)] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 },
    };
    return path.includes('stream') ? { events: [{ data: answer }] } : { whole: answer };
  });
