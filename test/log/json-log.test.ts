import { expect, test } from 'vitest';
import { jsonLog } from '../../src/adapters/log/json-log.ts';
import { whoseWork } from '../../src/adapters/log/whose-work.ts';
import { Weather } from '../../src/ports.ts';

/** What a log writes for these fields. */
function written(
  fields: Record<string, unknown>,
  message = 'it failed',
): { line: string; told: Record<string, unknown> } {
  const lines: string[] = [];
  jsonLog('info', (line) => lines.push(line)).error(message, fields);
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  expect(line.slice(0, -1)).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
  return { line, told: JSON.parse(line) };
}

const WORDS = 'Lorena Fuentespina wants her money back';

function parsing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

class Liar extends Error {
  override get message(): string {
    throw new Error(WORDS);
  }
  override get stack(): string {
    throw new Error(WORDS);
  }
}

const named = Object.assign(new Error(WORDS), { name: WORDS, code: WORDS, detail: WORDS, response: { body: WORDS } });
const fakeFrames = new Error(`x\n    at ${WORDS} (src/Lorena.ts:1:1)`);

test.each([
  ['the parser of JSON, which quotes its text', parsing(WORDS)],
  ['an error that says it', new Error(WORDS)],
  ['its cause', new Error('no', { cause: new Error(WORDS) })],
  ['several at once', new AggregateError([new Error(WORDS)], WORDS)],
  ['its name, its code and what else it carries', named],
  ['a message that is made to look like a stack', fakeFrames],
  ['getters that throw it', new Liar()],
  ['weather that quotes it', new Weather(`GitHub answered “${WORDS}”`)],
  ['the text of an error', String(parsing(WORDS))],
  ['a text with a line below', `it failed\n${WORDS}`],
])('an error never carries a person’s words into the log: %s', (_, error) => {
  for (const fields of [{ error }, { error: [error] }, { deep: { error } }]) {
    const { line } = written(fields);
    expect(line).not.toContain('Lorena');
    expect(line).not.toContain('money');
  }
});

test('what is left of an error says what kind it is and where it came from', () => {
  expect(written({ error: new TypeError('x') }).told['error']).toMatchObject({
    name: 'TypeError',
    at: [expect.stringMatching(/^test\/log\/json-log\.test\.ts:\d+$/)],
  });
  expect(written({ error: new Weather('GitHub answered with status 502.') }).told['error']).toMatchObject({
    name: 'Weather',
    message: 'GitHub answered with status 502.',
  });
  const text = 'relation "corrigible.fact" does not exist, don’t ask';
  expect(written({ error: text }).told['error']).toBe(text);
});

test('whatever is logged is one line, and logging never throws', () => {
  const circle: Record<string, unknown> = { big: 10n ** 30n, when: new Date(0), bytes: new Uint8Array(9) };
  circle['self'] = circle;
  circle['list'] = [circle, () => 1, Symbol('s'), undefined, Number.NaN];
  Object.defineProperty(circle, 'trap', { enumerable: true, get: () => Object.keys(null as never) });
  const { told } = written({ circle, at: 'never', level: 'never', message: 'never', breaks: 'a\u2028b\u0085c\nd' });
  expect(told).toMatchObject({
    level: 'error',
    message: 'it failed',
    breaks: 'a\u2028b\u0085c\nd',
    circle: { big: `1${'0'.repeat(30)}`, when: '1970-01-01T00:00:00.000Z', bytes: '[9 bytes]', trap: '[unreadable]' },
  });
  const closed = jsonLog('info', () => {
    throw new Error('EPIPE');
  });
  expect(() => closed.info('x')).not.toThrow();
  const hostile = new Proxy({}, { ownKeys: () => Object.keys(null as never) });
  expect(() => written({ hostile })).not.toThrow();
});

test('a field is bounded, however deep, wide or long it is', () => {
  let deep: unknown = 'bottom';
  for (let i = 0; i < 1000; i++) deep = [deep];
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 'x'.repeat(50)]));
  const { line } = written({ deep, wide, long: 'y'.repeat(1_000_000) });
  expect(line.length).toBeLessThan(10_000);
});

test('no line remembers the values of another: placeholders begin anew in each', () => {
  const lines: string[] = [];
  const log = jsonLog('info', (line) => lines.push(line));
  for (let i = 0; i < 3; i++) log.info(`from lorena${i}@example.net to other${i}@example.net`);
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(Array(3).fill('from [email-1] to [email-2]'));
});

test('a name of a field is redacted, too', () => {
  expect(written({ seen: 1, 'lorena@example.net': 1 }).line).not.toContain('lorena@');
});

test('each line carries the rejection that is worked on at that place, and two at once do not mix', async () => {
  const lines: string[] = [];
  const { observer, about } = whoseWork();
  const log = jsonLog(
    'info',
    (line) => lines.push(line),
    () => ({ ...about(), trace: 'f00d' }),
  );
  const work = (rejection: string) =>
    observer.around('engine.advance', { rejection }, async () => {
      await observer.around('ledger.read', { rejection }, async () => {});
      log.info('inside', { round: 1 });
    });
  await Promise.all([work('acme/support#1'), work('acme/support#2')]);
  log.info('outside', { rejection: 'acme/support#3' });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { message: 'inside', rejection: 'acme/support#1', trace: 'f00d', round: 1 },
    { message: 'inside', rejection: 'acme/support#2', trace: 'f00d' },
    { message: 'outside', rejection: 'acme/support#3' },
  ]);
});

test('account numbers of a repository are hidden in what is told of it, and in nothing else', () => {
  const lines: string[] = [];
  const log = jsonLog('info', (line) => lines.push(line));
  log.hide?.('acme/shop', ['KD-\\d{4}', '[a-z/]+#\\d+']);
  log.info('KD-1234 is late', { rejection: 'acme/shop#7', why: ['KD-1234'] });
  log.info('KD-1234 is late', { repo: 'acme/other' });
  log.hide?.('acme/shop', []);
  log.info('KD-1234 is late', { repo: 'acme/shop' });
  const [told, other, lifted] = lines.map((line) => JSON.parse(line));
  expect(told).toMatchObject({ message: '[account-1] is late', rejection: 'acme/shop#7', why: ['[account-1]'] });
  expect([other.message, lifted.message]).toEqual(['KD-1234 is late', 'KD-1234 is late']);
});
