import { z } from 'zod';
import * as say from '../../domain/messages/suites.ts';
import type { Json } from '../../domain/rejection.ts';
import { lettingOthers } from '../../let-others.ts';
import type { CaseResult } from '../../ports.ts';
import { OUTPUT_BYTES, outputIn, readJson } from './read-output.ts';
import { type Room, roomForOutputs } from './room.ts';

/** Room for the id and the quotes around an output. */
const LINE_BYTES = OUTPUT_BYTES + 1000;
/** Lines that are read beside one for each case. */
const OTHER_LINES = 1000;

// Checked to be JSON already, as part of the line.
const output = z.custom<Json>((value) => value !== undefined);
const Answer = z.union([
  z.strictObject({ id: z.string(), output }),
  z.strictObject({ id: z.string(), error: z.string() }),
]);

type Line = { readonly id: string; readonly result: CaseResult } | { readonly because: string };

function readLine(bytes: Uint8Array, room: Room): Line {
  const read = readJson(bytes, room, LINE_BYTES);
  if ('because' in read) return read;
  const { data } = Answer.safeParse(read.json);
  if (data === undefined) return { because: say.bad.notAnAnswer };
  const result: CaseResult =
    'output' in data
      ? outputIn(bytes, (line) => (line as { readonly output: Json }).output)
      : { status: 'error', because: say.itsError(data.error) };
  return { id: data.id, result };
}

function* linesOf(stdout: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < stdout.length; ) {
    const newline = stdout.indexOf(0x0a, at);
    const end = newline < 0 ? stdout.length : newline;
    yield stdout.subarray(at, end);
    at = end + 1;
  }
}

/** What a process that answers in lines printed. */
export interface Answers {
  readonly results: ReadonlyMap<string, CaseResult>;
  /** What was wrong with the first line that answers no case, if there is one. */
  readonly stray: string | null;
}

/**
 * Sorts lines by the ids that were given out. An id that is answered twice is an error: nobody knows which is meant.
 * Beyond far more lines than cases the rest is not looked at.
 */
export async function readAnswers(stdout: Uint8Array, ids: ReadonlySet<string>): Promise<Answers> {
  const results = new Map<string, CaseResult>();
  const room = roomForOutputs();
  const letOthers = lettingOthers();
  let stray: string | null = null;
  let left = ids.size + OTHER_LINES;
  for (const bytes of linesOf(stdout)) {
    if (left-- === 0) return { results, stray: stray ?? say.bad.tooManyLines };
    if (bytes.length === 0) continue;
    await letOthers();
    const line = readLine(bytes, room);
    if ('because' in line) stray ??= line.because;
    else if (!ids.has(line.id)) stray ??= say.bad.unknownId;
    else if (results.has(line.id)) results.set(line.id, { status: 'error', because: say.answeredTwice });
    else results.set(line.id, line.result);
  }
  return { results, stray };
}
