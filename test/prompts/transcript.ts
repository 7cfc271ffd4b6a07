import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Spec } from '../../src/domain/spec.ts';
import type { ExampleRejection } from './example.ts';
import type { CodingScore } from './implement.ts';
import type { Material } from './product.ts';
import type { TranslationScore } from './score.ts';
import type { Exchange } from './serve.ts';

/** What a reader was asked and answered, with the material that it was asked about, so that a later example changes nothing. */
export interface Transcript {
  readonly material: Material;
  readonly rejections: readonly RecordedRejection[];
  /** null: there was no spec to implement. */
  readonly coding: RecordedCoding | null;
}

export interface RecordedRejection {
  readonly rejection: ExampleRejection;
  readonly exchanges: readonly Exchange[];
  readonly spec: Spec | null;
  readonly score: TranslationScore;
}

export interface RecordedCoding {
  /** The rejection whose spec was implemented. */
  readonly of: string;
  readonly exchanges: readonly Exchange[];
  readonly score: CodingScore;
}

const FOLDER = new URL('./transcripts/', import.meta.url);
const FILE = new URL('reader.json', FOLDER);

export function saveTranscript(transcript: Transcript): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(transcript, null, 1)}\n`);
}

/** Throws in words when none was recorded. */
export function loadTranscript(): Transcript {
  if (!existsSync(FILE)) throw new Error('no transcript: run node test/prompts/run.ts DIR and have a reader answer');
  return JSON.parse(readFileSync(FILE, 'utf8')) as Transcript;
}

/** What was asked and answered of all but these: ids of rejections, or `coding`. Throws where there is none of a name. */
export function answeredBut({ rejections, coding }: Transcript, again: readonly string[]): readonly Exchange[] {
  const all = new Map(rejections.map(({ rejection, exchanges }) => [rejection.id, exchanges]));
  if (coding !== null) all.set('coding', coding.exchanges);
  const strange = again.filter((name) => !all.has(name));
  if (strange.length > 0) throw new Error(`no ${strange.join(', ')}; there are ${[...all.keys()].join(', ')}`);
  return [...all].flatMap(([name, exchanges]) => (again.includes(name) ? [] : exchanges));
}
