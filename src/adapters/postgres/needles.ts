/** A text to search for, in each of the forms in which it may have been written. */
const formsOf = (text: string): readonly string[] => {
  const inJson = JSON.stringify(text).slice(1, -1);
  const inAscii = inJson.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [...new Set([text, inJson, inAscii])];
};

/** In ciphertext, a shorter one is found by chance. */
const SHORTEST_IN_CIPHERTEXT = 8;

export interface Needles {
  /** Bytes of the longest form. */
  readonly longest: number;
  /** Whether one of them is in the bytes. In `ciphertext` only those are looked for that chance does not make. */
  within(bytes: Buffer, ciphertext?: boolean): boolean;
}

export function needlesOf(texts: readonly string[]): Needles {
  const all = texts.flatMap(formsOf).map((form) => Buffer.from(form));
  const long = all.filter(({ length }) => length >= SHORTEST_IN_CIPHERTEXT);
  return {
    longest: Math.max(0, ...all.map(({ length }) => length)),
    within: (bytes, ciphertext = false) => (ciphertext ? long : all).some((needle) => bytes.includes(needle)),
  };
}
