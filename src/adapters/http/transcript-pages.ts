import { transcript as say } from '../../domain/messages/transcript.ts';
import { standingOf } from '../../domain/standing.ts';
import {
  attemptPrefix,
  placeName,
  placeOfTranscript,
  readTranscript,
  type TranscriptPlace,
} from '../../domain/transcript/line.ts';
import { emptyPage, transcriptPage } from '../../domain/transcript/transcript-page.ts';
import type { Ledger, TranscriptSeen, Transcripts } from '../../ports.ts';
import { followScript } from './follow-script.ts';
import type { Page } from './listen.ts';
import { missingPage, ourPage } from './our-page.ts';
import type { Sign } from './same.ts';
import { type AttemptPlace, type TranscriptPath, transcriptIn } from './transcript-address.ts';

interface From {
  readonly transcripts: Pick<Transcripts, 'list' | 'get'>;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly sign: Sign;
  /** For how many days they are kept. */
  readonly days: number;
}

interface Known {
  readonly seen: TranscriptSeen;
  readonly place: TranscriptPlace;
}

const unchanged: Page = { status: 204, headers: { 'cache-control': 'no-store' }, body: '' };
const gone = (): Page => missingPage(say.goneTitle, say.gone);

/** Whether rounds of this attempt are being made. */
async function isAtWork({ ledger }: From, { rejection, attempt }: AttemptPlace): Promise<boolean> {
  const { stage } = standingOf(await ledger.read(rejection));
  if (stage.name !== 'cleared' && stage.name !== 'proposed') return false;
  return stage.approved.event === attempt && (stage.name === 'cleared' || stage.queued?.fact.what === 'revise');
}

const isMeant = (name: string, asked: string | null): boolean =>
  asked === null || name === asked || name.startsWith(`${asked}-`);

/** It was not begun again. */
const isLastTry = (known: readonly Known[], { place }: Known): boolean =>
  known.findLast((one) => placeName(one.place) === placeName(place))?.place.run === place.run;

/** Nothing was begun after it but beside it. */
const isLast = (known: readonly Known[], one: Known): boolean =>
  isLastTry(known, one) && !known.some(({ place }) => place.round > one.place.round);

async function show(from: From, asked: TranscriptPath): Promise<Page> {
  const { rejection, attempt, path } = asked;
  const atWork = await isAtWork(from, asked);
  const known = (await from.transcripts.list(rejection, attemptPrefix(attempt))).flatMap((seen): readonly Known[] => {
    const place = placeOfTranscript(seen.name);
    return place === null ? [] : [{ seen, place }];
  });
  const here = known.findLast(({ seen }) => isMeant(seen.name, asked.name));
  if (here === undefined && atWork && asked.name === null)
    return asked.since === '0' ? unchanged : ourPage(200, emptyPage(followScript), followScript);
  if (here === undefined) return gone();
  const live = atWork && isLast(known, here);
  const since = live ? `${here.seen.revision}-${known.length}` : null;
  if (since !== null && asked.since === since) return unchanged;
  const parts = await from.transcripts.get(rejection, here.seen.name);
  const transcript = readTranscript(parts.map((part) => Buffer.from(part).toString('utf8')));
  if (transcript === null) return gone();
  const others = known.map((one) => ({
    place: one.place,
    address: `${path}/${one.seen.name.slice(attemptPrefix(attempt).length)}`,
    here: one === here,
    last: isLastTry(known, one),
  }));
  const [repo = '', issue = ''] = rejection.split('#');
  const shown = { repo, issue: Number(issue), name: here.seen.name, since, transcript, atWork: live, others };
  return ourPage(
    200,
    transcriptPage({ ...shown, days: from.days }, followScript),
    since === null ? undefined : followScript,
  );
}

/**
 * Shows what agents did to whoever has the signed address of the attempt, for as long as it is kept. Null for a path that is
 * for somebody else. Nothing is looked up before the signature was found right.
 */
export const transcriptPages =
  (from: From) =>
  async (path: string): Promise<Page | null> => {
    const asked = transcriptIn(path, from.sign);
    if (asked === null) return null;
    return asked === 'unknown' ? gone() : show(from, asked);
  };
