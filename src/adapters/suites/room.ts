/** Most bytes that all outputs of one call may have together. */
export const TOGETHER_BYTES = 16_000_000;
/** Most values in one output, and in all outputs of one call: one may take a hundred bytes once it is read. */
export const VALUES = 100_000;
const TOGETHER_VALUES = 500_000;

const [QUOTE, BACKSLASH, COMMA, LIST, OBJECT] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];

/** How many values these bytes have when they are JSON, at most. Reads nothing, so it costs nothing to hold. */
export function valuesIn(bytes: Uint8Array): number {
  let values = 1;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (quoted) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA || byte === LIST || byte === OBJECT) values++;
  }
  return values;
}

/** What the outputs of one call may still take. */
export interface Room {
  /** False where there is no more room for so much; from then on there is none for anything. */
  take(bytes: number, values: number): boolean;
  readonly used: boolean;
}

export function roomForOutputs(): Room {
  let bytes = TOGETHER_BYTES;
  let values = TOGETHER_VALUES;
  return {
    take(moreBytes, moreValues) {
      bytes -= moreBytes;
      values -= moreValues;
      return bytes >= 0 && values >= 0;
    },
    get used() {
      return bytes < 0 || values < 0;
    },
  };
}
