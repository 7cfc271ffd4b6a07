import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openStore } from '../../src/adapters/postgres/open.ts';
import type { AgentEvent } from '../../src/domain/agent-event.ts';
import { readTranscript, type Transcript, type TranscriptLine } from '../../src/domain/transcript/line.ts';
import { Fenced } from '../../src/ports.ts';
import { TranscriptParts } from '../../src/transcript-parts.ts';
import { freshDatabase } from '../support/shared-postgres.ts';
import { silent } from '../support/silent-log.ts';

const CHILD = new URL('./recording-process.ts', import.meta.url);

test('a process that is killed in the middle of a round loses no more than its last seconds', async () => {
  const database = await freshDatabase();
  const store = await openStore({ ...database, log: silent });
  const child = fork(CHILD, [database.databaseUrl, database.stateDir], { stdio: 'inherit' });
  try {
    const seen = async (): Promise<Transcript | null> => {
      const [first] = await store.transcripts.list('o/r#1', '1/');
      const parts = first === undefined ? [] : await store.transcripts.get('o/r#1', first.name);
      return readTranscript(parts.map((part) => Buffer.from(part).toString()));
    };
    await expect.poll(async () => (await seen())?.events.length, { timeout: 60_000 }).toBe(2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const left = await seen();
    expect(left?.head).toMatchObject({ attempt: 1, round: 1, candidate: 1, title: 'Add up', agent: 'model' });
    expect(left?.events.map(({ event }) => event)).toEqual([
      { is: 'told', text: 'Add up, and write to [email-1].' },
      { is: 'called', call: '1', tool: 'read', paths: ['sum.js'], input: '{}' },
    ]);
    expect(left?.end).toBeNull();
  } finally {
    child.kill('SIGKILL');
    await store.close();
    await database.drop();
  }
}, 90_000);

const event = (text: string): TranscriptLine => ({
  is: 'event',
  at: 0,
  event: { is: 'said', text } satisfies AgentEvent,
});
const lines = (text: string): readonly TranscriptLine[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Parts as they were put, and how often; `put` may be replaced. */
function storing() {
  const stored: string[] = [];
  const failures: unknown[] = [];
  const world = {
    stored,
    failures,
    put: async (part: number, text: string): Promise<void> => {
      stored[part] = text;
    },
  };
  const parts = new TranscriptParts(
    (part, text) => world.put(part, text),
    (error) => failures.push(error),
  );
  return { world, parts };
}

test('lines are stored two seconds after the first of them, and a part grows until it is large', async () => {
  const { world, parts } = storing();
  parts.add(event('a'));
  await vi.advanceTimersByTimeAsync(1_900);
  parts.add(event('b'));
  expect(world.stored).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(lines(world.stored[0] ?? '')).toEqual([event('a'), event('b')]);
  parts.add(event('c'.repeat(70_000)));
  await parts.store();
  parts.add(event('d'));
  await parts.store();
  expect(world.stored.map((text) => lines(text).length)).toEqual([3, 1]);
});

test('what the database did not take is put again with what comes next; what was forgotten is not', async () => {
  const { world, parts } = storing();
  const { put } = world;
  world.put = async () => Promise.reject(new Error('the database is away'));
  parts.add(event('a'));
  await parts.store();
  expect(world.failures).toHaveLength(1);
  world.put = put;
  parts.add(event('b'));
  await vi.advanceTimersByTimeAsync(2_100);
  expect(lines(world.stored[0] ?? '')).toEqual([event('a'), event('b')]);
  world.put = async () => Promise.reject(new Fenced('forgotten'));
  parts.add(event('c'));
  await parts.store();
  world.put = put;
  parts.add(event('d'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(lines(world.stored[0] ?? '')).toEqual([event('a'), event('b')]);
});

test('what is too long is cut with a word, and its end is told all the same', async () => {
  const { world, parts } = storing();
  for (let i = 0; i < 200; i++) {
    parts.add(event('x'.repeat(50_000)));
    await parts.store();
  }
  const end: TranscriptLine = {
    is: 'end',
    at: 1,
    code: 'no-change',
    words: '',
    tree: null,
    spent: { seconds: 1, tokens: 1, requests: 1 },
    changes: [],
    diff: '',
  };
  parts.add(end);
  await parts.store();
  const all = lines(world.stored.join(''));
  expect(all.length).toBeLessThan(165);
  expect(all.slice(-2)).toEqual([{ is: 'cut', at: 0 }, end]);
  expect(Math.max(...world.stored.map((text) => text.length))).toBeLessThan(130_000);
});
