import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as say from '../../src/domain/messages/noise.ts';
import {
  expiredBy,
  extendedBy,
  isQuarantined,
  parseQuarantine,
  type Quarantined,
} from '../../src/domain/noise/quarantine.ts';
import { problemLines } from '../domain/support/problem-lines.ts';

const FILE = '.corrigible/quarantine.yml';
const entry: Quarantined = {
  step: 'plan',
  case: 'greets',
  owner: 'mona',
  since: '2026-07-17',
  until: '2026-07-31',
  reason: 'the model answers in two ways',
};

const write = (...entries: readonly object[]): string => JSON.stringify({ quarantine: entries });
const problems = (text: string): string => problemLines(parseQuarantine(FILE, text));

test('the list is read as people write it', () => {
  const text = `quarantine:
  - step: plan
    case: greets
    owner: mona
    since: 2026-07-17
    until: 2026-07-31
    reason: the model answers in two ways
`;
  expect(parseQuarantine(FILE, text)).toEqual({ list: [entry] });
  expect(parseQuarantine(FILE, 'quarantine: []\n')).toEqual({ list: [] });
});

test('every mistake is told at once, with its line and what to do', () => {
  const text = `quarantine:
  - step: plan
    case: greets
    owner: '@mona'
    since: 2026-02-30
    until: soon
    reason: '  '
    untill: 2026-07-31
  - step: plan
    case: 12
    since: 2026-07-17
    until: 2026-07-31
    reason: why
`;
  expect(problems(text)).toMatchInlineSnapshot(`
    ".corrigible/quarantine.yml:4: “owner” is not right: it has to be the GitHub login of one person, without @. Correct it.
    .corrigible/quarantine.yml:5: “since” is not right: it has to be a day such as 2026-07-31. Correct it.
    .corrigible/quarantine.yml:6: “until” is not right: it has to be a day such as 2026-07-31. Correct it.
    .corrigible/quarantine.yml:7: “reason” is not right: it has to say why. Correct it.
    .corrigible/quarantine.yml:8: The key “untill” is not known here. Remove it. Known here: “step”, “case”, “owner”, “since”, “until”, “reason”.
    .corrigible/quarantine.yml:9: “owner” is missing. Add it: the GitHub login of the person who repairs it.
    .corrigible/quarantine.yml:10: “case” should be a text, but is a number. Write a text."
  `);
});

test('a quarantine is short, runs forwards and stands there once', () => {
  const text = `quarantine:
  - { step: plan, case: a, owner: mona, since: 2026-07-17, until: 2026-08-01, reason: why }
  - { step: plan, case: b, owner: mona, since: 2026-07-17, until: 2026-07-16, reason: why }
  - { step: plan, case: a, owner: hubot, since: 2026-07-17, until: 2026-07-18, reason: why }
  - { step: answer, case: a, owner: mona, since: 2026-07-17, until: 2026-07-31, reason: why }
`;
  expect(problems(text)).toMatchInlineSnapshot(`
    ".corrigible/quarantine.yml:2: This is a quarantine of 15 days; it may last 14 at most. Choose an earlier “until”, or repair or remove the case.
    .corrigible/quarantine.yml:3: “until” is before “since”. Correct one of them.
    .corrigible/quarantine.yml:4: The case \`a\` of step \`plan\` stands here twice. Remove one of them."
  `);
});

test.each([
  ['an empty file', ''],
  ['no list', 'quarantine:\n'],
  ['a bare list', '- step: plan\n'],
  ['a group', 'quarantine: {}\n'],
  ['a doubled key', 'quarantine: []\nquarantine: []\n'],
  ['two documents', 'quarantine: []\n---\nquarantine: []\n'],
  ['an alias', 'quarantine: &a [*a]\n'],
  ['an unknown key', 'quarantine: []\nall: true\n'],
  ['a bot as owner', write({ ...entry, owner: 'dependabot[bot]' })],
  ['no login', write({ ...entry, owner: 'a b' })],
  ['no reason', write({ ...entry, reason: '' })],
  ['no step', write({ ...entry, step: '' })],
  ['a time', write({ ...entry, until: '2026-07-31T00:00:00Z' })],
  ['a number for a day', write({ ...entry, since: 20260717 })],
  ['a quarantine for ever', write({ ...entry, until: '9999-12-31' })],
  ['hostile nesting', `quarantine: [${'['.repeat(20_000)}`],
  ['a whole suite', write(...Array.from({ length: 501 }, (_, i) => ({ ...entry, case: `case ${i}` })))],
  ['a huge file', ' '.repeat(200_001)],
])('%s is refused', (_, text) => {
  const read = parseQuarantine(FILE, text);
  expect(read).toHaveProperty('problems');
  expect(problemLines(read)).toContain(`${FILE}:`);
});

test('a mistake of the file itself is told as what it is', () => {
  expect(problems('quarantine: []\nquarantine: []\n')).toMatchInlineSnapshot(
    `".corrigible/quarantine.yml:2: The same key stands here twice. Remove one of them."`,
  );
  expect(problems('quarantine: &a []\n')).toMatchInlineSnapshot(
    `".corrigible/quarantine.yml:1: The anchor “&a” is not allowed. Remove it, and write the value out where it is used."`,
  );
  expect(problems('quarantine:\n')).toMatchInlineSnapshot(
    `".corrigible/quarantine.yml:1: “quarantine” should be a list, but is empty. Write a list."`,
  );
  expect(problems('')).toMatchInlineSnapshot(
    `".corrigible/quarantine.yml:1: The file should be a group of keys, but is empty. Write a group of keys."`,
  );
});

test('no text makes it throw or yield a list that is not within the rules', () => {
  const day = fc.date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2030-01-01') });
  const entries = fc.array(
    fc.record(
      {
        step: fc.string(),
        case: fc.string(),
        owner: fc.oneof(fc.constant('mona'), fc.string()),
        since: fc.oneof(
          day.map((at) => at.toISOString().slice(0, 10)),
          fc.string(),
        ),
        until: fc.oneof(
          day.map((at) => at.toISOString().slice(0, 10)),
          fc.string(),
        ),
        reason: fc.string(),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        entries.map((list) => write(...list)),
      ),
      (text) => {
        const read = parseQuarantine(FILE, text);
        if ('problems' in read) expect(read.problems.length).toBeGreaterThan(0);
        else
          for (const { since, until } of read.list) {
            expect(Date.parse(until) - Date.parse(since)).toBeGreaterThanOrEqual(0);
            expect(Date.parse(until) - Date.parse(since)).toBeLessThanOrEqual(14 * 24 * 3600 * 1000);
          }
      },
    ),
  );
});

test.each([
  ['plan', 'greets', '2026-07-16', false],
  ['plan', 'greets', '2026-07-17', true],
  ['plan', 'greets', '2026-07-31', true],
  ['plan', 'greets', '2026-08-01', false],
  ['plan', 'Greets', '2026-07-20', false],
  ['answer', 'greets', '2026-07-20', false],
  ['plan', 'greets', '2026-07-20T10:00:00Z', false],
  ['plan', 'greets', '', false],
])('%s, %s on %s: %s', (step, name, today, quarantined) => {
  expect(isQuarantined([entry], step, name, today)).toBe(quarantined);
});

test('what has run out is told', () => {
  expect(expiredBy([entry], '2026-07-31')).toEqual([]);
  expect(expiredBy([entry], '2026-08-01')).toEqual([entry]);
  expect(expiredBy([entry], 'today')).toEqual([entry]);
  expect(say.quarantine.expired(entry)).toMatchInlineSnapshot(
    `"the quarantine of \`greets\` of step \`plan\` ended on 2026-07-31 and counts no more; \`mona\` has to repair the case or remove it"`,
  );
  expect(say.quarantine.quarantined({ ...entry, reason: '@all `x`\n# y' })).toMatchInlineSnapshot(
    `"quarantined until 2026-07-31, \`mona\` repairs it: @⁠all \\\`x\\\` \\# y"`,
  );
  expect(say.quarantine.extends(entry)).toMatchInlineSnapshot(
    `"it quarantines \`greets\` of step \`plan\` until 2026-07-31; only a person's pull request may do that"`,
  );
});

test('what quarantines a day more than before is an extension', () => {
  const later = { ...entry, since: '2026-07-20', until: '2026-08-01' };
  const earlier = { ...entry, since: '2026-07-16', until: '2026-07-20' };
  expect(extendedBy([entry], [later])).toEqual([later]);
  expect(extendedBy([entry], [earlier])).toEqual([earlier]);
  expect(extendedBy([], [entry])).toEqual([entry]);
  expect(extendedBy([entry], [{ ...entry, case: 'other' }])).toHaveLength(1);
  expect(extendedBy([entry], [{ ...entry, step: 'other' }])).toHaveLength(1);
  expect(extendedBy([entry], [{ ...entry, until: '2026-07-30' }])).toEqual([]);
  expect(extendedBy([entry], [{ ...entry, owner: 'hubot', reason: 'other words' }])).toEqual([]);
  expect(extendedBy([entry], [])).toEqual([]);
});

const day = fc.integer({ min: 10, max: 28 }).map((at) => `2026-07-${at}`);
const lists = fc.array(
  fc.record({ case: fc.constantFrom('a', 'b'), since: day, until: day }).map((one) => ({ ...entry, ...one })),
  { maxLength: 4 },
);

test('where nothing is extended, nothing is quarantined that was not', () => {
  fc.assert(
    fc.property(lists, lists, day, fc.constantFrom('a', 'b'), (before, after, today, name) => {
      expect(extendedBy(before, before)).toEqual([]);
      const newly = isQuarantined(after, 'plan', name, today) && !isQuarantined(before, 'plan', name, today);
      if (newly) expect(extendedBy(before, after).length).toBeGreaterThan(0);
    }),
  );
});
