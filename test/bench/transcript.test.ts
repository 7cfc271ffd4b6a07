import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { fromTranscript } from '../../src/cli/bench/answers.ts';
import { benchTranslation } from '../../src/cli/bench/bench-translation.ts';
import { readCases } from '../../src/cli/bench/read-cases.ts';
import { loadTranscript } from '../../src/cli/bench/transcript.ts';
import { scores } from '../../src/domain/bench/score.ts';
import { inProcess } from './in-process.ts';
import { TRANSCRIPT } from './transcript-file.ts';

test('a reader who knows nothing but the bytes is asked them again, and ends as it did', async () => {
  const exchanges = await loadTranscript(TRANSCRIPT);
  const set = await readCases(resolve('bench/translation'));
  const answers = fromTranscript(exchanges);
  const benched = await benchTranslation({ set, answers, price: null, print: () => {}, open: inProcess });
  expect(benched.waiting, 'asked in other bytes: record again with node test/bench/read.ts').toEqual([]);
  const asked = (all: readonly { readonly request: string }[]) => all.map(({ request }) => request).sort();
  expect(asked(benched.exchanges)).toEqual(asked(exchanges));
  const { 'unsafe acts (none is right)': unsafe, 'leaks (none is right)': leaks } = scores(benched.scored);
  expect([unsafe?.hits, leaks?.hits]).toEqual([0, 0]);
});
