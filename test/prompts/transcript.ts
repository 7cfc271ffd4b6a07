import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { DraftInput } from '../../src/domain/prompts/draft.ts';
import type { ShownRejection } from '../../src/domain/prompts/show-rejection.ts';
import type { Json, Trace } from '../../src/domain/rejection.ts';
import type { Spec } from '../../src/domain/spec.ts';
import type { ExampleRejection } from './example.ts';
import type { CodingScore } from './implement.ts';
import type { TranslationScore } from './score.ts';
import type { Exchange } from './serve.ts';

/** What a transcript keeps of the example: all that its requests are made of, so that a later example changes nothing. */
export interface TranslationTranscript {
  readonly shared: Pick<DraftInput, 'rubrics' | 'changes' | 'files'>;
  readonly rejections: readonly TranslatedRejection[];
}

export interface TranslatedRejection {
  readonly rejection: Pick<ExampleRejection, 'id' | 'kind' | 'expected' | 'reason' | 'change'>;
  readonly shown: ShownRejection;
  readonly trace: Trace | null;
  readonly exchanges: readonly Exchange[];
  /** What the steps gave when the drafted cases were run on base. */
  readonly outputs: readonly Json[];
  readonly score: TranslationScore;
}

export interface CodingTranscript {
  readonly files: Readonly<Record<string, string>>;
  readonly spec: Spec;
  readonly paths: readonly string[];
  readonly exchanges: readonly Exchange[];
  readonly score: CodingScore;
}

const fileOf = (name: string): URL => new URL(`./transcripts/${name}.json`, import.meta.url);

export function saveTranscript(name: string, transcript: TranslationTranscript | CodingTranscript): void {
  mkdirSync(new URL('./transcripts/', import.meta.url), { recursive: true });
  writeFileSync(fileOf(name), `${JSON.stringify(transcript, null, 1)}\n`);
}

export const loadTranscript = <T extends TranslationTranscript | CodingTranscript>(name: string): T =>
  JSON.parse(readFileSync(fileOf(name), 'utf8')) as T;
