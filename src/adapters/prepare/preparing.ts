import { join } from 'node:path';
import type { AllowedHost } from '../../domain/allowed-hosts.ts';
import { hashOf } from '../../domain/hash.ts';
import { prepare as say } from '../../domain/messages/prepare.ts';
import {
  type Layer,
  type Log,
  NotPrepared,
  type Preparation,
  type Prepared,
  type Preparing,
  type Sandbox,
  Weather,
} from '../../ports.ts';
import { type Kept, layerStore, type StoreLimits } from './layer-store.ts';
import { type Making, makeLayer, scratchIn } from './make-layer.ts';
import type { Network } from './reach.ts';
import { sharing } from './share.ts';

export interface PreparingOptions {
  /** Layers lie in `layers` below it. */
  readonly stateDir: string;
  readonly sandbox: Pick<Sandbox, 'run'>;
  /** Differs wherever a command may find other tools. */
  readonly image: () => Promise<string>;
  /** What commands may reach that ask for the network. */
  readonly hosts: readonly AllowedHost[];
  readonly log: Log;
  /** How many commands run at once. */
  readonly atOnce?: number;
  readonly keep?: Partial<StoreLimits>;
  readonly most?: Partial<Making['most']>;
  /** For tests, which have no internet. */
  readonly network?: Network;
}

const MOST: Making['most'] = { files: 300_000, bytes: 4_000_000_000 };
const AT_ONCE = 3;
/** For how long a command that failed is not run again on the same files. */
const FAILED_MS = 10 * 60_000;
/** So many failures are remembered. */
const FAILURES = 200;

/** Work in turns, so many at once, in the order of asking. */
function inTurns(width: number) {
  const waiting: (() => void)[] = [];
  let free = width;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

/** The reasons why commands failed lately, by layer. */
function failures() {
  const lately = new Map<string, { readonly error: NotPrepared; readonly until: number }>();
  return {
    throwKnown(name: string): void {
      const known = lately.get(name);
      if (known !== undefined && known.until > performance.now()) throw known.error;
      lately.delete(name);
    },
    note(name: string, error: unknown): void {
      if (!(error instanceof NotPrepared)) return;
      lately.set(name, { error, until: performance.now() + FAILED_MS });
      for (const oldest of lately.keys()) if (lately.size > FAILURES) lately.delete(oldest);
    },
  };
}

/** Everything that what is made follows from. */
const nameOf = ({ ref, tree, prepare }: Preparation, image: string): string => {
  const { run, makes, network } = prepare;
  return hashOf({ installation: ref.installation, repo: ref.repo, tree, run, makes, network, image });
};

/** `Preparing`, with layers that last below the folder of the app. */
export function preparing(options: PreparingOptions): Preparing & { close(): Promise<void> } {
  const store = layerStore(join(options.stateDir, 'layers'), options.keep);
  const making: Making = { ...options, store, network: options.network, most: { ...MOST, ...options.most } };
  const { throwKnown, note } = failures();
  const inTurn = inTurns(options.atOnce ?? AT_ONCE);
  const shared = sharing<Kept>();
  const make = async (name: string, of: Preparation, signal: AbortSignal): Promise<Kept> => {
    const kept = await store.find(name);
    if (kept !== null) return kept;
    throwKnown(name);
    if (of.prepare.network && options.hosts.length === 0) throw new NotPrepared(say.noHosts);
    try {
      return await inTurn(() => makeLayer(making, of, name, signal));
    } catch (error) {
      note(name, error);
      throw error;
    }
  };
  return {
    async prepare(of, signal): Promise<Prepared> {
      const name = nameOf(of, await options.image());
      const { made, folders } = await shared.do(name, (all) => make(name, of, all), signal);
      const layerOf = async (folder: string, i: number): Promise<Layer> => {
        const host = folders[i] ?? '';
        const scratch = await scratchIn(host, folder);
        return { host, inside: `/work/${folder}`, ...(scratch.length > 0 && { scratch }) };
      };
      const layers = await Promise.all(of.prepare.makes.map(layerOf));
      return { key: hashOf({ name, digest: made.digest }), layers };
    },
    close: () => shared.close(new Weather(say.stopping)),
  };
}
