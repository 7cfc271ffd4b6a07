import { hashText } from './hash.ts';

/** The same things in an order that follows from the seed and from nothing else that is known of them. */
export function shuffled<T>(things: readonly T[], seed: string): readonly T[] {
  const drawn = things.map((thing, at) => ({ thing, by: hashText(`${seed} ${at}`) }));
  return drawn.toSorted((a, b) => (a.by < b.by ? -1 : 1)).map(({ thing }) => thing);
}
