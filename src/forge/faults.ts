import type { Answer } from './answers.ts';
import { readToken } from './tokens.ts';

export interface FaultMatch {
  readonly method?: string;
  readonly path: RegExp;
  /** Only what the app calls; people are spared. */
  readonly by?: 'app';
  /** So many calls that match go through first. */
  readonly skip?: number;
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
  take(method: string, path: string, authorization?: string | null): FaultAnswer | null;
}

/** Whether the one who calls is a person, by the token that the forge gave out. */
function isPerson(authorization: string | null | undefined): boolean {
  try {
    return authorization ? readToken(authorization).startsWith('ghp_') : false;
  } catch {
    return false;
  }
}

export function makeFaults(): Faults {
  const waiting: { match: FaultMatch; answer: FaultAnswer; skip: number; left: number }[] = [];
  return {
    add: (match, answer, times) => void waiting.push({ match, answer, skip: match.skip ?? 0, left: times }),
    take(method, path, authorization) {
      const meets = ({ match }: { match: FaultMatch }) =>
        (!match.method || match.method === method) &&
        new RegExp(match.path).test(path) &&
        !(match.by === 'app' && isPerson(authorization));
      for (const fault of waiting) {
        if (fault.left === 0 || !meets(fault)) continue;
        if (fault.skip-- > 0) continue;
        fault.left--;
        return fault.answer;
      }
      return null;
    },
  };
}

/** The answer of a fault that is no cut connection. */
export function faultAnswer({ status, body, headers }: FaultAnswer): Answer {
  return { status, body: body ?? { message: 'Fault on command' }, ...(headers ? { headers } : {}) };
}
