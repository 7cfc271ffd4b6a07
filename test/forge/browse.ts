import type { Forge } from '../../src/forge/forge.ts';

interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Where a redirect leads. */
  readonly to: string | null;
}

/** A browser without a window: it keeps its cookie and sends forms as a page of the forge does. */
export interface Browser {
  get(path: string): Promise<Page>;
  /** Sends a form that stands on the page at `from`, with that page's token. */
  send(from: string, to: string, fields: Record<string, string>): Promise<Page>;
  /** Sends exactly this. */
  post(to: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
}

export function browse(forge: Forge): Browser {
  let cookie = '';
  const request = async (path: string, init: RequestInit): Promise<Page> => {
    const headers = { ...(cookie ? { cookie } : {}), ...(init.headers as Record<string, string>) };
    const response = await fetch(new URL(path, forge.url), { ...init, headers, redirect: 'manual' });
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    const { status } = response;
    return { status, text: await response.text(), headers: response.headers, to: response.headers.get('location') };
  };
  const post: Browser['post'] = (to, fields, headers = { origin: forge.url }) =>
    request(to, { method: 'POST', body: new URLSearchParams(fields), headers });
  return {
    get: (path) => request(path, {}),
    post,
    async send(from, to, fields) {
      const { text } = await request(from, {});
      const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
      return post(to, { csrf, ...fields });
    },
  };
}

/** A browser in which this user is signed in. */
export async function signedIn(forge: Forge, login: string): Promise<Browser> {
  const browser = browse(forge);
  await browser.get(`/login?token=${forge.createLoginToken(login)}`);
  return browser;
}
