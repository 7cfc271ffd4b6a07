import { page as say } from '../../domain/messages/report.ts';
import { type KeptReport, reportPage } from '../../domain/report/report-page.ts';
import type { Blobs, Clock } from '../../ports.ts';
import type { Page } from './listen.ts';
import { missingPage as missing, ourPage } from './our-page.ts';
import { placeIn } from './report-address.ts';
import type { Sign } from './same.ts';

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
    return ourPage(200, reportPage(report, about, until));
  };
