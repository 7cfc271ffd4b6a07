import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolsOf } from '../../src/compose.ts';
import { type ReaderRole, readerRoles } from '../../src/domain/named-model.ts';
import { parseOperator } from '../../src/domain/parse-operator.ts';
import { type Model, Weather } from '../../src/ports.ts';
import { silent } from '../support/silent-log.ts';

const ask = { system: 'Be brief.', prompt: 'Say hello.' };
const models = 'models: { default: { api: openai-chat, url: "http://x.invalid/v1", key: KEY, model: m } }\n';

/** The readers that an operator's file sets up, before an endpoint that answers like this. */
async function withReaders(
  file: string,
  fetch: typeof globalThis.fetch,
  use: (readers: Readonly<Record<ReaderRole, Model | null>>) => Promise<void>,
): Promise<void> {
  const parsed = parseOperator(models + file, { KEY: 'k' }, null);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const stateDir = await mkdtemp(join(tmpdir(), 'corrigible-patience-'));
  const tools = await toolsOf({ stateDir, operator: parsed.operator, fetch }, silent);
  try {
    await use(tools.readers);
  } finally {
    await tools.preparing.close();
    await rm(stateDir, { recursive: true, force: true });
  }
}

test('each role asks a busy endpoint again as often as its operator says', async () => {
  let asked = 0;
  const busy = async () => {
    asked++;
    return new Response('{}', { status: 503, headers: { 'content-type': 'application/json' } });
  };
  const file = 'reading: { detect: { retries: 0 }, draft: { retries: 1 } }';
  const counts: Record<string, number> = {};
  await withReaders(file, busy, async (readers) => {
    for (const role of readerRoles) {
      asked = 0;
      await expect(readers[role]?.complete(ask)).rejects.toBeInstanceOf(Weather);
      counts[role] = asked;
    }
  });
  expect(counts).toEqual({ detect: 1, draft: 2, ask: 3 });
});

test('an answer that does not come in its role’s time is weather, and says how long that was', async () => {
  const never: typeof globalThis.fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  await withReaders('reading: { detect: { seconds: 1 }, ask: { seconds: 2 } }', never, async (readers) => {
    await expect(readers.detect?.complete(ask)).rejects.toThrow(/within 1 /);
    await expect(readers.ask?.complete(ask)).rejects.toThrow(/within 2 /);
  });
});

test.each([
  ['reading: { detect: { seconds: 0 } }', '“seconds” is too small'],
  ['reading: { draft: { retries: 9 } }', '“retries” is too large'],
  ['reading: { reflect: {} }', 'reflect'],
])('%s is a mistake', (file, names) => {
  expect(JSON.stringify(parseOperator(models + file, { KEY: 'k' }, null))).toContain(names);
});
