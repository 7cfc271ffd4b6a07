import type { AgentEvent, Intervention } from '../agent-event.ts';
import type { Spent } from '../fact.ts';
import type { AgentUses } from '../named-model.ts';
import type { Json, RejectionKey } from '../rejection.ts';

/** For how many days transcripts are kept where the operator does not say. */
export const KEPT_DAYS = 30;

/** Where a transcript belongs: the label event that cleared the attempt, its round, its candidate (from 1), and which try at it. */
export interface TranscriptPlace {
  readonly attempt: number;
  readonly round: number;
  readonly candidate: number;
  /** Differs for each: a round that a crash cut off is begun again. */
  readonly run: string;
}

/** What a round was begun with: enough to make it again. */
export interface TranscriptHead extends TranscriptPlace {
  readonly is: 'head';
  readonly rejection: RejectionKey;
  /** GitHub's id of the installation. */
  readonly installation: number;
  readonly title: string;
  /** ISO time. */
  readonly begun: string;
  readonly agent: 'recipe' | 'model';
  /** The agent by name, and its model without its key; null where none is asked. */
  readonly uses: AgentUses | null;
  /** Commit whose suites judge, and the commit that the work starts from. */
  readonly base: string;
  readonly start: string;
  readonly hide: readonly string[];
  readonly approvalHash: string;
  /** Hash of the prompt that agents are given. */
  readonly prompt: string;
  /** Version of Node that recorded it. */
  readonly node: string;
  /** The brief, without what the ledger holds of it. */
  readonly brief: Json;
}

/** How a round ended. `code` is `candidate`, or why there is none. */
export interface TranscriptEnd {
  readonly is: 'end';
  readonly at: number;
  readonly code: string;
  readonly words: string;
  readonly tree: string | null;
  readonly spent: Spent;
  readonly changes: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
  readonly diff: string;
}

/**
 * One request to a model by its hash, and the answer to the byte: nothing else lets a round be made again. `whole`: it came
 * to its end.
 */
export interface TranscriptAnswer {
  readonly is: 'answer';
  readonly at: number;
  readonly path: string;
  readonly hash: string;
  readonly status: number;
  readonly body: string;
  readonly whole: boolean;
}

/** A line of a transcript. `at`: milliseconds since it was begun. Events are redacted and shortened; answers are neither. */
export type TranscriptLine =
  | TranscriptHead
  | {
      readonly is: 'event';
      readonly at: number;
      readonly event: AgentEvent;
      readonly wanted?: Intervention;
    }
  | TranscriptAnswer
  /** From here on it was too long to be kept. */
  | { readonly is: 'cut'; readonly at: number }
  | TranscriptEnd;

export type TranscriptEvent = Extract<TranscriptLine, { is: 'event' }>;

/** A transcript as far as it got. */
export interface Transcript {
  readonly head: TranscriptHead;
  readonly events: readonly TranscriptEvent[];
  readonly answers: readonly TranscriptAnswer[];
  readonly cut: boolean;
  readonly end: TranscriptEnd | null;
}

/** What the names of an attempt's transcripts begin with. */
export const attemptPrefix = (attempt: number): string => `${attempt}/`;

/** What stands for a round's candidate, whichever try at it is meant. */
export const placeName = ({ round, candidate }: Pick<TranscriptPlace, 'round' | 'candidate'>): string =>
  `${round}.${candidate}`;

export const nameOfTranscript = (place: TranscriptPlace): string =>
  `${attemptPrefix(place.attempt)}${placeName(place)}-${place.run}`;

/** What a name says; null for none of ours. */
export function placeOfTranscript(name: string): TranscriptPlace | null {
  const [, attempt, round, candidate, run = ''] = /^(\d+)\/(\d+)\.(\d+)-([0-9a-f]{8})$/.exec(name) ?? [];
  if (run === '') return null;
  return { attempt: Number(attempt), round: Number(round), candidate: Number(candidate), run };
}

/** The lines of all parts, in order; null where there is no beginning. Throws on what is no transcript. */
export function readTranscript(parts: readonly string[]): Transcript | null {
  const lines = parts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TranscriptLine);
  const [head] = lines;
  if (head?.is !== 'head') return null;
  return {
    head,
    events: lines.filter((line) => line.is === 'event'),
    answers: lines.filter((line) => line.is === 'answer'),
    cut: lines.some(({ is }) => is === 'cut'),
    end: lines.find((line) => line.is === 'end') ?? null,
  };
}
