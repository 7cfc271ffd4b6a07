/**
 * Has somebody answer what the product asks about the cases of bench/translation: a reader who sees nothing but the bytes
 * of each request. Writes the transcript once nothing is left to answer, and prints the scores.
 *
 *   node test/bench/read.ts DIR
 *
 * It writes DIR/request-<name>.json, the exact body of each request, and ends. For each one without an answer the reader
 * reads that file and nothing else, and writes what a model would answer, as it is, to DIR/answer-<name>.txt. Then the
 * same command again, until it says that the transcript is written: answers lead to further requests. No other file of
 * this repository may be looked at: whoever has seen a case knows too much.
 */
import { resolve } from 'node:path';
import { fromFolder } from '../../src/cli/bench/answers.ts';
import { benchTranslation } from '../../src/cli/bench/bench-translation.ts';
import { readCases } from '../../src/cli/bench/read-cases.ts';
import { showScores } from '../../src/cli/bench/show-scores.ts';
import { saveTranscript } from '../../src/cli/bench/transcript.ts';
import { bench as say } from '../../src/domain/messages/bench.ts';
import { inProcess } from './in-process.ts';
import { TRANSCRIPT } from './transcript-file.ts';

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error('usage: node test/bench/read.ts DIR');
const waiting = new Set<string>();
const answers = fromFolder(resolve(dir), (name) => waiting.add(name));
const set = await readCases(resolve(import.meta.dirname, '../../bench/translation'));
const { scored, exchanges } = await benchTranslation({
  set,
  answers,
  price: null,
  print: console.log,
  open: inProcess,
});
if (waiting.size > 0) console.log(say.waiting(waiting.size, resolve(dir)));
else {
  await saveTranscript(TRANSCRIPT, exchanges);
  console.log(say.saved(TRANSCRIPT));
  showScores(scored, console.log);
}
