import { readFileSync } from 'node:fs';
import type { Spares } from './app-process.ts';
import { type FinalState, findDamage, readFinalState } from './final-state.ts';
import type { LedgerSeen } from './orders.ts';
import type { Story } from './story.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

/** One story told to its end. */
export interface Told {
  readonly state: FinalState;
  readonly ledger: readonly LedgerSeen[];
  readonly damage: readonly string[];
  /** Every passing of a point, oldest first, as `point<tab>moment`. */
  readonly passed: readonly string[];
  readonly calls: World['forge']['calls'];
}

export interface Telling {
  readonly story: Story;
  readonly spares: Spares;
  readonly database?: WorldOptions['database'];
  /** Starts the app, and does whatever is done to it. */
  readonly begin?: (world: World) => Promise<void>;
  /** After the people's last act. */
  readonly end?: (world: World) => Promise<void>;
  /** When nothing is left to do. */
  readonly atRest?: (world: World) => void;
}

/** Tells a story in a world of its own; throws, with everything the app printed, where it does not come to its end. */
export async function tell({ story, spares, database = 'shared', begin, end, atRest }: Telling): Promise<Told> {
  const world = await openWorld({ story, spares, database });
  try {
    if (begin === undefined) await world.start();
    else await begin(world);
    await world.people.install();
    await story.tell(world.people);
    await end?.(world);
    await world.rest();
    atRest?.(world);
    const ledger = await world.ledger();
    const seen = {
      state: await readFinalState(world, ledger),
      ledger,
      damage: await findDamage(world, ledger),
      calls: [...world.forge.calls],
    };
    await world.end();
    return { ...seen, passed: readFileSync(world.scene.journal, 'utf8').split('\n').filter(Boolean) };
  } catch (error) {
    const waits = await world.waits().catch(String);
    throw new Error(`${(error as Error).message}\n${waits}\n${world.output()}`, { cause: error });
  } finally {
    await world.clear();
  }
}
