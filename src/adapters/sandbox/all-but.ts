/** Numbers of 32 bits that are `value` where `mask` has its bits. */
export interface Masked {
  readonly mask: number;
  readonly value: number;
}

const ALL = 0xffffffff;

/** Exactly one number. */
export const only = (value: number): Masked => ({ mask: ALL, value });

/**
 * All numbers of 32 bits but these, as few ranges that share their leading bits. No two of them overlap: for filters whose
 * rules can only allow, each by one comparison.
 */
export function allBut(values: readonly number[], bits = 0, prefix = 0): readonly Masked[] {
  const mask = bits === 0 ? 0 : (ALL << (32 - bits)) >>> 0;
  const within = values.filter((value) => (value & mask) >>> 0 === prefix);
  if (within.length === 0) return [{ mask, value: prefix }];
  if (bits === 32) return [];
  return [0, 1].flatMap((bit) => allBut(within, bits + 1, (prefix | (bit * 2 ** (31 - bits))) >>> 0));
}
