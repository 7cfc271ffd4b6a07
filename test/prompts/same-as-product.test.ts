import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runTry } from '../../src/cli/try.ts';
import { shippedRubrics } from '../../src/compose.ts';
import { layOut } from '../agents/in-worktree.ts';
import { type SeenRequest, scriptedModel } from '../support/scripted-model.ts';
import { exampleFiles, rejectionsIn } from './example.ts';
import { startProduct } from './product.ts';
import { translate } from './translate.ts';

const CONFIGURATION = '.github/corrigible.yml';
const example = exampleFiles();
// One draft: which of several is repaired would be luck.
const files: Readonly<Record<string, string>> = {
  ...example,
  [CONFIGURATION]: `${example[CONFIGURATION]}\ntranslation: { drafts: 1 }\n`,
};
let clone: string;
beforeAll(async () => {
  clone = await layOut(tmpdir(), files);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', clone, '-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args]);
  git('init', '-q', '-b', 'main');
  git('add', '-A', '-f');
  git('commit', '-q', '-m', 'Base');
});
afterAll(() => rm(clone, { recursive: true, force: true }));

/** Lets each kind of request fail once, so that both repairs are asked for, and never drafts anything. */
function forgetful(): (request: SeenRequest) => { text: string } {
  const seen = new Set<string>();
  return ({ body, last }) => {
    const kind = body.messages[0]?.content ?? '';
    const again = seen.has(kind);
    seen.add(kind);
    if (!again) return { text: 'I would rather not say' };
    if (last.includes('Sort this rejection.')) return { text: '{"is":"act"}' };
    const routes = last.includes('whose form is to be opened');
    return { text: routes ? '{"change":"generic"}' : '{"is":"none-of-these","because":"no"}' };
  };
}

async function askedBy(ask: (baseUrl: string) => Promise<unknown>): Promise<readonly string[]> {
  await using server = await scriptedModel(forgetful());
  await ask(server.baseUrl);
  // Around the words, each is sent by another way.
  return server.requests.map(({ body }) => JSON.stringify(body.messages));
}

test.each(['symptom-only', 'two-faults', 'vague'])('what is recorded of %s is what the product asks', async (name) => {
  await using product = await startProduct({ files, rubrics: await shippedRubrics().rubrics() });
  const { id } = JSON.parse(files[`rejections/${name}.json`] ?? '') as { id: string };
  const rejection = rejectionsIn(files).find((one) => one.id === id)!;
  const recorded = await askedBy(async (baseUrl) =>
    translate(await product.speakingTo(baseUrl), product.base, rejection),
  );
  const asked = await askedBy((OPENAI_BASE_URL) =>
    runTry(
      clone,
      { rejection: join(clone, 'rejections', `${name}.json`) },
      {
        env: { OPENAI_API_KEY: 'none', OPENAI_MODEL: 'reader', OPENAI_BASE_URL },
        ask: async () => null,
        print: () => {},
        signal: AbortSignal.timeout(60_000),
      },
    ),
  );
  // Whether to act, perhaps by which rubric, and a draft, each asked for twice.
  expect(recorded.length).toBeGreaterThanOrEqual(4);
  expect(recorded).toEqual(asked);
});
