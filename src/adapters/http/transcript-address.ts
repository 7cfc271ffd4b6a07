import type { RejectionKey } from '../../domain/rejection.ts';
import { attemptPrefix } from '../../domain/transcript/line.ts';
import type { Pages } from '../../ports.ts';
import { type Sign, same } from './same.ts';

/** Whose transcripts are shown: those of one attempt, which the label event names. */
export interface AttemptPlace {
  readonly rejection: RejectionKey;
  readonly attempt: number;
}

/** `name`: of one of them, or of the last at its place; null for the last of all. `since`: what the reader has seen of it. */
export interface TranscriptPath extends AttemptPlace {
  readonly name: string | null;
  readonly since: string | null;
  /** Path of the attempt. */
  readonly path: string;
}

const FOLDER = '/transcripts/';
const PATH =
  /^(\/transcripts\/([\w.-]{1,100}\/[\w.-]{1,100})\/(\d{1,10})\/(\d{1,15})\/([\w-]{43}))(?:\/(\d{1,6}\.\d{1,6}(?:-[0-9a-f]{8})?))?(?:\/since\/([\d.-]{1,40}))?$/;

const signedText = ({ rejection, attempt }: AttemptPlace): string => JSON.stringify(['transcript', rejection, attempt]);

/** The addresses of transcripts below the app's public one, kept for so many days; none without it. */
export const transcriptAddresses = (
  publicUrl: string | undefined,
  sign: Sign,
  days: number,
): Pick<Pages, 'transcriptAddress'> => ({
  transcriptAddress: (rejection, attempt) => {
    if (publicUrl === undefined) return null;
    const signature = sign(signedText({ rejection, attempt }));
    return { address: `${publicUrl}${FOLDER}${rejection.replace('#', '/')}/${attempt}/${signature}`, days };
  },
});

/** What a path shows: transcripts whose signature is right; `unknown` for whatever else lies where they do; else null. */
export function transcriptIn(path: string, sign: Sign): TranscriptPath | 'unknown' | null {
  if (!path.startsWith(FOLDER)) return null;
  const [, own = '', repo = '', issue = '', event = '', signature = '', name, since] = PATH.exec(path) ?? [];
  const place = { rejection: `${repo}#${issue}`, attempt: Number(event) };
  if (repo === '' || !same(signature, sign(signedText(place)))) return 'unknown';
  const whole = name === undefined ? null : attemptPrefix(place.attempt) + name;
  return { ...place, name: whole, since: since ?? null, path: own };
}
