/**
 * Numbers from 0 up to but not 1, the same for the same seed: Tommy Ettinger's mulberry32 (2017, public domain), 32 bits
 * of state, which passes gjrand's tests of randomness. Good for resampling, never for secrets.
 */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
