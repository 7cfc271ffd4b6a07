import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bench as say } from '../../domain/messages/bench.ts';
import type { NamedModel, ReaderRole } from '../../domain/named-model.ts';
import type { Operator } from '../../domain/parse-operator.ts';
import { makeFolders } from '../../make-folders.ts';
import { readAnswer, type WholeAnswer } from './chat-wire.ts';
import type { Exchange } from './transcript.ts';

/** Who answers a request, given its exact bytes and what it is asked for. A refusal is passed on as it is. */
export type Answers = (
  request: string,
  role: ReaderRole,
) => Promise<WholeAnswer | { readonly status: number; readonly body: string }>;

const refused = (words: string) => ({ status: 400, body: JSON.stringify({ error: { message: words } }) });

/** The model that the operator has for a role, if there is one. */
export const modelFor = ({ models, roles }: Pick<Operator, 'models' | 'roles'>, role: ReaderRole): NamedModel | null =>
  (Object.hasOwn(models, roles[role]) ? models[roles[role]] : null) ?? null;

/** The request as this model is asked: it is recorded without a name, so that a transcript is nobody's. */
function askedOf({ url, model, most }: NamedModel, request: string): string {
  const {
    max_tokens: _,
    max_completion_tokens: __,
    ...body
  } = JSON.parse(request) as Readonly<Record<string, unknown>>;
  // OpenAI's newer models refuse `max_tokens`; many other servers know nothing else.
  const limit = /^https:\/\/api\.openai\.com(?:\/|$)/i.test(url) ? 'max_completion_tokens' : 'max_tokens';
  return JSON.stringify({ ...body, model, [limit]: most });
}

/** Passes each request on to the model that the operator has for its role. */
export const fromModels =
  (operator: Pick<Operator, 'models' | 'roles' | 'reading'>): Answers =>
  async (request, role) => {
    const model = modelFor(operator, role);
    if (model === null) return refused(say.noModelFor(role));
    const answered = await fetch(`${model.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${model.key}`, 'content-type': 'application/json' },
      body: askedOf(model, request),
      redirect: 'error',
      signal: AbortSignal.timeout(operator.reading[role].seconds * 1000),
    });
    const body = await answered.text();
    return answered.ok ? readAnswer(body) : { status: answered.status, body };
  };

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
