import { expect, test } from 'vitest';
import { judgeProtection } from '../../src/domain/judge-protection.ts';
import { finding } from '../../src/domain/messages/cli.ts';
import { type Demands, emptyRuleset, type Protection, unreadDemands } from '../../src/domain/protection.ts';

const OWN = 77;
const gate = { name: 'corrigible/gate', app: OWN };

const right: Demands = {
  ...emptyRuleset('gate', null, []),
  checks: [gate],
  upToDate: true,
  pullRequest: true,
  approvals: 1,
  dismissesStale: true,
  lastPush: true,
  conversations: true,
  noForcePush: true,
  noDeletion: true,
};

const known: Protection = {
  app: OWN,
  configured: { steps: ['fetch'], people: true },
  demands: [right],
  idle: [],
  squash: true,
  codeOwnersFile: null,
  gateStatus: false,
};

/** What is not plainly right. */
const complaints = (more: Partial<Protection>) =>
  judgeProtection({ ...known, ...more })
    .map(finding)
    .filter((line) => !line.startsWith('✓'));

/** Everything that is named as unread. */
const dark = (more: Partial<Protection>) => {
  const [line = ''] = complaints(more).filter((one) => one.startsWith('? '));
  return /could not read: (.*)\. Give it/.exec(line)?.[1]?.split('; ') ?? [];
};

test('what is right is right, and nothing else is said', () => {
  expect(complaints({})).toEqual([]);
});

test('nothing at all is never right', () => {
  expect(judgeProtection({ ...known, demands: [] }).filter(({ ok, level }) => ok && level === undefined)).toEqual([
    { ok: true, what: 'The app may merge by squash.' },
  ]);
});

test('no demand that is unread counts as fulfilled', () => {
  for (const key of Object.keys(right).filter((one) => !['ruleset', 'organisation'].includes(one))) {
    // Only branch protection can leave administrators free.
    if (key === 'bindsAdministrators') continue;
    const demands = [{ ...right, [key]: null }];
    expect([key, judgeProtection({ ...known, demands }).every(({ ok }) => ok)]).toEqual([
      key,
      // A rule that could not be read is harmless where it is sure that pull requests with approvals are demanded, and
      // where there is no queue that it is about.
      key === 'pullRequest' || key === 'lastGreen',
    ]);
  }
});

test('a protection of which nothing could be read is one line, and nothing is guessed', () => {
  const demands = [unreadDemands(null)];
  const found = judgeProtection({ ...known, demands, idle: null, squash: null });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ ok: false, level: 'unread' });
  expect(dark({ demands, idle: null, squash: null })).toEqual([
    'which checks are required',
    'whether a merge queue is on',
    'whether branches have to be up to date',
    'whether approvals are required',
    'whether conversations have to be resolved',
    'whether code owners have to approve',
    'whether administrators are bound',
    'who may pass over the branch protection',
    'whether force pushes are blocked',
    'whether deletion is blocked',
    'which rulesets are not in force',
    'whether the repository allows squash merging',
    'which ways to merge the rules allow',
    'whether the branch is locked',
    'which Apps may push to the branch',
    'whether commits have to be signed',
  ]);
});

test('what one ruleset demands counts beside a branch protection that is hidden', () => {
  const hidden = { ...unreadDemands(null), queue: false, methods: [] };
  expect(dark({ demands: [right, hidden] })).toEqual([
    'which checks are required',
    'whether code owners have to approve',
    'whether administrators are bound',
    'who may pass over the branch protection',
    'whether the branch is locked',
    'which Apps may push to the branch',
    'whether commits have to be signed',
  ]);
});

test.each<[string, Partial<Protection>, readonly RegExp[]]>([
  ['a configuration that was not read', { configured: null }, [/whether people’s pull requests are judged/]],
  ['statuses that were not read', { gateStatus: null }, [/whether a commit status has the gate’s name/]],
  ['a setting of squash that was not read', { squash: null }, [/whether the repository allows squash merging/]],
  [
    'code owners whose file was not read',
    { demands: [{ ...right, codeOwners: true }] },
    [/whether there is a file CODEOWNERS/],
  ],
  [
    'pushers where the app is not known',
    { demands: [{ ...right, apps: [OWN] }], app: null },
    [/not known here/, /which Apps/],
  ],
])('%s', (_, more, words) => {
  const found = complaints(more);
  expect(found).toEqual(words.map((word) => expect.stringMatching(word)));
  expect(found.every((line) => line.startsWith('? '))).toBe(true);
});

test('an App that is among those who may push is not shut out, whoever else is', () => {
  expect(complaints({ demands: [{ ...right, apps: [5, OWN] }] })).toEqual([]);
  expect(complaints({ demands: [{ ...right, apps: [] }] })).toEqual([expect.stringContaining('cannot merge')]);
});

test('a queue is as good as “up to date”, and beside it', () => {
  const found = (upToDate: boolean) =>
    judgeProtection({ ...known, demands: [{ ...right, upToDate, queue: true }] }).map(finding);
  expect(found(true)).toContain('✓ Branches have to be up to date before they merge.');
  for (const lines of [found(true), found(false)]) {
    expect(lines).toContainEqual(expect.stringMatching(/^✓ Merges go through a merge queue/));
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
  }
  expect(dark({ demands: [{ ...right, queue: true, lastGreen: null }] })).toEqual([
    'whether every entry of the merge queue has to be green',
  ]);
});

test.each([
  ['corrigible/gate ', true],
  ['Corrigible Gate', true],
  ['CORRIGIBLE/GATE', true],
  ['corrigible', true],
  ['Gate', true],
  ['gatekeeper', false],
  ['build-gate', false],
])('“%s” is taken for the gate, written differently: %s', (name, misnamed) => {
  const found = complaints({ demands: [{ ...right, checks: [{ name, app: null }] }] });
  expect(found.some((line) => line.includes('to the letter'))).toBe(misnamed);
});

test('one check that two rules require is told once', () => {
  const twice = { ...right, checks: [gate, { name: 'corrigible/spec', app: OWN }] };
  expect(complaints({ demands: [twice, twice] })).toHaveLength(1);
});

test('a step’s check is unread without a configuration, and never called right', () => {
  const demands = [{ ...right, checks: [{ name: 'corrigible/step/fetch', app: OWN }] }];
  expect(dark({ demands, configured: null })).toEqual([
    'whether people’s pull requests are judged, and which steps there are',
  ]);
});

test('somebody who may pass over a rule is named by what is known', () => {
  const bypass = [
    { kind: 'role', id: '2', pullRequestsOnly: false },
    { kind: 'role', id: '4', pullRequestsOnly: false },
    { kind: 'role', id: '901', pullRequestsOnly: false },
    { kind: 'app', id: '5', pullRequestsOnly: true },
    { kind: 'other', id: '', pullRequestsOnly: false },
  ] as const;
  expect(complaints({ demands: [{ ...right, bypass }] })).toEqual([
    '! Some may pass over the ruleset “gate”: maintainers, writers, the role “901”, the App “5” (in pull requests only), the actor “”. Take off whom you do not mean. The app needs no place there.',
  ]);
});
