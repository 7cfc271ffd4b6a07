import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type Html, html, verbatim } from './html.ts';
import { style } from './page-style.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648, with padding. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const group = (a << 16) | (b << 8) | c;
    for (const shift of [18, 12, 6, 0]) text += LETTERS[(group >> shift) & 63];
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - missing) + '='.repeat(missing);
}

const hashed = (text: string): string => `'sha256-${base64(sha256(utf8ToBytes(text)))}'`;

/** One of our own scripts, for a page that follows something while it is looked at. */
export interface Follower {
  readonly script: string;
  /** Seconds after which the page is loaded again where no script runs. */
  readonly refresh: number;
}

const BASIS = `default-src 'none'; style-src ${hashed(style)}`;
const END = "base-uri 'none'; form-action 'none'";

/**
 * What a page of ours may do: show its text in our one style; with a script of ours, run that and ask where it came from.
 * No other script, no image, no form, no frame.
 */
export const policyOf = (script?: string): string =>
  script === undefined ? `${BASIS}; ${END}` : `${BASIS}; script-src ${hashed(script)}; connect-src 'self'; ${END}`;

const following = ({ script, refresh }: Follower): Html =>
  html`<noscript><meta http-equiv="refresh" content="${refresh}"></noscript><script>${verbatim(script)}</script>`;

/** A whole page. */
export const framed = (title: string, body: Html, follower?: Follower): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(follower?.script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow, noarchive">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${verbatim(style)}</style>
${follower === undefined ? html`` : following(follower)}</head>
<body>
${body}
</body>
</html>
`.markup;

/** A page that says in words that there is nothing to show. */
export const wordsPage = (title: string, words: string): string =>
  framed(title, html`<main class="alone"><h1>${title}</h1><p>${words}</p></main>`);
