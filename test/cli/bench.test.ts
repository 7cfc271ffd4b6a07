import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCases } from '../../src/cli/bench/read-cases.ts';
import { type Options, runBench } from '../../src/cli/bench.ts';
import { goldModel } from '../bench/gold-model.ts';
import { scriptedModel } from '../support/scripted-model.ts';

const CASES = resolve('bench/translation');
const only = ['tracking-words-en', 'orders-en'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bench(options: Partial<Options>, env: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const ok = await runBench({ cases: CASES, only, ...options }, env, (line) => lines.push(line));
  return { ok, said: lines.join('\n') };
}

test('the cases are proven in the sandbox, on a clone that is gone afterwards', async () => {
  const before = await readdir(tmpdir());
  expect(await bench({ verify: true })).toEqual({ ok: true, said: '2 cases, and each is right.' });
  const left = (await readdir(tmpdir())).filter((name) => !before.includes(name) && /^corrigible-bench/.test(name));
  expect(left).toEqual([]);
}, 300_000);

test('a model is measured over HTTP, recorded, and measured again by what it said, with the same scores', async () => {
  const { cases } = await readCases(CASES);
  const answers = goldModel(cases);
  await using model = await scriptedModel(async ({ raw }) => {
    const answer = await answers(raw, 'draft');
    return 'text' in answer ? { text: answer.text } : { status: answer.status };
  });
  const record = join(folder, 'transcript.json');
  const env = { OPENAI_API_KEY: 'sk-canary', OPENAI_MODEL: 'scripted', OPENAI_BASE_URL: model.baseUrl };
  const first = await bench({ record }, env);
  expect(first.said).toContain('✓ tracking-words-en: act');
  expect(first.said).toContain('✓ orders-en: decline (injection)');
  expect(first.said).toMatch(/acceptance is valid \(and green on the right fix\) +1 of 1 +100 % +21 % to 100 %/);
  expect(first.said).toMatch(/Spent on 2 cases: [1-9]\d* requests, [1-9]\d* tokens; no price is told\./);
  expect(first.said).toMatch(/always act +right +1 of 2 /);
  expect(model.requests.every(({ authorization }) => authorization === 'Bearer sk-canary')).toBe(true);
  expect(await readFile(record, 'utf8')).not.toContain('sk-canary');
  const again = await bench({ replay: record });
  const scoresIn = (said: string) => said.slice(said.indexOf('Right end'));
  expect(scoresIn(again.said)).toBe(scoresIn(first.said));
}, 300_000);

test('whoever reads a folder answers there, request by request', async () => {
  const { cases } = await readCases(CASES);
  const [model, dir] = [goldModel(cases), join(folder, 'reader')];
  const reader = async () => {
    for (const name of (await readdir(dir)).filter((one) => one.startsWith('request-'))) {
      const answer = await model(await readFile(join(dir, name), 'utf8'), 'draft');
      const file = name.replace('request-', 'answer-').replace('.json', '.txt');
      if ('text' in answer) await writeFile(join(dir, file), `${answer.text}\n`);
    }
  };
  const first = await bench({ answers: dir, only: ['tracking-words-en'] });
  expect(first.ok).toBe(false);
  expect(first.said).toMatch(/requests? waits? in /);
  await reader();
  const second = await bench({ answers: dir, only: ['tracking-words-en'] });
  expect(second.said).toContain('✓ tracking-words-en: act');
  expect(second.ok).toBe(true);
}, 300_000);

test('what is no set of cases is told in words', async () => {
  await expect(bench({ cases: folder })).rejects.toThrow('has no bench.yml');
  await writeFile(join(folder, 'bench.yml'), 'repository: ../nowhere\n');
  await writeFile(join(folder, 'one.yml'), 'id: two\nlanguage: xx\n');
  await expect(bench({ cases: folder })).rejects.toThrow(/one\.yml: language/);
});
