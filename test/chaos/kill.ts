import { byChance, writes } from './points.ts';
import { type Case, compare, type Undisturbed } from './support/case.ts';
import { pick, type Random, shuffle } from './support/random.ts';
import { type Blow, type Moment, nameOf, type Strike, wasStruck } from './support/strike.ts';
import { tell } from './support/tell.ts';
import { until } from './support/until.ts';
import type { World } from './support/world.ts';

/** Strikes in one telling: enough to save time, few enough to see which one it was. */
const IN_ONE = 8;

/** What a process does when it is told to end: the story is over by then. */
const atTheEnd = (line: string): boolean => line.startsWith('engine.sign-off');

interface Passing {
  readonly of: Undisturbed;
  /** How often it was passed, and where first in the story. */
  readonly times: number;
  readonly first: number;
}

/** Each point and moment of the undisturbed stories, with the stories that pass it. */
function passings(undisturbed: readonly Undisturbed[]): ReadonlyMap<string, readonly Passing[]> {
  const found = new Map<string, Passing[]>();
  for (const of of undisturbed) {
    const counted = new Map<string, { times: number; first: number }>();
    of.told.passed.forEach((line, first) => {
      const known = counted.get(line);
      if (known === undefined) counted.set(line, { times: 1, first });
      else known.times += 1;
    });
    for (const [line, count] of counted) found.set(line, [...(found.get(line) ?? []), { of, ...count }]);
  }
  return found;
}

/** One strike for each point and moment, each in a story by chance, as lists per story in the order of the story. */
function strikesBy(undisturbed: readonly Undisturbed[], blow: Blow, random: Random, wanted: (line: string) => boolean) {
  const byStory = new Map<Undisturbed, { strike: Strike; first: number }[]>();
  for (const [line, candidates] of passings(undisturbed)) {
    if (atTheEnd(line) || byChance.has(line.split('\t')[0] ?? '') || !wanted(line)) continue;
    const { of, times, first } = pick(random, candidates);
    const [point = '', moment = ''] = line.split('\t');
    const strike = { point, moment: moment as Moment, nth: 1 + Math.floor(random() * times), blow };
    byStory.set(of, [...(byStory.get(of) ?? []), { strike, first }]);
  }
  return byStory;
}

/** Strikes that share a telling are spread over it. */
function spread(strikes: readonly { strike: Strike; first: number }[]): readonly (readonly Strike[])[] {
  const inOrder = strikes.toSorted((a, b) => a.first - b.first).map(({ strike }) => strike);
  const tellings = Math.ceil(inOrder.length / IN_ONE);
  return Array.from({ length: tellings }, (_, i) => inOrder.filter((_, at) => at % tellings === i));
}

async function beginAlone(world: World, strikes: readonly Strike[]): Promise<void> {
  world.replaceTheDead({ strikes });
  await world.start({ strikes });
}

/** A database that goes away during a start ends the start, in words. Then whoever watches over the app starts it again. */
async function beginUntilUp(world: World, strikes: readonly Strike[]): Promise<void> {
  const struck = () => strikes.filter((strike) => wasStruck(strike, world.scene)).length;
  for (;;) {
    const before = struck();
    try {
      await world.start({ strikes });
      return;
    } catch (error) {
      if (struck() === before) throw error;
      for (const app of world.apps) app.signal('SIGKILL');
    }
  }
}

/** Two workers at any time, each of which may be the one that is struck, and somebody to take webhooks in. */
async function beginWithWorkers(world: World, strikes: readonly Strike[]): Promise<void> {
  await world.start({ role: 'web' });
  world.replaceTheDead({ role: 'worker', strikes });
  await Promise.all([world.start({ role: 'worker', strikes }), world.start({ role: 'worker', strikes })]);
}

type Setting = 'app' | 'worker' | 'postgres' | 'all';

const settings: Readonly<Record<Setting, { blow: Blow; database: 'shared' | 'embedded'; begin: typeof beginAlone }>> = {
  app: { blow: 'app', database: 'shared', begin: beginAlone },
  worker: { blow: 'app', database: 'shared', begin: beginWithWorkers },
  postgres: { blow: 'postgres', database: 'embedded', begin: beginUntilUp },
  all: { blow: 'all', database: 'embedded', begin: beginAlone },
};

interface Outcome {
  readonly wrong: readonly string[];
  readonly missed: readonly Strike[];
}

/** Tellings in all until a point is passed that a telling may pass over: a limit that is over, a restart that took its time. */
const TELLINGS = 4;

/** How often a point is passed differs a little from telling to telling: what was missed is struck the first time. */
async function untilStruck(
  strikes: readonly Strike[],
  telling: (wanted: readonly Strike[]) => Promise<Outcome>,
): Promise<readonly string[]> {
  let outcome = await telling(strikes);
  for (let told = 1; told < TELLINGS && outcome.wrong.length === 0 && outcome.missed.length > 0; told++)
    outcome = await telling(outcome.missed.map((strike) => ({ ...strike, nth: 1 })));
  return [...outcome.wrong, ...outcome.missed.map((strike) => `never came to ${nameOf(strike)}`)];
}

/** A story in which the processes are killed at these points. */
export function killing(setting: Setting, of: Undisturbed, strikes: readonly Strike[]): Case {
  const { database, begin } = settings[setting];
  return {
    name: `kill ${setting}: ${of.story.name}: ${strikes.map(nameOf).join(', ')}`,
    run: (spares) =>
      untilStruck(strikes, async (wanted) => {
        let missed: readonly Strike[] = wanted;
        const told = await tell({
          story: of.story,
          spares,
          database,
          begin: (world) => begin(world, wanted),
          atRest: (world) => {
            missed = wanted.filter((strike) => !wasStruck(strike, world.scene));
          },
        });
        return { wrong: compare(told, of), missed };
      }),
  };
}

/** Kills at every point that the stories pass, or at those that are wanted. */
export function kills(
  setting: Setting,
  undisturbed: readonly Undisturbed[],
  random: Random,
  wanted: (line: string) => boolean = () => true,
): readonly Case[] {
  const byStory = strikesBy(undisturbed, settings[setting].blow, random, wanted);
  return [...byStory].flatMap(([of, strikes]) => spread(strikes).map((chosen) => killing(setting, of, chosen)));
}

/** Two workers, of which one dies in the middle of the story and nobody comes in its place: the other does it all. */
export function losingOneOfTwo(of: Undisturbed, strike: Strike): Case {
  return {
    name: `two workers, one killed: ${of.story.name}: ${nameOf(strike)}`,
    run: (spares) =>
      untilStruck([strike], async (wanted) => {
        let missed: readonly Strike[] = wanted;
        const told = await tell({
          story: of.story,
          spares,
          begin: async (world) => {
            await world.start({ role: 'web' });
            const starting = [0, 1].map(() => world.start({ role: 'worker', strikes: wanted }));
            // One that is struck while it starts is lost like any other.
            const failed = (await Promise.allSettled(starting)).filter(({ status }) => status === 'rejected');
            const struck = wanted.filter((one) => wasStruck(one, world.scene));
            if (failed.length > struck.length) throw new Error('a worker did not start');
          },
          atRest: (world) => {
            missed = wanted.filter((one) => !wasStruck(one, world.scene));
          },
        });
        return { wrong: compare(told, of), missed };
      }),
  };
}

/**
 * A worker is frozen between the intent and the call; another takes over and brings the story to its end; then the first
 * one wakes. It must give up, whatever it was about to do.
 */
function freezing(of: Undisturbed, strike: Strike): Case {
  return {
    name: `freeze: ${of.story.name}: ${nameOf(strike)}`,
    run: (spares) =>
      untilStruck([strike], async ([wanted = strike]) => {
        let missed: readonly Strike[] = [wanted];
        const told = await tell({
          story: of.story,
          spares,
          begin: async (world) => {
            await world.start({ role: 'web' });
            await Promise.all([0, 1].map(() => world.start({ role: 'worker', strikes: [wanted] })));
          },
          end: async (world) => {
            await until('rest of all that are awake', world.idle, { why: world.waits });
            if (wasStruck(wanted, world.scene)) missed = [];
            for (const app of world.apps) app.signal('SIGCONT');
          },
        });
        return { wrong: compare(told, of), missed };
      }),
  };
}

/** So many strikes by chance, spread over one story. */
export function strikesOf(
  of: Undisturbed,
  blow: Blow,
  random: Random,
  count: number,
  fits: (line: string) => boolean = () => true,
): readonly Strike[] {
  const chosen = shuffle(
    random,
    [...new Set(of.told.passed)].filter((line) => !atTheEnd(line) && fits(line)),
  );
  const byStory = strikesBy([of], blow, random, (line) => chosen.indexOf(line) < count && chosen.includes(line));
  return (byStory.get(of) ?? []).map(({ strike }) => strike);
}

/** Right before each write on GitHub: the intent is there, the call is not made. */
export function freezes(undisturbed: readonly Undisturbed[], random: Random): readonly Case[] {
  const isWrite = (line: string) => line.endsWith('\tbefore') && writes.has(line.split(/[ \t]/)[0] ?? '');
  const byStory = strikesBy(undisturbed, 'freeze', random, isWrite);
  return [...byStory].flatMap(([of, strikes]) => strikes.map(({ strike }) => freezing(of, strike)));
}
