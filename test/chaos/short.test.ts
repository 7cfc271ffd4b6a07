import { execFileSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { failing, faultsOf } from './faults.ts';
import { freezes, killing, strikesOf } from './kill.ts';
import { stories } from './stories.ts';
import { keepSpares } from './support/app-process.ts';
import type { Case } from './support/case.ts';
import { pick, randomBy, shuffle } from './support/random.ts';
import { tell } from './support/tell.ts';
import { trickingWebhooks } from './webhooks.ts';

// From commit to commit other points are drawn, so that over time all are.
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
const seed = Number(process.env['CHAOS_SEED'] ?? Number.parseInt(commit.slice(0, 7), 16));
/** A busy machine is late; the story itself gives up much earlier where it does not get on. */
const PATIENCE_MS = 600_000;
const random = randomBy(seed);
const spares = keepSpares(1);
afterAll(() => spares.close());

async function drawn(): Promise<readonly Case[]> {
  const story = pick(
    random,
    stories.filter(({ trouble }) => trouble === undefined),
  );
  const of = { story, told: await tell({ story, spares }) };
  expect(of.told.damage).toEqual([]);
  const [frozen] = shuffle(random, freezes([of], random));
  return [
    killing('app', of, strikesOf(of, 'app', random, 3)),
    ...(frozen === undefined ? [] : [frozen]),
    failing(of, faultsOf(of, random, 3)),
    trickingWebhooks(of, Math.floor(random() * 1e6)),
  ];
}

test(
  `(invariant 8) a story with accidents ends like the same story without: seed ${seed}`,
  async () => {
    const open: string[] = [];
    for (const one of await drawn()) {
      const wrong = await one.run(spares).catch((error: Error) => [error.message]);
      open.push(...wrong.map((line) => `${one.name}: ${line}`));
    }
    expect(open).toEqual([]);
  },
  PATIENCE_MS,
);
