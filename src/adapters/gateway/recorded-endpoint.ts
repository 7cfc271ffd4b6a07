import { hashText } from '../../domain/hash.ts';
import type { TranscriptAnswer } from '../../domain/transcript/line.ts';
import { MOST_RECORDED } from './relay.ts';

/** What was asked otherwise than it was recorded, and in which request, from 1 on. */
export interface Otherwise {
  readonly request: number;
  /** `more`: no answer was left for it. */
  readonly how: 'other' | 'more';
}

/** Recorded answers in the place of an endpoint. */
export interface RecordedEndpoint {
  readonly fetch: typeof fetch;
  /** The first request that was not asked like this before; null where there is none. */
  otherwise(): Otherwise | null;
  /** Answers that nobody asked for. */
  left(): number;
}

/** Nothing that passes by itself: who asks has to end. */
const NO_MORE = 400;

const isStream = (body: string): boolean => /^\s*(?:data|event|id|retry)?:/.test(body);

function answerOf({ status, body }: TranscriptAnswer): Response {
  if (status >= 300)
    return new Response(JSON.stringify({ error: { message: body } }), {
      status: Math.max(400, status),
      headers: { 'content-type': 'application/json' },
    });
  const type = isStream(body) ? 'text/event-stream' : 'application/json';
  return new Response(body, { status, headers: { 'content-type': type } });
}

/**
 * Gives each request the answer that it was given, and one that nobody made before the first answer that is left: what is
 * told of time or place differs from run to run, and need not change what an agent does.
 */
export function recordedEndpoint(answers: readonly TranscriptAnswer[]): RecordedEndpoint {
  const left = [...answers];
  let requests = 0;
  let first: Otherwise | null = null;
  const take = (body: string): TranscriptAnswer | undefined => {
    requests++;
    const hash = hashText(body.slice(0, MOST_RECORDED));
    const same = left.findIndex((one) => one.hash === hash);
    if (same === -1) first ??= { request: requests, how: left.length === 0 ? 'more' : 'other' };
    return left.splice(Math.max(0, same), 1)[0];
  };
  return {
    fetch: async (_, init) => {
      const answer = take(typeof init?.body === 'string' ? init.body : '');
      return answer === undefined ? new Response('{}', { status: NO_MORE }) : answerOf(answer);
    },
    otherwise: () => first,
    left: () => left.length,
  };
}
