import { createHash } from 'node:crypto';
import { type Asked, itemsOf, memberOf } from './api.ts';

/** Tokens of what providers say by themselves about tools, and about each tool that they describe themselves. */
const UNSEEN = 1_000;

/** A request up to the end of one of its turns. */
export interface Reach {
  /** Stands for all that was said until here. */
  readonly name: string;
  /** Of text as it is sent, without images. */
  readonly bytes: number;
  readonly images: number;
  /** Of the bytes, those that the name does not stand for. */
  readonly beside: number;
}

/** How long a request is, in parts: without any turn, with the first, and so on to the whole. */
export interface Weight extends Reach {
  readonly reaches: readonly Reach[];
  /** What the provider adds, in tokens. */
  readonly unseen: number;
}

/** Where something is cached changes with each request, and nothing that is said. */
const said = (key: string, value: unknown): unknown => (key === 'cache_control' ? undefined : value);

export function weigh({ body, conversation, turns }: Asked): Weight {
  const reaches: Reach[] = [];
  let name = '';
  let [bytes, images, beside] = [0, 0, 0];
  for (const turn of [{ said: { ...body, [conversation]: [] }, images: [] }, ...turns]) {
    const sent = JSON.stringify(turn.said);
    const plain = sent.includes('"cache_control"') ? JSON.stringify(turn.said, said) : sent;
    const length = Buffer.byteLength(sent);
    name = createHash('sha256').update(name).update(plain).digest('base64');
    bytes += turn.images.reduce((rest, image) => rest - image.length, length);
    images += turn.images.length;
    beside += length - Buffer.byteLength(plain);
    reaches.push({ name, bytes, images, beside });
  }
  return { name, bytes, images, beside, reaches, unseen: unseenOf(itemsOf(body['tools'])) };
}

function unseenOf(tools: readonly unknown[]): number {
  const described = tools.filter(
    (one) => !/^(?:function|custom|namespace)$/.test(String(memberOf(one, 'type') ?? 'custom')),
  );
  return tools.length === 0 ? 0 : (1 + described.length) * UNSEEN;
}
