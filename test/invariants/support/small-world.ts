import { parse, stringify } from 'yaml';
import { aloneHere } from '../../../src/cli/try/local-forge.ts';
import { memoryBlobs, memoryLedger, noReserves, noTranscripts } from '../../../src/cli/try/memory-ledger.ts';
import { isCommand } from '../../../src/domain/command.ts';
import { globMatcher } from '../../../src/domain/glob.ts';
import { LABELS } from '../../../src/domain/labels.ts';
import { texts } from '../../../src/domain/prompts/texts.ts';
import { keyOf } from '../../../src/domain/rejection.ts';
import type { Answers } from '../../../src/domain/spec.ts';
import type { StageName } from '../../../src/domain/stage.ts';
import { standingOf } from '../../../src/domain/standing.ts';
import { advance, work } from '../../../src/loop.ts';
import type { Agent, AgentResult, Brief, Forge, Ports, Suites } from '../../../src/ports.ts';
import { silent } from '../../support/silent-log.ts';
import { goodDraft, goodFix, rubric, runStep, shopFiles } from './shop.ts';
import { BOT, type ForgeState, firstState, smallForge } from './small-forge.ts';
import { type Files, type SmallRepository, smallRepository } from './small-repository.ts';

export const REF = { installation: 1, repo: 'acme/shop', issue: 7 };
export const allYes: Answers = {
  stable: 'yes',
  rule: 'rule',
  'customer-right': 'yes',
  'reporter-right': 'yes',
  'worth-it': 'yes',
};

type Change = Readonly<Record<string, string | null>>;
type Fixed = Change | Extract<AgentResult, { is: 'nothing' }>['code'];

export interface SmallScript {
  readonly files?: Change;
  /** Answers of the model that reads rejections, by what it is asked. */
  readonly detect?: (prompt: string) => string;
  readonly draft?: (prompt: string) => string;
  readonly route?: (prompt: string) => string;
  readonly ask?: (prompt: string) => string;
  /** The same of a review. Every remark is a wish where it is absent. */
  readonly sort?: (prompt: string) => string;
  /** The same of a refused attempt. */
  readonly reflect?: (prompt: string) => string;
  /** What the coding agent does with its brief. */
  readonly fix?: (brief: Brief) => Fixed;
  /** What each round of the agent costs. */
  readonly money?: number;
  /** Tokens of each answer of the model that reads rejections and reviews. Default 1. */
  readonly reading?: number;
  readonly sandboxRefusal?: string | null;
  /** Every call of a port goes through here, for tests that break the world. */
  readonly around?: Around;
}

/** Called with the name of the port's method and the call itself. */
export type Around = (name: string, call: () => Promise<unknown>) => Promise<unknown>;

const nobody: Around = (_, call) => call();

/** The same port with every method led through `around`. */
function led<T extends object>(port: string, target: T, around: Around): T {
  return new Proxy(target, {
    get(of, name) {
      const member = Reflect.get(of, name) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]) =>
        around(`${port}.${String(name)}`, async () => Reflect.apply(member, of, args) as unknown);
    },
  });
}

export type SmallWorld = ReturnType<typeof smallWorld>;

/** What was put into models and agents, and what the app wrote to its log. */
interface Seen {
  readonly prompts: string[];
  readonly briefs: Brief[];
  /** The files that lay before the agent, one entry per brief. */
  readonly worktrees: Files[];
  readonly log: string[];
}

function agentOf(script: SmallScript, seen: Seen, repository: SmallRepository): Agent {
  return {
    kind: 'model',
    implement: async ({ brief, base, hide }) => {
      const isHidden = globMatcher(hide);
      seen.briefs.push(brief);
      seen.worktrees.push(
        Object.fromEntries(Object.entries(repository.filesOf(base)).filter(([path]) => !isHidden(path))),
      );
      const done = script.fix?.(brief) ?? goodFix;
      const spent = { seconds: 1, tokens: 10, requests: 1, ...(script.money !== undefined && { money: script.money }) };
      if (typeof done === 'string') return { is: 'nothing', code: done, because: 'scripted', spent };
      const tree = await repository.withFiles(await repository.treeOf(base), done);
      return { is: 'candidate', candidate: { base, tree }, spent, summary: 'Everything is fixed.' };
    },
  };
}

/** What the model says when it looks back at an attempt and does as it is asked. */
export const lookedBack = { wrong: 'The lamp got a price that nobody named.', instead: 'Write down the named price.' };

const allWishes = (prompt: string): string =>
  JSON.stringify({ remarks: [...prompt.matchAll(/^Remark (\d+),/gm)].map(([, n]) => ({ n: Number(n), is: 'how' })) });

function portsOf(
  script: SmallScript,
  seen: Seen,
  forge: Forge,
  repository: SmallRepository,
  queued: Set<string>,
  alarms: number[],
) {
  const around = script.around ?? nobody;
  const complete: NonNullable<Ports['model']>['complete'] = async ({ system, prompt }) => {
    seen.prompts.push(`${system}\n${prompt}`);
    const tokens = script.reading ?? 1;
    if (system === texts.review.text) return { text: script.sort?.(prompt) ?? allWishes(prompt), tokens };
    if (system === texts.reflect.text)
      return { text: script.reflect?.(prompt) ?? JSON.stringify(lookedBack), tokens: 5 };
    if (system === texts.ask.text) return { text: script.ask?.(prompt) ?? '{', tokens };
    if (system === texts.route.text) return { text: script.route?.(prompt) ?? '{"change":"set-price"}', tokens };
    const detects = system === texts.detect.text;
    const text = detects
      ? (script.detect?.(prompt) ?? '{"is":"act"}')
      : (script.draft?.(prompt) ?? JSON.stringify(goodDraft));
    return { text, tokens };
  };
  const reader = { name: 'scripted', complete };
  const note = (message: string, fields?: unknown) => void seen.log.push(`${message} ${JSON.stringify(fields)}`);
  const refusal = async () => script.sandboxRefusal ?? null;
  const never = () => Promise.reject(new Error('nothing is run by hand here'));
  const suites: Suites = {
    outputs: async (checkout, step, inputs) =>
      inputs.map((input) => runStep(repository.filesOf(checkout.tree), step.run, input)),
    report: async () => ({ problem: 'no report here' }),
    anew: () => suites,
  };
  return {
    ref: REF,
    forge: led('forge', forge, around),
    repository: led('repository', repository, around),
    leave: aloneHere,
    blobs: memoryBlobs(),
    transcripts: noTranscripts,
    reserves: noReserves,
    queue: led(
      'queue',
      {
        enqueueRun: async (_: unknown, run: string) => {
          queued.add(run);
          return 'queued' as const;
        },
        cancelRun: async () => note('run cancelled'),
        wakeAfter: async (_: unknown, ms: number) => void alarms.push(ms),
      },
      around,
    ),
    sandbox: { refusal, run: never },
    suites,
    preparing: { prepare: never },
    agents: { recipe: () => agentOf(script, seen, repository), model: () => agentOf(script, seen, repository) },
    model: reader,
    readers: { detect: reader, draft: reader, ask: reader },
    pages: {
      reportAddress: (rejection, blob, until) =>
        `https://pages.example/${rejection.replace('#', '/')}/${blob}/${until}`,
      transcriptAddress: () => null,
    },
    shipped: { rubrics: async () => ({ 'set-price.md': rubric }) },
    log: { ...silent, warn: note, error: note },
  } satisfies Omit<Ports, 'ledger' | 'clock'>;
}

/** What people do. None of it tells the app: that is `settle`. */
function peopleOf(state: ForgeState, repository: SmallRepository, now: () => string) {
  /** The account as GitHub tells it. */
  const who = (by: string) => {
    const byId = state.ids.get(by) ?? 1 + state.ids.size;
    state.ids.set(by, byId);
    return { by, byId };
  };
  const specComment = () => {
    const found = state.comments.findLast(({ body }) => body.includes('```yaml corrigible-spec'));
    if (found === undefined) throw new Error(`no spec: ${state.comments.map(({ body }) => body).join('\n---\n')}`);
    return found;
  };
  const review = (by: string, verdict: 'approved' | 'changes-requested', head?: string, byPerson = true, body = '') => {
    const at = head ?? repository.remote.get(state.pull?.branch ?? '') ?? '';
    const id = state.reviews.length + 1;
    state.reviews.push({ id, ...who(by), byPerson, state: verdict, head: at, body });
    return id;
  };
  const remark = (by: string, reviewed: number, body: string) => {
    const id = 1000 + state.threads.length;
    const where = { isResolved: false, isOutdated: false, path: 'rules/price.json', line: 1, more: false };
    const comments = [{ id, review: reviewed, by, byPerson: true, body }];
    state.threads = [...state.threads, { id: `thread-${id}`, ...where, comments }];
  };
  return {
    who,
    /** The account is called otherwise from now on, wherever GitHub tells of it. */
    rename: (from: string, to: string) => {
      for (const known of [state.roles, state.ids] as readonly Map<string, unknown>[]) {
        if (known.has(from)) known.set(to, known.get(from));
        known.delete(from);
      }
      for (const told of [state.reviews, state.events] as { by: string }[][])
        told.splice(0, told.length, ...told.map((one) => (one.by === from ? { ...one, by: to } : one)));
    },
    specComment,
    editSpec: (edit: (spec: Record<string, unknown>) => void) => {
      const comment = specComment();
      comment.body = comment.body.replace(
        /(```yaml corrigible-spec\n)([\s\S]*?)(\n```)/,
        (_, open: string, block: string, close: string) => {
          const spec = parse(block) as Record<string, unknown>;
          edit(spec);
          return open + stringify(spec, { aliasDuplicateObjects: false }).trimEnd() + close;
        },
      );
      comment.updatedAt = now();
    },
    label: (by = 'alice', how: { byPerson?: boolean; viaApp?: boolean; at?: string } = {}) => {
      const event = { label: LABELS.clear, on: true, ...who(by), byPerson: true, viaApp: false, at: now(), ...how };
      state.events.push({ id: state.events.length + 1, ...event });
      if (!state.issue.labels.includes(LABELS.clear)) state.issue.labels.push(LABELS.clear);
    },
    unlabel: (by = 'alice') => {
      const event = { label: LABELS.clear, on: false, ...who(by), byPerson: true, viaApp: false, at: now() };
      state.events.push({ id: state.events.length + 1, ...event });
      state.issue.labels.splice(state.issue.labels.indexOf(LABELS.clear), 1);
    },
    approve: (by = 'bob', head?: string, byPerson = true) => review(by, 'approved', head, byPerson),
    requestChanges: (by = 'bob', body = '', remarks: readonly string[] = []) => {
      const id = review(by, 'changes-requested', undefined, true, body);
      for (const one of remarks) remark(by, id, one);
      return id;
    },
  };
}

/**
 * The real loop on ports that live in memory: a whole rejection in milliseconds, and a world that a test may break at
 * any call. What GitHub, git, Postgres and the sandbox do for real is proven elsewhere; this is about the stages.
 */
export function smallWorld(script: SmallScript = {}) {
  let seconds = Date.parse('2026-01-01T00:00:00Z') / 1000;
  const now = () => new Date(seconds++ * 1000).toISOString().replace('.000', '');
  const seen: Seen = { prompts: [], briefs: [], worktrees: [], log: [] };
  const files = Object.entries({ ...shopFiles, ...script.files }).filter((e): e is [string, string] => e[1] !== null);
  const repository = smallRepository(Object.fromEntries(files));
  const state = firstState();
  Object.assign(state.issue, {
    title: 'Wrong price',
    body: '### Ticket\n\nT-1\n\n### What should have come out\n\nThe lamp costs 9, not 5.',
  });
  const queued = new Set<string>();
  const alarms: number[] = [];
  const around = script.around ?? nobody;
  const ledger = memoryLedger(now);
  const ports: Ports = {
    ...portsOf(script, seen, smallForge(state, repository, now), repository, queued, alarms),
    ledger: led('ledger', ledger, around),
    clock: { now },
  };
  /** Everything that is due, until a person is next. */
  const settle = async () => {
    for (;;) {
      await advance(ports);
      const [run] = queued;
      if (run === undefined) return;
      await work(ports, run, new AbortController().signal);
      queued.delete(run);
    }
  };
  const people = peopleOf(state, repository, now);
  /** To a spec that is announced as ready. */
  const ready = async () => {
    await settle();
    people.editSpec((spec) => Object.assign(spec, { answers: allYes }));
    await settle();
  };
  const comment = (body: string, by: string, on = REF.issue): number => {
    const [id, at] = [(state.comments.at(-1)?.id ?? 0) + 1, now()];
    state.comments.push({ id, on, by, byPerson: true, marker: null, body, createdAt: at, updatedAt: at });
    return id;
  };
  /** A person asks for something in a comment, as the webhook tells it. Gives the comment's id. */
  const asked =
    (kind: 'undo-asked' | 'stop-asked') =>
    async (body: string, by = 'bob', on = REF.issue): Promise<number> => {
      const id = comment(body, by, on);
      const last = (await ledger.read(keyOf(REF))).at(-1)?.seq ?? 0;
      await ledger.append(keyOf(REF), last, [{ kind, comment: id, by, on }]);
      return id;
    };
  /** The same of a command that has no fact of its own. */
  const command = async (body: string, by = 'alice', on = REF.issue): Promise<number> => {
    const id = comment(body, by, on);
    const [, name = ''] = /^\/([a-z]+)/.exec(body) ?? [];
    if (!isCommand(name)) throw new Error(`${body} is no command`);
    const last = (await ledger.read(keyOf(REF))).at(-1)?.seq ?? 0;
    await ledger.append(keyOf(REF), last, [{ kind: 'command-asked', command: name, comment: id, by, on }]);
    return id;
  };
  const facts = async () => (await ledger.read(keyOf(REF))).map(({ fact }) => fact);
  return {
    ...people,
    ports,
    state,
    repository,
    seen,
    /** For how many milliseconds later wakes were asked for. */
    alarms,
    now,
    /** Seconds pass. */
    wait: (passing: number) => {
      seconds += passing;
    },
    settle,
    facts,
    /** A push by somebody; as the push event tells it when `by` is given. */
    push: async (branch: string, change: Change, by?: string) => {
      const head = repository.commitOn(branch, change);
      const last = (await ledger.read(keyOf(REF))).at(-1)?.seq ?? 0;
      if (by !== undefined) await ledger.append(keyOf(REF), last, [{ kind: 'head-moved', head, ...people.who(by) }]);
      return head;
    },
    comment,
    command,
    askUndo: asked('undo-asked'),
    askStop: asked('stop-asked'),
    recorded: () => ledger.read(keyOf(REF)),
    stage: async () => standingOf(await ledger.read(keyOf(REF))).stage,
    stageName: async (): Promise<StageName> => standingOf(await ledger.read(keyOf(REF))).stage.name,
    status: () => state.comments.find(({ marker }) => marker === 'status')?.body ?? '',
    /** Everything the app said, on the rejection and on the pull request. */
    said: () => state.comments.filter(({ by }) => by === BOT).map(({ body }) => body),
    mainFiles: (): Files => repository.filesOf(repository.remote.get('main') ?? ''),
    ready,
    /** To a pull request that waits for its review. */
    proposed: async () => {
      await ready();
      people.label();
      await settle();
    },
  };
}
