import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bench as say } from '../../domain/messages/bench.ts';
import { makeFolders } from '../../make-folders.ts';
import { readAnswer, type WholeAnswer } from './chat-wire.ts';
import type { Exchange } from './transcript.ts';

/** Who answers a request, given its exact bytes. A refusal is passed on as it is. */
export type Answers = (request: string) => Promise<WholeAnswer | { readonly status: number; readonly body: string }>;

/** Longest wait for one answer of an endpoint. */
const PATIENCE_MS = 300_000;

/** Passes requests on to an endpoint that speaks chat.completions. */
export const fromEndpoint =
  (url: string, key: string): Answers =>
  async (request) => {
    const answered = await fetch(`${url.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: request,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body = await answered.text();
    return answered.ok ? readAnswer(body) : { status: answered.status, body };
  };

const refused = (words: string) => ({ status: 400, body: JSON.stringify({ error: { message: words } }) });

/** Answers what was recorded for exactly these bytes; the same bytes in turn, where they were asked several times. */
export function fromTranscript(exchanges: readonly Exchange[]): Answers {
  const left = Map.groupBy(exchanges, ({ request }) => request);
  return async (request) => {
    const [next, ...rest] = left.get(request) ?? [];
    if (next === undefined) return refused(say.notRecorded);
    if (rest.length > 0) left.set(request, rest);
    return next.answer;
  };
}

/** The name of a request by its bytes. */
const nameOf = (request: string): string => createHash('sha256').update(request).digest('hex').slice(0, 16);

/**
 * A folder that somebody reads: `request-<name>.json` holds a request's exact bytes, and `answer-<name>.txt` is the
 * answer, as it is. What has no answer yet is refused, so that all that can be asked now is asked at once.
 */
export function fromFolder(folder: string, onWaiting: (name: string) => void): Answers {
  return async (request) => {
    makeFolders(folder);
    const name = nameOf(request);
    const file = join(folder, `request-${name}.json`);
    await writeFile(`${file}.part`, request);
    await rename(`${file}.part`, file);
    try {
      const text = (await readFile(join(folder, `answer-${name}.txt`), 'utf8')).trim();
      if (text !== '') return { text, input: 0, output: 0 };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    onWaiting(name);
    return refused(say.notAnswered);
  };
}
