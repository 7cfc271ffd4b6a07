import type { Fact, FactKind, FactOf } from '../../src/domain/fact.ts';

const rubric = { id: 'weights', hash: 'a'.repeat(64) };
const spent = { seconds: 12.5, tokens: 900, requests: 4, money: 0.0421 };
const base = 'b'.repeat(40);
const head = 'c'.repeat(40);
const tree = 'd'.repeat(40);
const hash = 'e'.repeat(64);
const verdict = (passed: boolean) => ({
  name: 'gate',
  passed,
  because: passed ? 'everything passed' : 'step plan failed',
});
const judged = { kind: 'judged', base, tree, head: null, merge: false, verdict: verdict(true), seconds: 3.2 } as const;

/** At least one fact of every kind, with what makes a difference varied. */
export const everyFact: { readonly [K in FactKind]: readonly FactOf<K>[] } = {
  'rejection-accepted': [
    { kind: 'rejection-accepted', reporter: 'rita', textHash: hash, ticket: 'T-0042', hidden: 2, after: 0 },
    { kind: 'rejection-accepted', reporter: '', textHash: hash, ticket: null, hidden: 0, after: 9 },
    {
      kind: 'rejection-accepted',
      reporter: 'rita',
      textHash: hash,
      ticket: null,
      hidden: 0,
      after: 0,
      partOf: { rejection: 14, part: 2, after: 14 },
    },
  ],
  intent: [{ kind: 'intent', what: 'draft-1' }],
  'status-posted': [{ kind: 'status-posted', comment: 11 }],
  'status-shown': [{ kind: 'status-shown', hash }],
  'answer-chosen': [
    {
      kind: 'answer-chosen',
      marker: 'declined-injection-1',
      body: 'No.',
      receipt: { kind: 'declined', reason: { code: 'injection' } },
    },
  ],
  'model-asked': (['detect', 'draft', 'ask', 'review'] as const).map((role) => ({
    kind: 'model-asked',
    role,
    model: 'small',
    key: hash,
    blob: hash,
    spent,
  })),
  'question-asked': [{ kind: 'question-asked', comment: 12, missing: ['ticket'], textHash: hash }],
  declined: [{ kind: 'declined', reason: { code: 'duplicate', detail: '#3' }, comment: 13 }],
  'draft-posted': (['recipe', 'model', 'person'] as const).map((by) => ({
    kind: 'draft-posted',
    comment: 14,
    bodyHash: hash,
    textHash: hash,
    fingerprint: hash,
    likeness: hash,
    rubric,
    change: 'adjust-fetch-weight',
    base,
    by,
  })),
  'spec-checked': [
    { kind: 'spec-checked', bodyHash: hash, base, approvalHash: hash, problems: [], warnings: ['guards: none'] },
    {
      kind: 'spec-checked',
      bodyHash: hash,
      base,
      approvalHash: null,
      problems: ['answers: `rule` is not answered yet.'],
    },
  ],
  'spec-ready': [{ kind: 'spec-ready', approvalHash: hash, lastEvent: 5, shownAt: '2026-03-01T10:00:00Z' }],
  'clearance-refused': [
    { kind: 'clearance-refused', event: 6, by: 'tom', reason: { code: 'clear-no-write', detail: 'tom' } },
  ],
  'case-attached': [{ kind: 'case-attached', rejection: 12, case: null }],
  'case-detached': [{ kind: 'case-detached', rejection: 12 }],
  'clearance-wished': [{ kind: 'clearance-wished', event: 6, by: 'alice', byId: 3 }],
  split: [
    {
      kind: 'split',
      comment: 94,
      by: 'alice',
      byId: 3,
      since: '2026-03-01T10:00:00Z',
      often: 'always',
      parts: [
        { said: [{ heading: 'what came out', quote: 'KB-104 came first' }], ticket: 'T-0042', after: null },
        { said: [{ heading: '', quote: 'the mail greets [name-1]' }], ticket: null, after: 1 },
      ],
    },
  ],
  'part-opened': [{ kind: 'part-opened', part: 2, issue: 15 }],
  'part-began': [
    { kind: 'part-began', after: 14 },
    { kind: 'part-began', after: 14, by: 'alice' },
  ],
  'command-asked': [{ kind: 'command-asked', command: 'hint', comment: 93, by: 'alice', on: 7 }],
  'command-followed': [{ kind: 'command-followed', command: 'hint', comment: 93, by: 'alice', byId: 3 }],
  'spec-approved': [
    {
      kind: 'spec-approved',
      event: 7,
      by: 'alice',
      approvalHash: hash,
      spec: { title: 'Prefer the newest order' } as FactOf<'spec-approved'>['spec'],
      rubric,
      paths: ['config/**'],
      textHash: hash,
    },
  ],
  'round-started': [
    { kind: 'round-started', round: 1, base },
    { kind: 'round-started', round: 2, base, budget: { tokens: 1000, minutes: 60, money: 1.5 } },
  ],
  'round-ended': ([1, 2] as const).map((round) => ({
    kind: 'round-ended',
    round,
    candidate: { base, tree },
    spent,
    by: round === 1 ? 'recipe' : 'model',
    ...(round === 2 && {
      chosen: { n: 2, of: 3, green: 2, because: 'tie', apart: { with: 3, what: 'ticket', name: 'T-0042' } },
    }),
  })),
  'candidate-ended': [
    { kind: 'candidate-ended', round: 1, n: 1, candidate: { base, tree }, reason: null, spent },
    {
      kind: 'candidate-ended',
      round: 1,
      n: 2,
      candidate: null,
      reason: { code: 'agent-cannot', detail: 'No.' },
      spent,
    },
  ],
  'candidate-judged': [
    { kind: 'candidate-judged', round: 1, n: 1, tree, verdict: verdict(false), seconds: 2.5, lines: 4 },
  ],
  carried: [{ kind: 'carried', round: 1, candidate: { base: head, tree } }],
  'round-failed': [{ kind: 'round-failed', round: 2, reason: { code: 'agent-budget' }, spent }],
  nudged: [{ kind: 'nudged', round: 2, reason: { code: 'watch-outside', detail: 'src/other.ts' } }],
  judged: [
    judged,
    { ...judged, verdict: verdict(false) },
    { ...judged, head },
    { ...judged, head, merge: true, until: '2026-07-31' },
  ],
  reflected: [
    {
      kind: 'reflected',
      round: 1,
      note: { wrong: 'The rule is too narrow.', instead: 'Take the word alone.' },
      used: true,
      spent: { ...spent, money: 0.0125 },
      transcript: hash,
    },
    { kind: 'reflected', round: 1, note: null, used: false, spent },
  ],
  reported: [
    {
      kind: 'reported',
      base,
      tree,
      blob: hash,
      hash,
      counts: { stored: 40, asked: 40, changed: 2, unexpected: 1, failed: 0, noisy: 0, broken: 0 },
      trouble: null,
      until: '2026-03-31',
    },
    { kind: 'reported', base, tree, blob: null, hash, counts: null, trouble: 'too-long', until: '2026-03-31' },
  ],
  'report-posted': [{ kind: 'report-posted', comment: 41 }],
  'report-shown': [{ kind: 'report-shown', hash }],
  'run-queued': [
    { kind: 'run-queued', what: 'implement', head: null, base: null },
    { kind: 'run-queued', what: 'judge', head, base: null },
    { kind: 'run-queued', what: 'group', head: '1'.repeat(40), base },
  ],
  'run-restarted': [{ kind: 'run-restarted', queued: 20 }],
  'run-lost': [
    { kind: 'run-lost', queued: 20, because: 'GitHub answered with status 502.', weather: true },
    { kind: 'run-lost', queued: 20, because: 'It died 6 times.', weather: false, hopeless: true },
  ],
  stopped: [{ kind: 'stopped', reason: { code: 'rounds-used', detail: 'step plan failed' } }],
  'pull-request-opened': [
    { kind: 'pull-request-opened', pullRequest: 31, branch: 'corrigible/7-1', base, head, tree, solo: false },
  ],
  'checks-posted': [
    { kind: 'checks-posted', head, verdictHash: hash, green: true, shownAt: '2026-01-01T00:00:00Z' },
    { kind: 'checks-posted', head, verdictHash: hash, green: false },
  ],
  'head-moved': [{ kind: 'head-moved', head: 'f'.repeat(40), by: '' }],
  'branch-updated': [{ kind: 'branch-updated', head: 'f'.repeat(40), from: head, base }],
  'review-refused': [
    { kind: 'review-refused', review: 1, by: 'alice', head, reason: { code: 'review-requester', detail: 'alice' } },
  ],
  'revision-requested': [{ kind: 'revision-requested', review: 2, by: 'bob', head }],
  'revision-routed': (['answer', 'round'] as const).map((route) => ({
    kind: 'revision-routed',
    review: 2,
    route,
    remarks: [{ thread: 'PRRT_1', comment: 80, ...(route === 'answer' && { answer: 'From the record' }) }],
    remarksHash: hash,
    after: 1,
  })),
  'revision-stopped': [{ kind: 'revision-stopped', review: 2, reason: { code: 'revision-respec' } }],
  revised: [{ kind: 'revised', review: 2, head }],
  'revision-ended': [null, head].map((of) => ({ kind: 'revision-ended', review: 2, head: of })),
  approved: [
    { kind: 'approved', review: 3, by: 'bob', head },
    { kind: 'approved', review: 4, by: 'alice', head, solo: true },
  ],
  'merge-refused': [{ kind: 'merge-refused', head, reason: { code: 'merge-draft' } }],
  dequeued: [{ kind: 'dequeued', head }],
  released: [{ kind: 'released', head }],
  enqueued: [{ kind: 'enqueued', head, review: 3, by: 'bob' }],
  'group-asked': [{ kind: 'group-asked', head: '1'.repeat(40), base, into: 'main', pull: 31 }],
  'group-gone': [{ kind: 'group-gone', head: '1'.repeat(40), because: 'dequeued' }],
  merged: [
    { kind: 'merged', sha: tree, head, by: 'bob', asJudged: true },
    { kind: 'merged', sha: tree, head, by: 'bob', asJudged: false },
    { kind: 'merged', sha: tree, head, by: 'bob', asJudged: false, red: 'step plan failed' },
  ],
  abandoned: [{ kind: 'abandoned', pullRequest: 31 }],
  thanked: [{ kind: 'thanked', comment: 40 }],
  'closed-by-hand': [
    { kind: 'closed-by-hand', what: 'rejection', by: 'alice' },
    { kind: 'closed-by-hand', what: 'pull-request', by: 'bob' },
  ],
  reopened: [{ kind: 'reopened', what: 'rejection', by: 'alice' }],
  outcome: [
    { kind: 'outcome', outcome: 'held', because: 'The cases are still green after 14 days.' },
    { kind: 'outcome', outcome: 'unclear', because: 'After 14 days it cannot be told.' },
    { kind: 'outcome', outcome: 'reverted', because: 'The case “x” is red again.' },
    { kind: 'outcome', outcome: 'reverted', because: 'A commit takes it back.', recognised: 'revert', what: head },
    { kind: 'outcome', outcome: 'recurred', because: 'Rejected again in #9.', recognised: 'rejection', what: '#9' },
  ],
  'stop-asked': [{ kind: 'stop-asked', comment: 91, by: 'bob', on: 7 }],
  halted: [{ kind: 'halted', by: 'bob', comment: 91 }],
  retried: [{ kind: 'retried', by: 'bob', byId: 12, comment: 92 }],
  'undo-asked': [{ kind: 'undo-asked', comment: 80, by: 'bob', on: 31 }],
  'revert-opened': [
    { kind: 'revert-opened', pullRequest: 32, branch: 'corrigible/7-undo-1', base, head, by: 'bob', comment: 80 },
    { kind: 'revert-opened', pullRequest: 32, branch: 'corrigible/7-undo-1', base, head, by: '', comment: null },
  ],
  returned: [{ kind: 'returned', comment: 81, textHash: hash }],
  'configuration-refused': [{ kind: 'configuration-refused', problemsHash: hash, comment: 50 }],
  delayed: [
    { kind: 'delayed', reason: { code: 'rate-limit' }, until: '2026-03-01T12:30:00.000Z' },
    { kind: 'delayed', reason: { code: 'repository-archived' }, until: null },
  ],
  resumed: [{ kind: 'resumed' }],
  'duplicate-removed': [{ kind: 'duplicate-removed', comment: 61, kept: 60 }],
  'pull-request-found': [
    { kind: 'pull-request-found', author: 'carol', head, by: 'carol' },
    { kind: 'pull-request-found', author: 'carol', authorId: 7, head, by: 'carol', byId: 7, into: 'main' },
  ],
  'oracle-accepted': [
    { kind: 'oracle-accepted', head, by: 'bob', comment: 70 },
    { kind: 'oracle-accepted', head, by: 'bob', byId: 8, comment: 70, named: [hash] },
  ],
  'recheck-asked': [{ kind: 'recheck-asked', comment: 73, by: 'bob' }],
  'command-refused': [
    { kind: 'command-refused', comment: 71, by: 'carol', reason: { code: 'accept-author', detail: 'carol' } },
  ],
  'recheck-requested': [
    { kind: 'recheck-requested', head, by: 'bob', comment: 72 },
    { kind: 'recheck-requested', head, by: 'bob', comment: null, delivery: '6f1a2b3c-0000-11ef-8000-1234567890ab' },
  ],
  forgotten: [{ kind: 'forgotten', by: 'alice' }],
};

export const allFacts: readonly Fact[] = Object.values(everyFact).flat();
