import type { Json } from './rejection.ts';

function collect(raw: Json, visible: Json, into: Map<string, string>): void {
  if (typeof raw === 'string') {
    if (typeof visible === 'string' && raw !== visible && !into.has(visible)) into.set(visible, raw);
  } else if (Array.isArray(raw)) {
    if (Array.isArray(visible)) for (const [i, item] of raw.entries()) collect(item, visible[i] ?? null, into);
  } else if (raw !== null && typeof raw === 'object' && visible !== null && typeof visible === 'object')
    for (const [name, item] of Object.entries(raw))
      collect(item, (visible as Record<string, Json>)[name] ?? null, into);
}

function inEach(value: unknown, own: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return own.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => inEach(item, own));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inEach(item, own)]));
}

/**
 * Gives what puts back into values, text by text, what no page shows of the texts that they were taken from. For what is
 * run here, and for nothing that is said, stored or sent.
 */
export function puttingBack(raw: Json, visible: Json): <T>(value: T) => T {
  const own = new Map<string, string>();
  collect(raw, visible, own);
  return (value) => (own.size === 0 ? value : (inEach(value, own) as typeof value));
}
