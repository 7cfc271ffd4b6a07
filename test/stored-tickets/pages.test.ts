import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { reportAddresses } from '../../src/adapters/http/report-address.ts';
import { reportPages } from '../../src/adapters/http/report-pages.ts';
import { dataKeyOf } from '../../src/adapters/postgres/data-key.ts';
import { makeReport } from '../../src/domain/report/make-report.ts';
import type { KeptReport } from '../../src/domain/report/report-page.ts';

const { sign } = dataKeyOf(Buffer.alloc(32, 7));
const blob = 'b'.repeat(64);
const hostile = `<script>alert("1")</script> & 'x' </style>`;
const of = (text: string) => ({ steps: [{ step: 'plan', input: hostile, output: { [hostile]: text } }] });
const runs = Array.from({ length: 6 }, (_, i) => ({
  ticket: `T-${i}`,
  complained: i > 3,
  before: of(`${i} ${hostile}`),
  after: i === 0 ? { error: hostile } : of(`${i} gone`),
}));
const kept: KeptReport = {
  about: { repo: 'acme/support', issue: 7, base: 'a'.repeat(40), head: 'c'.repeat(40), made: '2026-11-21' },
  report: makeReport(runs, 40),
};

const pagesAt = (now: string, known = true) => {
  const asked: string[] = [];
  const get = async (rejection: string, name: string) => {
    asked.push(`${rejection} ${name}`);
    return known ? Buffer.from(JSON.stringify(kept)) : undefined;
  };
  return { show: reportPages({ blobs: { get }, sign, clock: { now: () => now } }), asked };
};
const { reportAddress } = reportAddresses('https://pages.example', sign);
const address = (reportAddress('acme/support#7', blob, '2026-12-21') ?? '').replace('https://pages.example', '');

test('an address shows its report until the day it names, and no longer', async () => {
  const { show, asked } = pagesAt('2026-12-21T23:59:59.000Z');
  const shown = await show(address);
  expect(shown?.status).toBe(200);
  expect(shown?.body).toContain('This address works until 21 December 2026.');
  expect(asked).toEqual([`acme/support#7 ${blob}`]);
  const late = await pagesAt('2026-12-22T00:00:00.000Z').show(address);
  expect([late?.status, late?.body]).toEqual([404, expect.stringContaining('It worked until 21 December 2026.')]);
});

test('what was forgotten, or signed otherwise, or changed, is no page, and nothing is looked up for it', async () => {
  const gone = await pagesAt('2026-11-21T00:00:00.000Z', false).show(address);
  expect([gone?.status, gone?.body]).toEqual([404, expect.stringContaining('There is no page here')]);
  const { show, asked } = pagesAt('2026-11-21T00:00:00.000Z');
  const other = reportAddresses('', dataKeyOf(Buffer.alloc(32, 8)).sign);
  const forged = [
    address.replace('/7/', '/8/'),
    address.replace('2026-12-21', '2027-12-21'),
    address.replace('bbbb', 'bbbc'),
    address.replace(/.$/, ''),
    `${address}A`,
    other.reportAddress('acme/support#7', blob, '2026-12-21') ?? '',
    '/reports/',
    '/reports/../metrics',
  ];
  for (const path of forged) expect([path, (await show(path))?.status]).toEqual([path, 404]);
  expect(asked).toEqual([]);
  expect(await show('/healthz')).toBeNull();
});

test('without a public address there is no link', () => {
  expect(reportAddresses(undefined, sign).reportAddress('acme/support#7', blob, '2026-12-21')).toBeNull();
});

test('a page runs nothing, keeps nothing and shows what a step gave as text', async () => {
  const shown = await pagesAt('2026-11-21T00:00:00.000Z').show(address);
  const body = shown?.body ?? '';
  expect(body).not.toMatch(/<script|onerror|<\/style>[\s\S]*<\/style>/);
  expect(body).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;');
  const style = /<style>([\s\S]*?)<\/style>/.exec(body)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(shown?.headers).toMatchObject({
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex, nofollow, noarchive',
    'referrer-policy': 'no-referrer',
  });
  // One heading per level on the way down, and a cell for each column.
  expect(body.match(/<h1>/g)).toHaveLength(1);
  expect(
    [...body.matchAll(/<h(\d)/g)]
      .map(([, level]) => Number(level))
      .every((level, i, all) => level <= (all[i - 1] ?? 0) + 1),
  ).toBe(true);
  expect(body.match(/<th scope="col"/g)?.length).toBe(3 * (body.match(/<table/g)?.length ?? 0));
});
