import { policyOf, wordsPage } from '../../domain/page/page-frame.ts';
import type { Page } from './listen.ts';

/** Of a page that only those see who have its address: nobody keeps it, frames it, or learns where it was read. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** A page of ours that may run nothing but `script`. */
export const ourPage = (status: number, body: string, script?: string): Page => ({
  status,
  headers: { ...HEADERS, 'content-security-policy': `${policyOf(script)}; frame-ancestors 'none'` },
  body,
});

export const missingPage = (title: string, words: string): Page => ourPage(404, wordsPage(title, words));
