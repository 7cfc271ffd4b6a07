import type { Configuration, Step } from './configuration.ts';
import { globMatcher } from './glob.ts';
import { hashText } from './hash.ts';
import { oracleGlobs } from './integrity.ts';
import { codePlaces, prosePlaces } from './mutate-code.ts';
import { dataPlaces } from './mutate-data.ts';
import { drawn, type Mutation, mutationOf, type Place } from './mutation.ts';
import { randomFrom } from './noise/random.ts';
import { syntaxOf } from './read-code.ts';

/** Largest file that is changed: data is read anew for each change that is tried. */
const MAX_LENGTH = 64_000;

/**
 * The files that are changed to see whether a step notices, in groups that are drawn from in turn: what each kind of
 * change of this step may touch, and all its inputs. Nothing that it is judged by is among them.
 */
export function groupsOf(
  configuration: Configuration,
  step: Step,
  paths: readonly string[],
): readonly (readonly string[])[] {
  const isInput = globMatcher(step.inputs);
  const isOracle = globMatcher(oracleGlobs(configuration), true);
  const inputs = paths.filter((path) => isInput(path) && !isOracle(path));
  const kinds = Object.values(configuration.changes).filter((change) => change.step === step.name);
  const groups = kinds.map((change) => inputs.filter(globMatcher(change.paths)));
  return [...groups.filter((group) => group.length < inputs.length), inputs].filter((group) => group.length > 0);
}

/** Data that cannot be read strictly is still a text. */
function placesOf(file: string, text: string): readonly Place[] {
  if (text.length > MAX_LENGTH || text.includes('\0')) return [];
  if (syntaxOf(file) !== null) return codePlaces(file, text);
  const places = /\.(?:json|ya?ml)$/i.test(file) ? dataPlaces(file, text) : [];
  return places.length > 0 || /\.json$/i.test(file) ? places : prosePlaces(text);
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const rest = [...items];
  for (let i = rest.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const one = rest[i] as T;
    rest[i] = rest[j] as T;
    rest[j] = one;
  }
  return rest;
}

/** Waited for between two changes, so that others may go first. */
type Pause = () => Promise<void>;

/** Gives one mutation after another, a kind at a time, and null when there is none left. */
type Deck = () => Promise<Mutation | null>;

function deckOf(file: string, text: string, random: () => number, pause: Pause): Deck {
  const byKind = [...Map.groupBy(placesOf(file, text), ({ kind }) => kind).values()];
  const kinds = shuffled(byKind, random).map((places) => [...places]);
  const made = new Set<string>([text]);
  return async () => {
    for (let places = kinds.shift(); places !== undefined; places = kinds.shift()) {
      const place = drawn(places, random);
      if (place === undefined) continue;
      places.splice(places.indexOf(place), 1);
      kinds.push(places);
      await pause();
      const changed = place.change(random);
      if (changed === null || made.has(changed)) continue;
      made.add(changed);
      return mutationOf(file, text, changed);
    }
    return null;
  };
}

export interface Draw {
  /** How many mutations are wanted. */
  readonly count: number;
  readonly seed: number;
  readonly pause?: Pause;
}

/**
 * Small changes of the files of these groups: the groups in turn, in each its files in turn, in each file its kinds of
 * change in turn. The same for the same files and seed; no two alike; fewer than wanted where there are no more. `read`
 * gives a file's text, or null where it has none that can be changed.
 */
export async function mutationsOf(
  step: string,
  groups: readonly (readonly string[])[],
  read: (path: string) => Promise<string | null>,
  { count, seed, pause = async () => {} }: Draw,
): Promise<readonly Mutation[]> {
  // Of its own for each step, so that what one step is shown does not hang on the steps before it.
  const random = randomFrom(Number.parseInt(hashText(`${seed}/${step}`).slice(0, 8), 16));
  const queues = groups.map((group) => shuffled(group, random));
  const decks = new Map<string, Deck>();
  const mutations: Mutation[] = [];
  const drawFrom = async (queue: string[]): Promise<Mutation | null> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const deck = decks.get(path) ?? deckOf(path, (await read(path)) ?? '', random, pause);
      decks.set(path, deck);
      const mutation = await deck();
      if (mutation === null) continue;
      queue.push(path);
      return mutation;
    }
    return null;
  };
  while (mutations.length < count && queues.some((queue) => queue.length > 0))
    for (const queue of queues) {
      if (mutations.length === count) break;
      const mutation = await drawFrom(queue);
      if (mutation !== null) mutations.push(mutation);
    }
  return mutations;
}
