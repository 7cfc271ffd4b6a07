/** Chances that follow from a seed alone. */
export interface Draw {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  /** One of them. Throws when there is none. */
  pick<T>(of: readonly T[]): T;
  /** All of them, in another order. */
  shuffle<T>(of: readonly T[]): readonly T[];
}

/** Mulberry32, by Tommy Ettinger (public domain): 32 bits of state, good enough for stories and the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same seed gives the same draws, on every machine. */
export function drawFrom(seed: number): Draw {
  const next = mulberry32(seed);
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  const pick = <T>(of: readonly T[]): T => {
    if (of.length === 0) throw new Error('nothing to pick from');
    return of[int(0, of.length - 1)] as T;
  };
  const shuffle = <T>(of: readonly T[]): readonly T[] => {
    const left = [...of];
    return of.map(() => left.splice(int(0, left.length - 1), 1)[0] as T);
  };
  return { int, pick, shuffle };
}
