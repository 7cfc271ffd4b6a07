import { estimateTokens } from '../../domain/chat.ts';

/** Tokens to a byte of code and prose, where nothing was counted yet and nothing depends on it. */
const USUAL = 0.3;
/** How much denser than the last text another one of the same run may be. */
const MARGIN = 1.25;
/** No provider counts more for one image. */
const IMAGE_TOKENS = 50_000;

/** The text of a request without its images, and those, as base64. */
export interface Weight {
  readonly bytes: number;
  readonly images: readonly string[];
}

/**
 * How many tokens a request has, upwards, before anybody has counted them. A conversation is sent again and again, so once
 * the endpoint has counted its longest request so far, only what goes beyond that is guessed: at half a token for a byte, or
 * as much as any text of the run turned out to have.
 */
export function openEstimate() {
  let densest = estimateTokens(1_000_000) / 1_000_000;
  let longest = { bytes: 0, tokens: 0 };

  const ofText = (bytes: number): number => {
    const guessed = bytes * densest;
    if (longest.bytes === 0) return guessed;
    const known = (Math.min(bytes, longest.bytes) / longest.bytes) * longest.tokens * MARGIN;
    return Math.min(guessed, known + Math.max(0, bytes - longest.bytes) * densest);
  };

  return {
    of: ({ bytes, images }: Weight): number =>
      Math.ceil(ofText(bytes)) +
      images.reduce((sum, image) => sum + Math.min(IMAGE_TOKENS, Math.ceil(image.length * densest)), 0),
    /** What the endpoint counted. */
    learn({ bytes, images }: Weight, tokens: number): void {
      if (images.length > 0 || bytes === 0) return;
      densest = Math.max(densest, tokens / bytes);
      if (bytes >= longest.bytes) longest = { bytes, tokens };
    },
    /** How long a text most likely is. */
    likely: (bytes: number): number =>
      Math.ceil(bytes * (longest.bytes === 0 ? USUAL : longest.tokens / longest.bytes)),
  };
}
