/**
 * Proves the prompts without an endpoint: every request that the product makes for the 8 rejections, and for one coding
 * task, is answered by a reader who sees nothing but its bytes (see serve.ts). Each rejection is put to the model, also
 * where the product would have no need to ask, because a recipe answers. Writes the transcript and prints the scores.
 * With the same DIR, answers that are there already are taken again. With `--again`, only what is named is asked: ids of
 * rejections, or `coding`; of the others the recorded answers are taken, where they are asked in the recorded bytes.
 *
 *   node test/prompts/run.ts DIR [--again coding]
 */
import { resolve } from 'node:path';
import { shippedRubrics } from '../../src/compose.ts';
import type { Ports } from '../../src/ports.ts';
import { exampleFiles, rejectionsIn } from './example.ts';
import { implement } from './implement.ts';
import { type Product, startProduct } from './product.ts';
import { scoreOf } from './score.ts';
import { type FileEndpoint, serveFromFiles } from './serve.ts';
import {
  answeredBut,
  loadTranscript,
  type RecordedCoding,
  type RecordedRejection,
  saveTranscript,
} from './transcript.ts';
import { translate } from './translate.ts';

/** The one whose draft is implemented: its change is in code, not only in configuration. */
const CODED = 'two faults';

interface Recording {
  readonly product: Product;
  readonly ports: Ports;
  readonly endpoint: FileEndpoint;
}

async function recordRejections({ product: { base }, ports, endpoint }: Recording, files: Record<string, string>) {
  const done: RecordedRejection[] = [];
  const specOf = (id: string) => done.find(({ rejection }) => rejection.id === id)?.spec ?? null;
  for (const rejection of rejectionsIn(files)) {
    const before = endpoint.exchanges.length;
    const translation = await translate(ports, base, rejection);
    const scored = await scoreOf(ports, base, rejection, translation, specOf);
    done.push({ rejection, exchanges: endpoint.exchanges.slice(before), ...scored });
    console.log(rejection.id, rejection.kind, JSON.stringify(scored.score));
  }
  return done;
}

async function recordCoding(
  { product: { base }, ports, endpoint }: Recording,
  done: readonly RecordedRejection[],
): Promise<RecordedCoding | null> {
  const coded = done.find(({ rejection }) => rejection.kind === CODED);
  if (coded === undefined || coded.spec === null) return null;
  const before = endpoint.exchanges.length;
  const score = await implement(ports, base, coded.spec);
  console.log('coding task', JSON.stringify(score));
  return { of: coded.rejection.id, exchanges: endpoint.exchanges.slice(before), score };
}

const [dir, option, ...again] = process.argv.slice(2);
if (dir === undefined || (option !== undefined && option !== '--again'))
  throw new Error('usage: node test/prompts/run.ts DIR [--again ID...]');
const example = exampleFiles();
const CONFIGURATION = '.github/corrigible.yml';
// One draft each: a reader reads slowly.
const files = { ...example, [CONFIGURATION]: `${example[CONFIGURATION]}\ntranslation: { drafts: 1 }\n` };
const material = { files, rubrics: await shippedRubrics().rubrics() };
await using product = await startProduct(material);
const known = option === undefined ? [] : answeredBut(loadTranscript(), again);
await using endpoint = await serveFromFiles(resolve(dir), 0, known);
console.log(`reader: answer ${dir}/request-N.json by writing ${dir}/answer-N.json`);
const recording = { product, ports: await product.speakingTo(endpoint.baseUrl), endpoint };
const rejections = await recordRejections(recording, files);
const coding = await recordCoding(recording, rejections);
if (endpoint.trouble === null) saveTranscript({ material, rejections, coding });
else process.exitCode = 1;
