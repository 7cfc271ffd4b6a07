import type { GithubApp } from './adapters/github/app.ts';
import { eventOf } from './adapters/github/event.ts';
import type { EngineHandlers, Fence, Waking } from './adapters/postgres/engine.ts';
import type { Store } from './adapters/postgres/open.ts';
import type { Repositories } from './adapters/postgres/repositories.ts';
import type { Metrics } from './adapters/telemetry/metrics.ts';
import { suitesOf, type Tools } from './compose.ts';
import { concernedBy } from './concern.ts';
import { keyOf, type RejectionKey, refOf } from './domain/rejection.ts';
import { endGone } from './end-gone.ts';
import { patiently } from './lay-out.ts';
import { advance, tellDelay, tend, work } from './loop.ts';
import { observed } from './observe.ts';
import { type Observer, type Ports, type Repository, type Results, Shut } from './ports.ts';

/** What every piece of work is done with. */
export interface Hands {
  readonly store: Store;
  readonly github: GithubApp;
  readonly repositories: Repositories;
  readonly mirrors: { open(repo: string): Promise<Repository> };
  readonly tools: Tools;
  /** Outputs that this process remembers, of all repositories. */
  readonly memory: Results;
  readonly metrics: Pick<Metrics, 'counting' | 'onOutputs'>;
  readonly observer: Observer;
}

const repoOf = (rejection: RejectionKey): string => rejection.slice(0, rejection.lastIndexOf('#'));

/** The ports for one piece of work. `name` is what the repository is called now, the ledger keeps its first name. */
async function portsOf(hands: Hands, waking: Waking, fence: Fence, name: string): Promise<Ports> {
  const { store, github, mirrors, tools, memory, metrics, observer } = hands;
  const { engine } = store;
  const { installation, rejection } = waking;
  const ref = refOf(installation, rejection);
  const ports: Ports = {
    ...tools,
    suites: suitesOf(tools, ref.repo, { memory, store: store.results(rejection), onOutputs: metrics.onOutputs }),
    ref,
    ledger: metrics.counting(store.ledger.under(fence)),
    reserves: store.reserves(fence),
    blobs: store.blobs,
    transcripts: store.transcripts,
    leave: { toWrite: (creates) => engine.leaveToWrite(waking, creates) },
    queue: {
      enqueueRun: (_, run) => engine.enqueueRun(waking, run),
      cancelRun: () => engine.cancelRun(rejection),
      wakeAfter: (ref, ms) => engine.wake({ installation, rejection: keyOf(ref) }, ms),
    },
    forge: await github.forge(installation, name),
    repository: await mirrors.open(ref.repo),
  };
  return observed(ports, observer);
}

/**
 * Notes what a person has to mend, so that nothing asks again until an event or the sweep finds it mended, and parks the
 * rejection.
 */
async function park({ repositories, tools }: Hands, waking: Waking, { because, message }: Shut): Promise<void> {
  const { installation, rejection } = waking;
  tools.log.warn(message, { rejection, because });
  if (because === 'app-refused') await repositories.shutAll(null, because);
  else if (because !== 'repository-gone' && because !== 'repository-archived')
    await repositories.shutAll(installation, because);
  await repositories.shut(repoOf(rejection), because, rejection);
}

/** Does the work where the repository is now; what is shut is noted and parked. */
async function inRepository(
  hands: Hands,
  waking: Waking,
  fence: Fence,
  use: (ports: Ports) => Promise<void>,
): Promise<void> {
  const ledgerName = repoOf(waking.rejection);
  const place = await hands.repositories.nameOf(ledgerName);
  const shut = place === null ? 'repository-gone' : place.shut;
  if (place === null || shut !== null)
    return hands.repositories.shut(ledgerName, shut ?? 'repository-gone', waking.rejection);
  const here = { ...waking, installation: place.installation ?? waking.installation };
  const ports = await portsOf(hands, here, fence, place.name);
  try {
    await use(ports);
  } catch (error) {
    if (!(error instanceof Shut)) throw error;
    if (error.because === 'issue-gone') return await endGone(ports);
    const locked = error.because === 'issue-locked';
    // Another conversation than the rejection’s own may be the locked one.
    await tellDelay(ports, { code: error.because }, null, locked);
    // Unlocking it is an event, and everything that happens meanwhile is looked at as ever.
    if (locked) return hands.tools.log.warn(error.message, { rejection: waking.rejection });
    await park(hands, here, error);
  }
}

/** What the engine does with deliveries, advances and runs. */
export function handlersOf(hands: Hands): EngineHandlers {
  const { store, github, repositories } = hands;
  return {
    concerns: async (delivery) => {
      const event = eventOf(delivery);
      if (event === null) return [];
      // First, as it may fail: what is new is told once.
      const me = (await github.me()).login;
      const { ledgerName, wakings } = await repositories.heard(event);
      const keys = await concernedBy(event, ledgerName, store.ledger, me);
      const { installation } = event;
      return [...wakings, ...keys.map((rejection) => ({ installation, rejection }))];
    },
    advance: (waking, fence) =>
      inRepository(hands, waking, fence, (ports) =>
        ports.ref.issue === 0 ? tend(ports) : advance({ ...ports, preparing: patiently(ports.preparing) }),
      ),
    run: (waking, run, signal, fence, again) =>
      inRepository(hands, waking, fence, (ports) => work(ports, run, signal, again)),
    delayed: (waking, fence, { until, because }) =>
      inRepository(hands, waking, fence, (ports) =>
        // An edit is no new content. While GitHub takes no calls at all, it would only be one more.
        tellDelay(ports, { code: because }, until.toISOString(), because === 'content-limit'),
      ),
  };
}
