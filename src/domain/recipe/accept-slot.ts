import { compilePattern } from '../pattern.ts';
import type { Json } from '../rejection.ts';
import type { Slot } from '../rubric.ts';
import { isPlain } from './plain-words.ts';

function acceptNumber(slot: Slot, value: Json): number | undefined {
  const readable = typeof value === 'string' && /^[+-]?\d{1,15}(?:\.\d{1,10})?$/.test(value.trim());
  const number = readable ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || Math.abs(number) > slot.max) return undefined;
  return slot.type === 'integer' && !Number.isSafeInteger(number) ? undefined : number;
}

/** A text as the slot takes it: one line, no control characters, and no markup where it is to be read as prose. */
function acceptText(slot: Slot, value: Json, prose: boolean): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '' || [...text].length > slot.max || /[\p{Cc}\p{Cf}`]/u.test(text)) return undefined;
  if (prose && !isPlain(text)) return undefined;
  if (slot.oneOf === undefined) return text;
  return slot.oneOf.find((one) => one.toLowerCase() === text.toLowerCase());
}

/**
 * The value as the slot takes it, or undefined. Texts are trimmed, a text of `oneOf` takes its spelling, and a number
 * may come as text. The pattern has to match the whole value.
 */
export function acceptSlot(slot: Slot, value: Json, prose: boolean): string | number | undefined {
  const accepted = slot.type === 'string' ? acceptText(slot, value, prose) : acceptNumber(slot, value);
  if (accepted === undefined || slot.pattern === undefined) return accepted;
  const pattern = compilePattern(slot.pattern);
  return 'whole' in pattern && pattern.whole(String(accepted)) ? accepted : undefined;
}
