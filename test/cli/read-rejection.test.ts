import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRejection } from '../../src/cli/try/read-rejection.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { redactor } from '../../src/domain/redact.ts';

async function withFile<T>(name: string, text: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'corrigible-rejection-'));
  try {
    await writeFile(join(folder, name), text);
    return await use(join(folder, name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const parsed = (issue: { title: string; body: string }) => {
  const ref = { installation: 0, repo: 'local/clone', issue: 1 };
  const { title, ticket, comment, fields } = parseRejection(ref, { ...issue, author: 'you' }, redactor());
  return { title, ticket, comment, fields };
};

test('words and a ticket read like an issue with free text', async () => {
  expect(parsed(await readRejection({ ticket: '4711', say: 'Wrong queue.' }))).toEqual({
    title: 'Wrong output for ticket 4711',
    ticket: '4711',
    comment: 'Wrong queue.',
    fields: { ticket: '4711' },
  });
});

test('a JSON file reads like the issue form, and the ticket given beside it wins', () =>
  withFile(
    'r.json',
    JSON.stringify({ id: 'R-1', title: 'Odd', form: { Ticket: 'T-1', Step: 'fetch' } }),
    async (rejection) => {
      expect(parsed(await readRejection({ rejection }))).toMatchObject({ title: 'Odd', ticket: 'T-1' });
      expect(parsed(await readRejection({ rejection, ticket: 'T-2' }))).toMatchObject({
        ticket: 'T-2',
        fields: { step: 'fetch', ticket: 'T-2' },
      });
    },
  ));

test('a Markdown file may begin with a title', () =>
  withFile('r.md', '# Odd\n\nTicket: T-9\n\nNot this.\n', async (rejection) => {
    expect(parsed(await readRejection({ rejection }))).toMatchObject({ title: 'Odd', ticket: 'T-9' });
  }));

test('what is missing or unreadable is told', async () => {
  await expect(readRejection({ ticket: 'T-1' })).rejects.toThrow('Say what was wrong');
  await expect(readRejection({ say: 'Wrong.' })).rejects.toThrow('Say which ticket');
  await expect(readRejection({})).rejects.toThrow(/Say what was wrong.*\nSay which ticket/);
  for (const text of ['{', '[]', '{"title":"Odd"}', '{"form":{"Ticket":1}}'])
    await withFile('r.json', text, async (rejection) => {
      await expect(readRejection({ rejection })).rejects.toThrow('is no rejection');
    });
});
