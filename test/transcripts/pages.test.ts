import { expect, test } from 'vitest';
import { transcriptAddresses } from '../../src/adapters/http/transcript-address.ts';
import { transcriptPages } from '../../src/adapters/http/transcript-pages.ts';
import { dataKeyOf } from '../../src/adapters/postgres/data-key.ts';
import { asWatched } from '../../src/cli/replay/make-again.ts';
import type { AgentEvent } from '../../src/domain/agent-event.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { TranscriptEvent, TranscriptHead } from '../../src/domain/transcript/line.ts';
import { placeOfTranscript } from '../../src/domain/transcript/line.ts';
import { shownText } from '../../src/domain/transcript/shorten-event.ts';
import { everyFact } from '../support/every-fact.ts';

const { sign } = dataKeyOf(Buffer.alloc(32, 7));
const AT = '2026-11-21T21:05:12.000Z';

const headOf = (name: string): TranscriptHead => ({
  is: 'head',
  ...placeOfTranscript(name)!,
  rejection: 'acme/support#7',
  installation: 1,
  title: `It is ${name}`,
  begun: AT,
  agent: 'model',
  uses: null,
  base: 'a'.repeat(40),
  start: 'a'.repeat(40),
  hide: [],
  approvalHash: 'e'.repeat(64),
  prompt: 'c'.repeat(64),
  node: 'v24.0.0',
  brief: {},
});

/** Pages of attempt 7, of which these transcripts were begun in this order, and what was looked up for them. */
function pagesOf(names: readonly string[], atWork: boolean) {
  const asked: string[] = [];
  const cleared: readonly Fact[] = [
    everyFact['rejection-accepted'][0]!,
    everyFact['draft-posted'][0]!,
    { ...everyFact['spec-approved'][0]!, event: 7 },
  ];
  const facts = atWork ? cleared : [...cleared, everyFact.stopped[0]!];
  const show = transcriptPages({
    sign,
    days: 30,
    ledger: { read: async () => facts.map((fact, i) => ({ seq: i + 1, at: AT, fact })) },
    transcripts: {
      list: async (_, prefix) => {
        asked.push(prefix);
        return names.map((name) => ({ name, begun: AT, revision: 1 }));
      },
      get: async (_, name) => [Buffer.from(JSON.stringify(headOf(name)))],
    },
  });
  const { transcriptAddress } = transcriptAddresses('https://pages.example', sign, 30);
  const path = (transcriptAddress('acme/support#7', 7)?.address ?? '').replace('https://pages.example', '');
  return { show, path, asked };
}

const tries = ['7/1.1-aaaaaaaa', '7/1.1-bbbbbbbb', '7/1.2-cccccccc', '7/2.1-dddddddd'];
const shownAt = async (at: string, atWork = false, names = tries): Promise<string> => {
  const { show, path } = pagesOf(names, atWork);
  return (await show(path + at))?.body ?? '';
};

test('an attempt shows its last round, a candidate its last try, and each the way to the others', async () => {
  expect(await shownAt('')).toContain('It is 7/2.1-dddddddd');
  expect(await shownAt('/1.1')).toContain('It is 7/1.1-bbbbbbbb');
  expect(await shownAt('/1.2')).toContain('It is 7/1.2-cccccccc');
  const page = await shownAt('/1.1-aaaaaaaa');
  expect(page).toContain('It is 7/1.1-aaaaaaaa');
  expect(page).toContain('<strong aria-current="page">Round 1 (cut off, and begun again)</strong>');
  expect(page).toMatch(
    /<a href="\/transcripts\/acme\/support\/7\/7\/[\w-]{43}\/1\.2-cccccccc">Round 1, candidate 2<\/a>/,
  );
  expect(page).toMatch(/-dddddddd">Round 2<\/a>/);
});

test('only what somebody is at work on is followed', async () => {
  expect(await shownAt('', true)).toContain('data-since="1-4"');
  const again = await shownAt('/1.1-aaaaaaaa', true, tries.slice(0, 2));
  for (const over of [again, await shownAt(''), await shownAt('/1.1', true), await shownAt('/1.2', true)]) {
    expect(over).not.toContain('data-since=');
    expect(over).not.toContain('<script>');
    expect(over).toContain('The agent was cut off');
  }
  const { show, path } = pagesOf(tries, true);
  expect((await show(`${path}/since/1-4`))?.status).toBe(204);
  expect((await show(`${path}/since/0`))?.status).toBe(200);
});

test('before the first round begins its page waits, and after the last was deleted there is none', async () => {
  const soon = pagesOf([], true);
  expect((await soon.show(soon.path))?.body).toContain('Nothing is recorded yet');
  const gone = pagesOf([], false);
  expect((await gone.show(gone.path))?.status).toBe(404);
});

test('what is signed otherwise is no page, and nothing is looked up for it', async () => {
  const { show, path, asked } = pagesOf(tries, false);
  const other = transcriptAddresses('', dataKeyOf(Buffer.alloc(32, 8)).sign, 30);
  const forged = [
    path.replace('/7/7/', '/7/8/'),
    path.replace('/7/7/', '/8/7/'),
    path.replace(/.$/, ''),
    `${path}/../7`,
    `${path}/1.1-aaaaaaaa%00`,
    `${path}/since/${'1'.repeat(50)}`,
    other.transcriptAddress('acme/support#7', 7)?.address ?? '',
    '/transcripts/',
  ];
  for (const one of forged) expect([one, (await show(one))?.status]).toEqual([one, 404]);
  expect(asked).toEqual([]);
  expect(await show('/reports/')).toBeNull();
});

test('of a long text its beginning and end are shown, and nothing that was cut through', () => {
  const mail = 'kim@firma-canary.de, who lives in another town, ';
  const redact = (text: string) => text.replaceAll(mail, '#').replaceAll('kim@firma-canary.de', '[email-1]');
  for (let shift = 0; shift < mail.length; shift++) {
    const shown = shownText('x'.repeat(shift) + mail.repeat(40_000) + 'x'.repeat(shift), redact);
    expect(shown.length).toBeLessThan(15_000);
    expect(shown).toMatch(/\n\[[\d,]+ characters left out\]\n/);
    expect(shown).not.toMatch(/firma|kim@/);
  }
  expect(shownText('short kim@firma-canary.de', redact)).toBe('short [email-1]');
});

test('whoever watched wants the same at the same places of a round that is made again', () => {
  const said = (text: string): AgentEvent => ({ is: 'said', text });
  const spent: AgentEvent = { is: 'spent', tokens: 1 };
  const nudge = { do: 'nudge', text: 'Mind the paths.' } as const;
  const events: readonly TranscriptEvent[] = [
    { is: 'event', at: 0, event: said('a') },
    { is: 'event', at: 1, event: spent },
    { is: 'event', at: 2, event: said('b'), wanted: nudge },
  ];
  const on = asWatched(events);
  expect([said('other words'), said('b'), spent, said('c')].map(on)).toEqual([null, nudge, null, null]);
});
