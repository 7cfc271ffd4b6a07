import { isUtf8 } from 'node:buffer';
import * as say from '../../domain/messages/suites.ts';
import type { Json } from '../../domain/rejection.ts';
import { odditiesIn } from '../../domain/reports/parse-strict-json.ts';
import type { CaseResult, SandboxRun } from '../../ports.ts';
import { type Room, VALUES, valuesIn } from './room.ts';

/** Most bytes of one output. */
export const OUTPUT_BYTES = 1_000_000;
/** Deepest nesting of one output. What walks through it afterwards is recursive. */
const DEEPEST = 64;

export type Read = { readonly json: Json } | { readonly because: string };

/** What in a parsed value no comparison could stand. */
function flawOf(json: Json): string | null {
  const rest: { value: Json; depth: number }[] = [{ value: json, depth: 0 }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, depth } = next;
    // JSON's 1e999 becomes Infinity here.
    if (typeof value === 'number' && !Number.isFinite(value)) return say.bad.noFiniteNumber;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEEPEST) return say.bad.tooDeep;
    for (const inner of Object.values(value)) rest.push({ value: inner, depth: depth + 1 });
  }
  return null;
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();

/** Reads one JSON value, or says why it is none. What is too much is never parsed. */
export function readJson(bytes: Uint8Array, room: Room, most = OUTPUT_BYTES): Read {
  if (bytes.length > most) return { because: say.bad.tooLarge };
  const values = valuesIn(bytes);
  if (values > VALUES) return { because: say.bad.tooManyValues(VALUES) };
  if (!room.take(bytes.length, values)) return { because: say.bad.tooMuchTogether };
  if (!isUtf8(bytes)) return { because: say.bad.notUtf8 };
  const text = textOf(bytes);
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    return { because: say.bad.notJson };
  }
  const flaw = flawOf(json);
  if (flaw !== null) return { because: flaw };
  // Whoever reads it next may take the other one.
  for (const { is } of odditiesIn(text)) if (is === 'twice') return { because: say.bad.keyTwice };
  return { json };
}

/** An output that was read once: it is held as it was printed, and parsed again whenever somebody looks at it. */
export const outputIn = (bytes: Uint8Array, pick = (json: Json): Json => json): CaseResult => ({
  status: 'output',
  get output() {
    return pick(JSON.parse(textOf(bytes)) as Json);
  },
});

/** Why a run that is over did not end well; null when it did. */
export function troubleOf(run: SandboxRun): string | null {
  if (run.ended === 'could-not-start') return say.notStarted(run.stderr);
  if (run.ended !== 'exited') return say.endedBy(run.ended, run.exit);
  return run.exit === 0 ? null : say.exited(run.exit ?? -1, run.stderr);
}
