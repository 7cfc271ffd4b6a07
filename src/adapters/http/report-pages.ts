import { page as say } from '../../domain/messages/report.ts';
import { POLICY } from '../../domain/report/page-frame.ts';
import { type KeptReport, reportPage, wordsPage } from '../../domain/report/report-page.ts';
import type { Blobs, Clock } from '../../ports.ts';
import type { Page } from './listen.ts';
import { placeIn, type Sign } from './report-address.ts';

/** Of a page that only those see who have its address: nobody keeps it, frames it, or learns where it was read. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `${POLICY}; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const page = (status: number, body: string): Page => ({ status, headers: HEADERS, body });
const missing = (title: string, words: string): Page => page(404, wordsPage(title, words));

/**
 * Shows reports to whoever has their signed address, until the day it names. Null for a path that is for somebody else.
 * Nothing is looked up before the signature was found right.
 */
export const reportPages =
  (from: { readonly blobs: Pick<Blobs, 'get'>; readonly sign: Sign; readonly clock: Clock }) =>
  async (path: string): Promise<Page | null> => {
    const place = placeIn(path, from.sign);
    if (place === null) return null;
    if (place === 'unknown') return missing(say.goneTitle, say.gone);
    const { rejection, blob, until } = place;
    if (from.clock.now().slice(0, 10) > until) return missing(say.expiredTitle, say.expired(until));
    const bytes = await from.blobs.get(rejection, blob);
    if (bytes === undefined) return missing(say.goneTitle, say.gone);
    const { report, about } = JSON.parse(Buffer.from(bytes).toString('utf8')) as KeptReport;
    return page(200, reportPage(report, about, until));
  };
