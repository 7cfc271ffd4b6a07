import { keyOf } from './domain/rejection.ts';
import type { Agent, Doing, Model, Observer, Permit, Ports, Suites } from './ports.ts';

/** Every port whose calls are observed, under the name that its points carry. */
interface Observed extends Omit<Ports, 'ref' | 'agents' | 'model' | 'readers' | 'pages' | 'clock' | 'log'> {
  readonly agent: Agent;
  readonly model: Model;
}

/** What a call does, told by its arguments. Ids only, never words of a person. */
type What<A extends readonly unknown[]> = (...args: A) => string | undefined;
type Asynchronous<T> = {
  [M in keyof T & string as T[M] extends (...args: never) => Promise<unknown> ? M : never]: T[M] extends (
    ...args: infer A
  ) => Promise<unknown>
    ? What<A>
    : never;
};
/** One entry per asynchronous method of each port: a method that is added to a port does not compile without one. */
type Table = { readonly [P in keyof Observed]: Asynchronous<Observed[P]> };

const nothing = () => undefined;
const permitted = ({ what }: Permit): string => what;

const table: Table = {
  ledger: {
    read: nothing,
    append: (_key, _after, facts) => facts[0]?.kind,
    ofPullRequest: nothing,
    ofRepository: nothing,
    ofFingerprint: nothing,
    proposedIn: nothing,
    notePush: nothing,
    pushed: nothing,
    spentOn: nothing,
    readAll: nothing,
  },
  reserves: { take: nothing, note: nothing, release: nothing },
  blobs: { put: nothing, get: nothing },
  transcripts: { put: nothing, list: nothing, get: nothing },
  leave: { toWrite: nothing },
  queue: { enqueueRun: (_ref, run) => run, cancelRun: nothing, wakeAfter: nothing },
  forge: {
    issue: nothing,
    labelEvents: nothing,
    comments: nothing,
    comment: nothing,
    wasEdited: nothing,
    findComments: (_issue, marker) => marker,
    postComment: permitted,
    editComment: permitted,
    deleteComment: permitted,
    findIssues: (line) => line,
    openIssue: permitted,
    closeIssue: permitted,
    reopenIssue: permitted,
    ensureLabels: permitted,
    permission: nothing,
    writers: nothing,
    pullRequest: nothing,
    openPullRequest: permitted,
    requestReview: permitted,
    reviews: nothing,
    reviewThreads: nothing,
    hasReplied: (_pull, marker) => marker,
    replyToThread: permitted,
    resolveThread: permitted,
    postChecks: permitted,
    checks: nothing,
    branchRules: nothing,
    statuses: nothing,
    merge: permitted,
    enqueue: permitted,
    isQueued: nothing,
    dequeue: permitted,
    deleteBranch: permitted,
    gitAccess: (write) => (write ? 'write' : 'read'),
  },
  repository: {
    fetch: nothing,
    defaultBranch: nothing,
    branch: nothing,
    has: nothing,
    treeOf: nothing,
    parents: nothing,
    mergeBase: nothing,
    read: nothing,
    list: nothing,
    idOf: nothing,
    changes: nothing,
    messages: nothing,
    diff: nothing,
    withFiles: nothing,
    merge: nothing,
    commit: nothing,
    push: permitted,
    checkout: nothing,
    importTree: nothing,
  },
  sandbox: { refusal: nothing, run: nothing },
  suites: { outputs: nothing, report: nothing },
  preparing: { prepare: nothing },
  agent: { implement: nothing },
  model: { complete: nothing },
  shipped: { rubrics: nothing },
};

/** `port.method` of everything that `observed` leads through its observer. */
export type PortPoint = { [P in keyof Table]: `${P}.${keyof Table[P] & string}` }[keyof Table];

/** Every point, once. */
export const PORT_POINTS: readonly PortPoint[] = Object.entries(table).flatMap(([port, methods]) =>
  Object.keys(methods).map((method) => `${port}.${method}` as PortPoint),
);

type Method = (...args: unknown[]) => Promise<unknown>;

/** A port with the methods of its table led through the observer; whatever else it has is as it was. */
function watched<P extends keyof Observed>(name: P, port: Observed[P], around: Around): Observed[P] {
  const methods = new Map<string | symbol, Method>();
  for (const [method, what] of Object.entries(table[name]) as [string, What<unknown[]>][])
    methods.set(method, (...args) => {
      const work = () => (Reflect.get(port, method) as Method).apply(port, args);
      return around(`${name}.${method}`, what(...args), work);
    });
  return new Proxy(port, { get: (of, key) => methods.get(key) ?? Reflect.get(of, key, of) });
}

type Around = <T>(point: string, what: string | undefined, work: () => Promise<T>) => Promise<T>;

function watchedSuites(suites: Suites, around: Around): Suites {
  const { outputs, report } = watched('suites', suites, around);
  return { outputs, report, anew: () => watchedSuites(suites.anew(), around) };
}

/** The same ports, with every asynchronous call led through the observer, under the rejection at hand. */
export function observed(ports: Ports, observer: Observer): Ports {
  const rejection = keyOf(ports.ref);
  const around: Around = (point, what, work) => {
    const doing: Doing = what === undefined ? { rejection } : { rejection, what };
    return observer.around(point, doing, work);
  };
  const { ref, clock, log, agents, model, readers, pages } = ports;
  const reader = (of: Model | null) => (of === null ? null : watched('model', of, around));
  return {
    ref,
    pages,
    clock,
    log,
    ledger: watched('ledger', ports.ledger, around),
    reserves: watched('reserves', ports.reserves, around),
    blobs: watched('blobs', ports.blobs, around),
    transcripts: watched('transcripts', ports.transcripts, around),
    leave: watched('leave', ports.leave, around),
    queue: watched('queue', ports.queue, around),
    forge: watched('forge', ports.forge, around),
    repository: watched('repository', ports.repository, around),
    sandbox: watched('sandbox', ports.sandbox, around),
    suites: watchedSuites(ports.suites, around),
    preparing: watched('preparing', ports.preparing, around),
    agents: {
      recipe: (rubric, configuration) => watched('agent', agents.recipe(rubric, configuration), around),
      model: (configuration) => {
        const agent = agents.model(configuration);
        return agent === null ? null : watched('agent', agent, around);
      },
    },
    model: reader(model),
    readers: { detect: reader(readers.detect), draft: reader(readers.draft), ask: reader(readers.ask) },
    shipped: watched('shipped', ports.shipped, around),
  };
}

/** One observer of several: the first is the outermost. */
export function severalObservers(...observers: readonly Observer[]): Observer {
  return {
    around: <T>(point: string, doing: Doing, work: () => Promise<T>): Promise<T> =>
      observers.reduceRight<() => Promise<T>>((inner, one) => () => one.around(point, doing, inner), work)(),
  };
}
