import { expect, test } from 'vitest';
import { exited } from '../../src/domain/messages/suites.ts';
import type { Json } from '../../src/domain/rejection.ts';
import { chooseTickets, ticketsIn } from '../../src/domain/report/choose-tickets.ts';
import { makeReport, type Replayed, type TicketRun } from '../../src/domain/report/make-report.ts';

const trace = (fetch: Json, plan: Json, input: Json = { text: 'Where is it?' }): Replayed => ({
  steps: [
    { step: 'fetch', input, output: fetch },
    { step: 'plan', input: null, output: plan },
  ],
});
const as = (ticket: string, before: Replayed, after: Replayed, more: Partial<TicketRun> = {}): TicketRun => ({
  ticket,
  complained: false,
  before,
  after,
  ...more,
});
const same = trace({ id: 'A' }, { text: 'Hello' });
const named = (name: string, text: string) =>
  trace({ id: 'A' }, { text }, { customer: { name }, text: 'Where is it?' });

test('what comes out as before is counted and not told', () => {
  const { counts, groups } = makeReport([as('T-1', same, same), as('T-2', same, same)], 5);
  expect(counts).toEqual({ stored: 5, asked: 2, changed: 0, unexpected: 0, failed: 0, noisy: 0, broken: 0 });
  expect(groups).toEqual([]);
});

test('the order of keys is no change, that of a list is', () => {
  const [a, b] = [trace({ x: 1, y: [1, 2] }, null), trace({ y: [1, 2], x: 1 }, null)];
  expect(makeReport([as('T-1', a, b)], 1).counts.changed).toBe(0);
  const [group] = makeReport([as('T-1', a, trace({ x: 1, y: [2, 1] }, null))], 1).groups;
  expect(group?.steps).toEqual([
    { step: 'fetch', last: false, more: 0, fields: [{ path: ['y'], before: '1. 1\n2. 2', after: '1. 2\n2. 1' }] },
  ]);
});

test('nobody complained comes first; of these what runs no more, then other answers, then what changes on the way', () => {
  const way = trace({ id: 'B' }, { text: 'Hello' });
  const answer = trace({ id: 'A' }, { text: 'Bye' });
  const runs = [
    as('T-1', same, answer, { complained: true }),
    as('T-2', same, way),
    as('T-3', same, answer),
    as('T-4', same, answer),
    as('T-5', same, { error: 'it took too long' }),
  ];
  const { groups, counts } = makeReport(runs, 5);
  expect(groups.map(({ tickets }) => tickets)).toEqual([['T-5'], ['T-3', 'T-4'], ['T-2'], ['T-1']]);
  expect(groups[0]?.failed).toEqual({ side: 'after', because: 'it took too long' });
  expect(groups[1]?.steps[0]).toMatchObject({ step: 'plan', last: true, fields: [{ path: ['text'] }] });
  expect(counts).toMatchObject({ changed: 5, unexpected: 4, failed: 1 });
});

test('a ticket that runs on neither side is named, and one that began to run counts as different', () => {
  const error = { error: 'no such ticket' };
  const { counts, broken, groups } = makeReport([as('T-1', error, error), as('T-2', error, same)], 2);
  expect(broken).toEqual(['T-1']);
  expect(counts).toMatchObject({ changed: 1, failed: 1, broken: 1 });
  expect(groups[0]).toMatchObject({ tickets: ['T-2'], failed: { side: 'before' } });
});

test('a step that differs from run to run is told of, and hides no change of another step', () => {
  const at = (n: number, text: string) => trace({ id: 'A', at: n }, { text });
  const noisy = as('T-1', at(1, 'Hello'), at(2, 'Hello'), { again: { after: at(3, 'Hello') } });
  const both = as('T-2', at(1, 'Hello'), at(2, 'Bye'), { again: { after: at(3, 'Bye') } });
  const onBase = as('T-3', at(1, 'Hello'), at(2, 'Hello'), {
    again: { before: at(4, 'Hello'), after: at(2, 'Hello') },
  });
  const flaky = as('T-4', same, { error: 'it crashed' }, { again: { after: same } });
  const { counts, noisy: told, groups } = makeReport([noisy, both, onBase, flaky], 4);
  expect(counts).toMatchObject({ changed: 1, noisy: 4, failed: 0 });
  expect(told).toEqual([
    { step: 'fetch', tickets: 3 },
    { step: '', tickets: 1 },
  ]);
  expect(groups.map(({ tickets, steps }) => [tickets, steps.map(({ step }) => step)])).toEqual([[['T-2'], ['plan']]]);
});

test('a step that runs twice, or on one side only, is told', () => {
  const twice: Replayed = {
    steps: [
      { step: 'ask', input: 1, output: 'a' },
      { step: 'ask', input: 2, output: 'b' },
    ],
  };
  const [group] = makeReport([as('T-1', twice, { steps: twice.steps.slice(0, 1) })], 1).groups;
  expect(group?.steps).toEqual([
    { step: 'ask 2', last: true, more: 0, fields: [{ path: [], before: 'b', after: 'nothing' }] },
  ]);
});

test('names and other personal data are replaced per ticket, so that equal changes stay equal', () => {
  const before = (name: string) =>
    named(name, `Dear ${name}, write to ${name.split(' ')[0]}@mail.example or +49 30 901820.`);
  const after = (name: string) => named(name, `Dear ${name}, wait.`);
  const runs = ['Nora Fenwick', 'Ole Brandt'].map((name, i) => as(`T-${i}`, before(name), after(name)));
  const report = makeReport(runs, 2);
  expect(report.groups).toHaveLength(1);
  expect(report.groups[0]?.count).toBe(2);
  expect(report.groups[0]?.steps[0]?.fields).toEqual([
    {
      path: ['text'],
      before: 'Dear [name-1], write to [email-1] or [phone-1].',
      after: 'Dear [name-1], wait.',
    },
  ]);
  expect(JSON.stringify(report)).not.toMatch(/Nora|Fenwick|Ole|Brandt|901820/);
});

test('a recipient who is only named as one is a person, too', () => {
  const of = (text: string) => trace({ recipient: 'Pia Sandström' }, { text });
  const report = makeReport([as('T-1', of('Dear Pia Sandström, hello'), of('Dear Pia, bye'))], 1);
  expect(JSON.stringify(report)).not.toMatch(/Pia|Sandström/);
});

test('what is cut out of a long text keeps what differs, and no half of something personal', () => {
  const filler = 'lorem ipsum '.repeat(4000);
  const long = (word: string) => named('Nora Fenwick', `${filler}nora.fenwick@mail.example ${word} ${filler}`);
  for (const shift of [0, 3, 7, 11]) {
    const text = (word: string) =>
      named('Nora Fenwick', `${'x'.repeat(shift)}${filler}nora.fenwick@mail.example ${word} ${filler}`);
    const [group] = makeReport([as('T-1', text('red'), text('blue'))], 1).groups;
    const [field] = group?.steps[0]?.fields ?? [];
    expect(field?.before).toContain('red');
    expect(field?.after).toContain('blue');
    expect(field?.before.length).toBeLessThan(2100);
    expect(`${field?.before}${field?.after}`).not.toMatch(/nora|fenwick|mail\.example/);
  }
  expect(JSON.stringify(makeReport([as('T-1', long('a'), long('b'))], 1)).length).toBeLessThan(10_000);
});

test('what is cut through at the end of what is looked at is not shown', () => {
  for (let shift = 0; shift < 40; shift++) {
    const text = (word: string) =>
      trace(
        null,
        `${'a '.repeat(3000)}${`${word} `.repeat(7470 + shift)}nora.fenwick@mail.example ${'b '.repeat(9000)}`,
      );
    const [group] = makeReport([as('T-1', text('x'), text('y'))], 1).groups;
    expect(JSON.stringify(group?.steps)).not.toMatch(/no|fenw/);
  }
});

test('what cannot be seen differs in words', () => {
  const [group] = makeReport([as('T-1', trace(null, 'a\u202eb'), trace(null, 'ab'))], 1).groups;
  expect(group?.steps[0]?.fields).toEqual([{ path: [], before: 'ab', after: 'ab' }]);
});

test('a report is bounded, and what has no room is counted and named', () => {
  const wide = (n: number) =>
    trace(null, Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, `${n} ${'y'.repeat(3000)}`])));
  const runs = Array.from({ length: 120 }, (_, i) => as(`T-${i}`, wide(i), wide(i + 1000)));
  const report = makeReport(runs, 120);
  expect(JSON.stringify(report).length).toBeLessThan(1_500_000);
  expect(report.counts.changed).toBe(120);
  expect(report.groups[0]?.steps[0]).toMatchObject({ more: 20 });
  expect(report.omitted.length).toBe(50);
});

test('who has more names than can be hidden is counted, and nothing of it is shown', () => {
  const crowd = (text: string) =>
    trace({ people: Array.from({ length: 600 }, (_, i) => ({ full_name: `Some${i} Body${i}` })) }, { text });
  const report = makeReport([as('T-1', crowd('a'), crowd('b'))], 1);
  expect(report.counts.changed).toBe(1);
  expect(report.groups).toEqual([]);
  expect(JSON.stringify(report)).not.toContain('Body');
});

test('tickets are known by their files, and a sample only changes where tickets come or go', () => {
  expect(ticketsIn(['t/b/T-2.json', 't/T-1.json', 't/README.md', 't/.keep', 't/T-1.txt'])).toEqual(['T-1', 'T-2']);
  const all = Array.from({ length: 500 }, (_, i) => `T-${i}`);
  const complained = new Set(['T-7', 'T-499', 'T-none']);
  const sample = chooseTickets(all, complained, 50);
  expect(sample).toHaveLength(50);
  expect(sample).toEqual(expect.arrayContaining(['T-7', 'T-499']));
  const later = chooseTickets([...all, 'T-new'], complained, 50);
  expect(later.filter((ticket) => !sample.includes(ticket)).length).toBeLessThanOrEqual(1);
  expect(chooseTickets(all.slice(0, 50), complained, 50)).toEqual(all.slice(0, 50));
});

const MAIL = 'nora.quill@example.com';
const traceOf = (output: Json): TicketRun['before'] => ({ steps: [{ step: 'a', input: 1, output }] });
test.each<[string, Pick<TicketRun, 'before' | 'after'>]>([
  ['of an error', { before: traceOf(1), after: { error: `${'x '.repeat(993)}${MAIL}` } }],
  ['of a member’s name', { before: traceOf({ [`${'k '.repeat(33)}${MAIL}`]: 1 }), after: traceOf({}) }],
  ['of what a program said last', { before: traceOf(1), after: { error: exited(1, `no such customer: ${MAIL}`) } }],
  ['of a long line of it', { before: traceOf(1), after: { error: exited(1, `${'x '.repeat(92)}${MAIL}`) } }],
])('half an address is not shown either, where the end %s is cut', (_, sides) => {
  const text = JSON.stringify(makeReport([{ ticket: 'T-1', complained: false, ...sides }], 1));
  expect(text).toContain('T-1');
  expect(text).not.toContain('nora.qui');
});
