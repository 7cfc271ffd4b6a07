import { hashOf } from '../hash.ts';
import type { Draw } from './surrogates.ts';

/**
 * Draws that follow from a name alone, so that what is made again after a crash is the same: none of them tells anything
 * of a value.
 */
export function drawBy(name: string): Draw {
  let drawn = 0;
  return (below) => Number.parseInt(hashOf({ name, drawn: drawn++ }).slice(0, 12), 16) % below;
}
