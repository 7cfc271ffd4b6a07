import { engineTrouble } from '../../domain/messages/engine.ts';
import { Weather } from '../../ports.ts';

export interface LeaseOptions {
  /** Others take over this long after the last heartbeat that succeeded. */
  readonly deadAfterMs: number;
  /** The longest write. */
  readonly callMs: number;
  readonly now?: () => { readonly wall: number; readonly steady: number };
}

/** This worker's time until others may take over its work. */
export interface Lease {
  /** Counts from before `beat` was sent; not at all when it answers that the others had given this worker up. */
  renew(beat: () => Promise<boolean>): Promise<void>;
  /** For how long a write may last now. Throws `Weather` when others may take over before it ends. */
  toWrite(): number;
  /** How long ago the last heartbeat succeeded; null before the first. */
  age(): number | null;
  end(): void;
}

const clocks = () => ({ wall: Date.now(), steady: performance.now() });

/** A tenth of the time is kept for what lies between the two sides: a statement on its way, a clock that runs slow. */
export function openLease({ deadAfterMs, callMs, now = clocks }: LeaseOptions): Lease {
  let last: ReturnType<typeof clocks> | undefined;
  const age = (): number | null => {
    if (last === undefined) return null;
    const at = now();
    // The steady clock may stand still while a machine sleeps, the wall clock may be set back: the worse of both counts.
    return Math.max(at.wall - last.wall, at.steady - last.steady);
  };
  return {
    renew: async (beat) => {
      const sent = now();
      if (await beat()) last = sent;
    },
    toWrite: () => {
      const passed = age();
      if (passed === null || deadAfterMs * 0.9 - passed < callMs) throw new Weather(engineTrouble.outOfTouch(), 1000);
      return callMs;
    },
    age,
    end: () => {
      last = undefined;
    },
  };
}
