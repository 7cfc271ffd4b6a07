import { wordsOf } from './refused.ts';
import { shutOf } from './shut.ts';

/** What GitHub says of the App's key. */
export interface KeyWatch {
  /** Passes calls as the App itself on, and heeds their answers. */
  readonly send: typeof fetch;
  /** Why GitHub did not accept the App when it last saw it, in words that say what to do; null when it did. */
  refusal(): string | null;
}

const bodyOf = (response: Response): Promise<unknown> =>
  response
    .clone()
    .json()
    .catch(() => null);

/** An answer that tells nothing of the key, such as a failure of GitHub's own, leaves what was known. */
export function watchKey(pass: typeof fetch): KeyWatch {
  let refusal: string | null = null;
  const send: typeof fetch = async (input, init) => {
    const response = await pass(input, init);
    const { status } = response;
    if (status >= 500 || status === 429) return response;
    const said: unknown = response.ok ? null : await bodyOf(response);
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const shut = shutOf(status, `${init?.method ?? 'GET'} ${pathname}`, wordsOf(said));
    refusal = shut?.because === 'app-refused' ? shut.message : null;
    return response;
  };
  return { send, refusal: () => refusal };
}
