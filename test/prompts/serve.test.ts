import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openaiModel } from '../../src/adapters/models/openai.ts';
import { serveFromFiles } from './serve.ts';
import { answeredBut, loadTranscript } from './transcript.ts';

test('what is known is answered as it was, and only the rest is asked', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'reader-'));
  try {
    const ask = async (known: Parameters<typeof serveFromFiles>[2]) => {
      await using endpoint = await serveFromFiles(dir, 0, known);
      const model = openaiModel({ baseUrl: endpoint.baseUrl, apiKey: 'none', model: 'reader', retries: 0 });
      const { text } = await model.complete({ system: 'Sort this.', prompt: 'A rejection.' });
      return { text, exchanges: endpoint.exchanges };
    };
    writeFileSync(join(dir, 'answer-1.json'), '{"text":"asked"}');
    const first = await ask([]);
    const asked = readFileSync(join(dir, 'request-1.json'), 'utf8');
    expect(first).toEqual({ text: 'asked', exchanges: [{ request: asked, answer: { text: 'asked' } }] });
    rmSync(join(dir, 'request-1.json'));
    const known = [{ request: asked, answer: { text: 'known' } }];
    expect(await ask(known)).toEqual({ text: 'known', exchanges: known });
    expect(existsSync(join(dir, 'request-1.json'))).toBe(false);
    expect((await ask([{ request: `${asked} `, answer: { text: 'known' } }])).text).toBe('asked');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('what is to be asked again is left out by its name', () => {
  const transcript = loadTranscript();
  const [one] = transcript.rejections;
  const all = answeredBut(transcript, []).length;
  const coded = transcript.coding?.exchanges.length ?? 0;
  expect(coded).toBeGreaterThan(0);
  expect(answeredBut(transcript, ['coding'])).toHaveLength(all - coded);
  expect(answeredBut(transcript, [one!.rejection.id])).toHaveLength(all - one!.exchanges.length);
  expect(() => answeredBut(transcript, ['coding', 'nothing'])).toThrow('no nothing; there are');
});
