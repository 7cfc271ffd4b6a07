import type { RejectionKey } from '../../domain/rejection.ts';
import type { Pages } from '../../ports.ts';
import { type Sign, same } from './same.ts';

/** Which report is shown, and to which day (ISO date, UTC). */
export interface ReportPlace {
  readonly rejection: RejectionKey;
  readonly blob: string;
  readonly until: string;
}

const FOLDER = '/reports/';
const PATH =
  /^\/reports\/([\w.-]{1,100}\/[\w.-]{1,100})\/(\d{1,10})\/([0-9a-f]{64})\/(\d{4}-\d{2}-\d{2})\/([\w-]{43})$/;

const signedText = ({ rejection, blob, until }: ReportPlace): string => JSON.stringify([rejection, blob, until]);

/** The addresses of reports below the app's public one; none without it. */
export const reportAddresses = (publicUrl: string | undefined, sign: Sign): Pick<Pages, 'reportAddress'> => ({
  reportAddress: (rejection, blob, until) => {
    if (publicUrl === undefined) return null;
    const place = rejection.replace('#', '/');
    return `${publicUrl}${FOLDER}${place}/${blob}/${until}/${sign(signedText({ rejection, blob, until }))}`;
  },
});

/** What a path shows: a report whose signature is right; `unknown` for whatever else lies where reports do; else null. */
export function placeIn(path: string, sign: Sign): ReportPlace | 'unknown' | null {
  if (!path.startsWith(FOLDER)) return null;
  const [, repo = '', issue = '', blob = '', until = '', signature = ''] = PATH.exec(path) ?? [];
  const place = { rejection: `${repo}#${issue}`, blob, until };
  return repo !== '' && same(signature, sign(signedText(place))) ? place : 'unknown';
}
