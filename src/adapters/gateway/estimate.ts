import type { Reach, Weight } from './weigh.ts';

/** Tokens to a byte of code and prose, where nothing was counted yet and nothing depends on it. */
const USUAL = 0.3;
/** No tokenizer that is known makes more than one token of a byte. */
const DENSEST = 1;
/** By how much an endpoint that counted a text once may count it differently: several may work behind one address. */
const MARGIN = 1.25;
/** No provider counts more for one image. */
const IMAGE_TOKENS = 50_000;
/** Conversations that are known by what they came to. */
const MOST_KNOWN = 1_000;

/**
 * The most tokens that a request can have, before anybody has counted them. A conversation is sent again and again, so of
 * what begins exactly as one that the endpoint has counted, only what goes beyond that is guessed.
 */
export function openEstimate() {
  let densest = DENSEST;
  let usual = USUAL;
  const known = new Map<string, number>();

  const guessed = ({ bytes, images }: Pick<Reach, 'bytes' | 'images'>): number =>
    bytes * densest + images * IMAGE_TOKENS;

  const counted = ({ reaches, bytes, images }: Weight): number => {
    const reach = reaches.findLast(({ name }) => known.has(name));
    if (reach === undefined) return Number.POSITIVE_INFINITY;
    const more = { bytes: bytes - reach.bytes + reach.beside, images: images - reach.images };
    return (known.get(reach.name) ?? 0) * MARGIN + guessed(more);
  };

  return {
    of: (weight: Weight): number => Math.ceil(Math.min(guessed(weight) + weight.unseen, counted(weight))),
    /** What the endpoint counted. */
    learn({ name, bytes, images }: Weight, tokens: number): void {
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(name, Math.max(tokens, known.get(name) ?? 0));
      if (images > 0 || bytes === 0) return;
      densest = Math.max(densest, tokens / bytes);
      usual = tokens / bytes;
    },
    /** How long a text most likely is. */
    likely: (bytes: number): number => Math.ceil(bytes * usual),
  };
}
