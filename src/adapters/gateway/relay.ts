import { hideKey } from './hide-key.ts';

/** Most bytes of one answer. No model gives as much. */
const MOST_BYTES = 32_000_000;
/** Most characters of one answer that are kept for the record. */
export const MOST_RECORDED = 2_000_000;

export interface Relay {
  readonly source: ReadableStream<Uint8Array>;
  readonly key: string;
  /** Told each event that may count something: its value, or the text `[DONE]`. */
  readonly onEvent: (event: unknown) => void;
  /** Told each piece as it is passed on. */
  readonly onText: (text: string) => void;
  /** The stream is over: at its end, or because one of both sides left. Once. */
  readonly onEnd: (end: 'end' | 'left' | 'broken') => void;
  /** Called whenever a piece came. */
  readonly onLife: () => void;
}

/**
 * Passes a stream of events on, line by line as it comes, without the key. Ends in an error where the source breaks off or
 * is longer than any answer, so that nobody takes a part for the whole.
 */
export function relay({ source, key, onEvent, onText, onEnd, onLife }: Relay): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  let bytes = 0;
  let over = false;
  const end = (how: 'end' | 'left' | 'broken') => {
    if (over) return;
    over = true;
    onEnd(how);
  };
  const passOn = (lines: string): Uint8Array => {
    const text = hideKey(lines, key);
    for (const line of text.split('\n')) readLine(line, onEvent);
    onText(text);
    return encoder.encode(text);
  };
  /** The next whole lines; null at the end. */
  const next = async (): Promise<string | null> => {
    for (;;) {
      const { done, value } = await reader.read();
      onLife();
      if (done) return null;
      bytes += value.length;
      if (bytes > MOST_BYTES) throw new RangeError('the answer is too long');
      rest += decoder.decode(value, { stream: true });
      const cut = rest.lastIndexOf('\n') + 1;
      if (cut === 0) continue;
      const lines = rest.slice(0, cut);
      rest = rest.slice(cut);
      return lines;
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const lines = await next();
          if (lines !== null) return controller.enqueue(passOn(lines));
          if (rest !== '') controller.enqueue(passOn(rest));
          end('end');
          controller.close();
        } catch (error) {
          end('broken');
          reader.cancel().catch(() => {});
          controller.error(error);
        }
      },
      cancel(reason) {
        end('left');
        return reader.cancel(reason).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}

/** Of the events, those that may count something or tell of the end. */
const TELLING = /"usage(?:Metadata)?":\s*\{|"message_stop"/;

function readLine(line: string, onEvent: (event: unknown) => void): void {
  if (!line.startsWith('data:')) return;
  const data = line.slice('data:'.length).trim();
  if (data !== '[DONE]' && !TELLING.test(data)) return;
  try {
    onEvent(data === '[DONE]' ? data : JSON.parse(data));
  } catch {
    // Not JSON: it counts nothing, and the agent sees it as it is.
  }
}

/** A whole body as text, of whose bytes `onBytes` is told as they come. Throws where it is longer than `most` bytes. */
export async function textWithin(
  body: ReadableStream<Uint8Array> | null,
  most = MOST_BYTES,
  onBytes: (count: number) => void = () => {},
): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of body) {
    bytes += chunk.length;
    onBytes(chunk.length);
    if (bytes > most) throw new RangeError('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
