import { StringDecoder } from 'node:string_decoder';
import type { AnyMessage, Stream } from '@agentclientprotocol/sdk';
import { hasMoreValues } from '../../domain/has-more-values.ts';

/** Longest message that is read. */
const MOST_LINE = 4_000_000;
/** Who prints more lines that are no message is not listened to any more: each costs the app some time. */
const MOST_NOISE = 50_000;
/** Values in a message to the library, which says of each what is wrong with it. No agent sends as many. */
const MOST_VALUES = 20_000;

type Message = Readonly<Record<string, unknown>>;

function messageIn(line: string): Message | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message) : null;
  } catch {
    return null;
  }
}

/** Both directions of a conversation with an agent, of which only what was asked for reaches the library. */
export interface AcpStream {
  readonly stream: Stream;
  /** Takes what the agent printed. */
  add(chunk: Uint8Array): void;
  /** Nothing more will come: whatever waits for an answer gets none. */
  end(): void;
}

/**
 * Lines of JSON, as the protocol has them over pipes. Noise is left out; so are answers to what nobody asked, and
 * notifications but updates of the session, which `onUpdate` gets in their order: the library would print them.
 */
export function acpStream(send: (line: string) => void, onUpdate: (update: unknown) => void): AcpStream {
  const decoder = new StringDecoder('utf8');
  const asked = new Set<unknown>();
  let rest = '';
  let noise = 0;
  let incoming: ReadableStreamDefaultController<AnyMessage> | null = null;
  const readable = new ReadableStream<AnyMessage>({
    start(controller) {
      incoming = controller;
    },
  });
  const writable = new WritableStream<AnyMessage>({
    write(message) {
      if ('method' in message && 'id' in message) asked.add(message.id);
      send(`${JSON.stringify(message)}\n`);
    },
  });
  const take = (message: Message): void => {
    const { method, id, params } = message;
    if (method === undefined ? asked.delete(id) : id !== undefined) {
      if (!hasMoreValues(message, MOST_VALUES)) incoming?.enqueue(message as AnyMessage);
    } else if (method === 'session/update') onUpdate((params as Message | undefined)?.['update']);
  };
  return {
    stream: { readable, writable },
    add(chunk) {
      if (noise > MOST_NOISE) return;
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MOST_LINE) rest = '';
      for (const line of lines) {
        const message = messageIn(line);
        if (message === null) noise += 1;
        else take(message);
      }
    },
    end() {
      incoming?.close();
      incoming = null;
    },
  };
}
