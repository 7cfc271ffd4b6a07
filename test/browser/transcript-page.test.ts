import { expect, test } from 'vitest';
import { listen } from '../../src/adapters/http/listen.ts';
import { transcriptAddresses } from '../../src/adapters/http/transcript-address.ts';
import { transcriptPages } from '../../src/adapters/http/transcript-pages.ts';
import { dataKeyOf } from '../../src/adapters/postgres/data-key.ts';
import type { AgentEvent } from '../../src/domain/agent-event.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { TranscriptLine } from '../../src/domain/transcript/line.ts';
import { everyFact } from '../support/every-fact.ts';
import { inBrowser } from './in-browser.ts';

const { sign } = dataKeyOf(Buffer.alloc(32, 7));
const NAME = '7/1.1-0a1b2c3d';
const probe = async () => ({ ok: true, words: 'ok' });
const hostile = `</pre></li></ol><script>document.title='run'</script><img src=x onerror="document.title='run'">`;

const head: TranscriptLine = {
  is: 'head',
  attempt: 7,
  round: 1,
  candidate: 1,
  run: '0a1b2c3d',
  rejection: 'acme/support#7',
  installation: 1,
  title: 'Put what has not turned up under delivery',
  begun: '2026-11-21T21:05:12.000Z',
  agent: 'model',
  uses: { agent: 'built-in', model: { name: 'default', api: 'openai-chat', url: '', model: 'scripted', most: 1000 } },
  base: 'a'.repeat(40),
  start: 'a'.repeat(40),
  hide: [],
  approvalHash: 'e'.repeat(64),
  prompt: 'c'.repeat(64),
  node: 'v24.0.0',
  brief: {},
};
const event = (at: number, of: AgentEvent): TranscriptLine => ({ is: 'event', at, event: of });
const called = (call: string, tool: string, paths: readonly string[], input: string): AgentEvent => ({
  is: 'called',
  call,
  tool,
  paths,
  input,
});
const answered = (call: string, text: string, ok = true): AgentEvent => ({ is: 'answered', call, ok, text });

const begun: readonly TranscriptLine[] = [
  head,
  event(40, {
    is: 'told',
    text: `Step classify.\n\n> Something that has not turned up is about delivery.\n${hostile}`,
  }),
  event(2300, { is: 'spent', tokens: 1840 }),
  event(2301, called('1', 'read', ['config/intents.json'], '{"path":"config/intents.json"}')),
  event(2330, answered('1', '{ "delivery": ["delivery", "parcel"] }')),
  event(4800, { is: 'said', text: 'The word list has no entry for things that did not arrive.' }),
  event(4900, { is: 'spent', tokens: 2100 }),
  event(5000, called('2', 'run', [], 'node src/step.ts classify < /tmp/input.json')),
];
const more: readonly TranscriptLine[] = [
  event(7000, answered('2', `exit status 1\nprinted as errors:\n${hostile}`, false)),
  event(
    9000,
    called('3', 'edit', ['config/intents.json'], '{"old":"\\"parcel\\"","new":"\\"turned up\\", \\"parcel\\""}'),
  ),
  event(9040, answered('3', 'config/intents.json was changed.')),
];
const end: TranscriptLine = {
  is: 'end',
  at: 74_000,
  code: 'candidate',
  words: 'Added the words for what has not turned up.',
  tree: 'd'.repeat(40),
  spent: { seconds: 74, tokens: 3940, requests: 2 },
  changes: [{ path: 'config/intents.json', added: 1, removed: 0 }],
  diff: 'diff --git a/config/intents.json b/config/intents.json\n--- a/config/intents.json\n+++ b/config/intents.json\n@@ -2,3 +2,4 @@\n   "delivery": [\n+    "turned up",\n     "parcel"\n',
};

/** Pages of one transcript that grows, served like the app does. */
async function serving(
  story: (at: string, show: (lines: readonly TranscriptLine[], atWork: boolean) => void) => Promise<void>,
) {
  let [lines, atWork, revision] = [begun, true, 1];
  const facts = (): readonly Fact[] => {
    const approved = { ...everyFact['spec-approved'][0]!, event: 7 };
    const cleared = [everyFact['rejection-accepted'][0]!, everyFact['draft-posted'][0]!, approved];
    return atWork ? cleared : [...cleared, everyFact.stopped[0]!];
  };
  const page = transcriptPages({
    sign,
    days: 30,
    ledger: { read: async () => facts().map((fact, i) => ({ seq: i + 1, at: '2026-11-21T21:05:12.000Z', fact })) },
    transcripts: {
      list: async () => [{ name: NAME, begun: '2026-11-21T21:05:12.000Z', revision }],
      get: async () => [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))],
    },
  });
  const metrics = async () => ({ contentType: 'text/plain', body: '' });
  const http = await listen({ host: '127.0.0.1', port: 0 }, { page, alive: probe, ready: probe, metrics });
  const at = transcriptAddresses(http.url, sign, 30).transcriptAddress('acme/support#7', 7)?.address ?? '';
  const show = (now: readonly TranscriptLine[], working: boolean) => {
    [lines, atWork, revision] = [now, working, revision + 1];
  };
  await story(at, show).finally(() => http.close(0));
}

test('the page of an agent at work grows by itself, leaves open what was opened, and runs nothing but its own script', () =>
  serving((at, show) =>
    inBrowser(async (page) => {
      await page.goto(at);
      const steps = page.locator('#steps > li');
      await steps.nth(3).waitFor();
      expect(await steps.count()).toBe(4);
      expect(await page.locator('h1').textContent()).toBe('The agent is at work');
      await page.locator('#step-4 summary').click();
      show([...begun, ...more], true);
      await steps.nth(4).waitFor();
      expect(await page.locator('#step-4 .bad').textContent()).toBe('did not work');
      expect(await page.locator('#step-4 details').getAttribute('open')).not.toBeNull();
      show([...begun, ...more, end], false);
      await page.locator('#changed h2').waitFor();
      expect(await page.locator('h1').textContent()).toBe('The agent made a change');
      expect(await page.title()).toBe('The agent made a change · acme/support #7');
      expect(await page.locator('main').getAttribute('data-since')).toBeNull();
      expect(await page.locator('img').count()).toBe(0);
    }),
  ));

test('where no script may run the page is loaded again by itself', () =>
  serving((at, show) =>
    inBrowser(
      async (page) => {
        await page.goto(at);
        show([...begun, ...more, end], false);
        await page.locator('#changed h2').waitFor({ timeout: 20_000 });
      },
      { javaScriptEnabled: false },
    ),
  ));
