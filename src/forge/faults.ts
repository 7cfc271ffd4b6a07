import type { Answer } from './answers.ts';

export interface FaultMatch {
  readonly method?: string;
  readonly path: RegExp;
}

export interface FaultAnswer {
  /** 0 cuts the connection. */
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The call is carried out first and only its answer is lost: what an app must settle by reading back. */
  readonly afterwards?: boolean;
}

export interface Faults {
  add(match: FaultMatch, answer: FaultAnswer, times: number): void;
  /** The fault that this call meets, used up by one. */
  take(method: string, path: string): FaultAnswer | null;
}

export function makeFaults(): Faults {
  const waiting: { match: FaultMatch; answer: FaultAnswer; left: number }[] = [];
  return {
    add: (match, answer, times) => void waiting.push({ match, answer, left: times }),
    take(method, path) {
      const found = waiting.find(
        ({ match, left }) =>
          left > 0 && (!match.method || match.method === method) && new RegExp(match.path).test(path),
      );
      if (!found) return null;
      found.left--;
      return found.answer;
    },
  };
}

/** The answer of a fault that is no cut connection. */
export function faultAnswer({ status, body, headers }: FaultAnswer): Answer {
  return { status, body: body ?? { message: 'Fault on command' }, ...(headers ? { headers } : {}) };
}
