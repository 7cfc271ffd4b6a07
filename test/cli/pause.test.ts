import { expect, test } from 'vitest';
import { runPause, runResume } from '../../src/cli/pause.ts';
import { runStatus, withRecords } from '../../src/cli/status.ts';
import { inData } from '../postgres/support/in-data.ts';

test('pause says that it holds, and for whom; status shows it until resume', () =>
  inData(async ({ database }) => {
    const env = { STATE_DIR: database.stateDir, DATABASE_URL: database.databaseUrl };
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line.replace(/\d{4}-\S+ \S+ UTC/, 'then'));
    const status = async () => {
      lines.length = 0;
      await withRecords(env, (records) => runStatus(records, undefined, false, print));
      return lines[0];
    };
    expect(await runPause(env, { by: 'alice', because: 'An\n\u001b[31mincident' }, print)).toBe(true);
    await runPause(env, { by: 'bob', because: '' }, print);
    const paused = 'Everything is paused, by alice since then: An [31mincident. “corrigible resume” goes on.';
    expect(lines).toEqual([`${paused} Webhooks are still taken in.`, `${paused} It was paused before.`]);
    expect(await status()).toBe(paused);
    await runResume(env, print);
    await runResume(env, print);
    expect(lines.slice(-2)).toEqual(['Everything goes on.', 'Nothing was paused.']);
    expect(await status()).toBe('No rejection yet.');
  }));
