import { expect, test } from 'vitest';
import { runWhy } from '../../src/cli/why.ts';
import type { Records } from '../../src/compose.ts';
import type { Fact, Recorded } from '../../src/domain/fact.ts';
import { happened } from '../../src/domain/messages/why.ts';
import { allFacts, everyFact } from '../support/every-fact.ts';

const KEY = 'acme/support#7';

const recordsWith = (facts: readonly Fact[]): Records => {
  const recorded = facts.map(
    (fact, i): Recorded => ({ seq: i + 1, at: new Date(1_772_000_000_000 + i * 90_000).toISOString(), fact }),
  );
  return { ledger: { read: async (key: string) => (key === KEY ? recorded : []) } } as unknown as Records;
};

async function told(facts: readonly Fact[], options = {}, key = KEY): Promise<{ found: boolean; text: string }> {
  const lines: string[] = [];
  const found = await runWhy(recordsWith(facts), key, options, (line) => lines.push(line));
  return { found, text: lines.join('\n') };
}

const first = (...kinds: (keyof typeof everyFact)[]): readonly Fact[] =>
  kinds.map((kind) => everyFact[kind][0] as Fact);

test.each(allFacts.map((fact) => [fact.kind, fact] as const))('every fact has its sentence: %s', (_, fact) => {
  const sentence = happened(fact);
  expect(sentence).toMatch(/^\S.{10,}\.$/);
  expect(sentence).not.toMatch(/undefined|null|\[object|\n|\*\*|`|unknown reason/);
});

const STORY = [
  'acme/support#7',
  '',
  '2026-02-25 06:13:20 UTC  The app took up the rejection of rita, ticket T-0042. Hidden text was left out in 2 places.',
  '2026-02-25 06:16:20 UTC  The app posted a spec drafted by the recipe of the rubric weights (adjust-fetch-weight), on base bbbbbbbbbb.',
  '2026-02-25 06:17:50 UTC  The spec was checked against bbbbbbbbbb and has no problems (eeeeeeeeee).',
  '2026-02-25 06:19:20 UTC  The spec was announced as ready (eeeeeeeeee).',
  '2026-02-25 06:20:50 UTC  The label that tom set was refused, because tom has no write permission here. Somebody who may write has to set the label.',
  '2026-02-25 06:22:20 UTC  alice cleared the spec “Prefer the newest order” by the label (eeeeeeeeee).',
  '2026-02-25 06:23:50 UTC  Making the fix was queued.',
  '2026-02-25 06:25:20 UTC  Round 1 began on base bbbbbbbbbb.',
  '2026-02-25 06:26:50 UTC  Round 1 made the candidate dddddddddd by the recipe (12.5 s, 900 model tokens in 4 requests, at a price of 0.0421).',
  '2026-02-25 06:28:20 UTC  The checks judged the candidate dddddddddd against bbbbbbbbbb as green (3.2 s).',
  '2026-02-25 06:29:50 UTC  The app opened pull request #31 with cccccccccc on base bbbbbbbbbb.',
  '2026-02-25 06:31:20 UTC  The approval of alice for cccccccccc was refused, because alice cleared this fix, so somebody else has to approve it (or set solo: true in the configuration).',
  '2026-02-25 06:32:50 UTC  It was delayed until 2026-03-01 12:30:00 UTC, because GitHub allows no more calls for now.',
  '2026-02-25 06:34:20 UTC  The delay was over.',
  '2026-02-25 06:35:50 UTC  bob approved cccccccccc.',
  '2026-02-25 06:37:20 UTC  The app merged cccccccccc on the approval of bob, as dddddddddd.',
  '2026-02-25 06:38:50 UTC  The app thanked the reporter (comment 40).',
  '',
  'It stands at “merged” since 2026-02-25 06:37:20 UTC (n days).',
  'Merged in #31 as dddddddddd. If it was a mistake, comment /undo with the reason; if it is wrong again, file a new rejection.',
  'Spent: 15.7 s, 900 model tokens, at a price of 0.0421.',
];

test('the story of a merged rejection reads from top to bottom', async () => {
  const facts = first(
    'rejection-accepted',
    'intent',
    'draft-posted',
    'spec-checked',
    'spec-ready',
    'clearance-refused',
    'spec-approved',
    'run-queued',
    'round-started',
    'round-ended',
    'judged',
    'pull-request-opened',
    'review-refused',
    'delayed',
    'resumed',
    'approved',
    'merged',
    'thanked',
  );
  const { found, text } = await told(facts);
  expect(found).toBe(true);
  expect(text.replace(/\(\d+ days?\)/, '(n days)').split('\n')).toEqual(STORY);
  const all = await told(facts, { all: true });
  expect(all.text).toContain('The app was about to write to GitHub: draft-1.');
});

test('what still waits says why, and who is next', async () => {
  const { text } = await told(
    first('rejection-accepted', 'draft-posted', 'spec-checked', 'spec-ready', 'clearance-refused'),
  );
  expect(text).toContain('It stands at “drafted” since');
  expect(text).toContain('Next: a maintainer sets the label fix-clear.');
  expect(text).toContain('The label set by tom starts nothing, because tom has no write permission here.');
});

test('a forgotten rejection says that it was forgotten, and nothing else', async () => {
  const { found, text } = await told(everyFact.forgotten);
  expect(found).toBe(true);
  expect(text).toContain('Everything personal was deleted on request of alice.');
  expect(text).toContain('It stands at “forgotten”');
});

test('a rejection that nobody knows is said to be unknown, and a name that is none is refused', async () => {
  const { found, text } = await told([], {});
  expect(found).toBe(false);
  expect(text).toContain('Nothing is known of acme/support#7.');
  expect(JSON.parse((await told([], { json: true })).text)).toEqual({ rejection: KEY, known: false });
  for (const name of ['acme/support', '7', 'acme/support#x', '../..#1 '])
    await expect(told([], {}, name)).rejects.toThrow('is no rejection. Name it like owner/name#7.');
});

test('for programs it is JSON, with the stage that each event led to', async () => {
  const { text } = await told(first('rejection-accepted', 'draft-posted', 'round-ended'), { json: true });
  const story = JSON.parse(text);
  expect(story).toMatchObject({ rejection: KEY, known: true, stage: 'drafted', spent: { seconds: 12.5, tokens: 900 } });
  expect(story.events.map((event: { stage: string }) => event.stage)).toEqual(['accepted', 'drafted', null]);
});
