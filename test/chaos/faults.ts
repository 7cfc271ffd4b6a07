import type { FaultAnswer } from '../../src/forge/faults.ts';
import { type Case, compare, type Undisturbed } from './support/case.ts';
import { pick, type Random, shuffle } from './support/random.ts';
import { tell } from './support/tell.ts';

/** Faults in one telling, on operations that differ. */
const IN_ONE = 8;

const limited = {
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
};

/** Everything that may go wrong with a call. `afterwards`: what was asked for is done, and its answer lost. */
const answers: Readonly<Record<string, FaultAnswer>> = {
  '500': { status: 500 },
  '502': { status: 502 },
  '502 afterwards': { status: 502, afterwards: true },
  '403 too many': { status: 403, body: limited, headers: { 'retry-after': '1' } },
  '403': { status: 403, body: { message: 'Resource not accessible by integration' } },
  '409': { status: 409, body: { message: 'Conflict' } },
  '429': { status: 429, body: { message: 'Too many requests' }, headers: { 'retry-after': '1' } },
  cut: { status: 0 },
  'cut afterwards': { status: 0, afterwards: true },
};

interface Operation {
  readonly method: string;
  /** Pattern of the path, which fits in every telling. */
  readonly path: string;
  readonly times: number;
}

const GIT = [
  'info/refs?service=git-upload-pack',
  'git-upload-pack',
  'info/refs?service=git-receive-pack',
  'git-receive-pack',
];

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Ids and hashes differ from telling to telling. */
const patternOf = (path: string): string =>
  `^${path
    .split('/')
    .map((part) => (/^\d+$/.test(part) ? '\\d+' : /^[0-9a-f]{40}$/.test(part) ? '[0-9a-f]{40}' : escaped(part)))
    .join('\\/')}$`;

/** What the app calls in a story, git's requests included. */
function operationsOf({ told }: Undisturbed): readonly Operation[] {
  const counted = new Map<string, Operation>();
  for (const { method, path, by } of told.calls) {
    if (by === null || !/^corrigible/.test(by)) continue;
    const found = { method, path: patternOf(path) };
    const key = `${method} ${found.path}`;
    counted.set(key, { ...found, times: (counted.get(key)?.times ?? 0) + 1 });
  }
  const pushes = told.passed.some((line) => line.startsWith('repository.push'));
  const git = GIT.slice(0, pushes ? 4 : 2).map((of) => ({
    method: of.startsWith('info') ? 'GET' : 'POST',
    path: `${escaped(of)}$`,
    times: 1,
  }));
  return [...counted.values(), ...git];
}

interface Fault {
  readonly operation: Operation;
  readonly answer: string;
  readonly skip: number;
}

const nameOf = ({ operation, answer, skip }: Fault): string =>
  `${answer} for ${operation.method} ${operation.path.replaceAll('\\', '')}${skip === 0 ? '' : ` (${skip + 1})`}`;

/** A story in which GitHub fails at these calls, once each. */
export function failing(of: Undisturbed, faults: readonly Fault[]): Case {
  return {
    name: `faults: ${of.story.name}: ${faults.map(nameOf).join(', ')}`,
    run: async (spares) => {
      const told = await tell({
        story: of.story,
        spares,
        begin: async (world) => {
          for (const { operation, answer, skip } of faults) {
            const match = { method: operation.method, path: new RegExp(operation.path), by: 'app', skip } as const;
            world.forge.fault(match, answers[answer] as FaultAnswer);
          }
          await world.start();
        },
      });
      return compare(told, of);
    },
  };
}

/** So many faults by chance, on operations that differ. */
export function faultsOf(of: Undisturbed, random: Random, count: number): readonly Fault[] {
  return shuffle(random, operationsOf(of))
    .slice(0, count)
    .map((operation) => ({
      operation,
      answer: pick(random, Object.keys(answers)),
      skip: Math.floor(random() * operation.times),
    }))
    .filter((fault) => !isAnswer(fault));
}

/** No accident but an answer: an app that may not read who has access asks nobody for a review, and goes on. */
const isAnswer = ({ operation, answer }: Pick<Fault, 'operation' | 'answer'>): boolean =>
  answer === '403' && operation.path.endsWith('\\/collaborators$');

/** Each operation with each fault, in a story by chance; a telling that has room is filled before another begins. */
export function faultCases(undisturbed: readonly Undisturbed[], random: Random): readonly Case[] {
  const known = new Map<string, { of: Undisturbed; operation: Operation }[]>();
  // Where GitHub makes trouble by itself, one more fault would shift what meets it.
  for (const of of undisturbed.filter(({ story }) => story.trouble === undefined))
    for (const operation of operationsOf(of)) {
      const key = `${operation.method} ${operation.path}`;
      known.set(key, [...(known.get(key) ?? []), { of, operation }]);
    }
  const tellings: Telling[] = [];
  for (const candidates of shuffle(random, [...known.values()]))
    for (const answer of shuffle(random, Object.keys(answers))) {
      const possible = shuffle(random, candidates).filter(({ operation }) => !isAnswer({ operation, answer }));
      const telling = tellings.find((one) => possible.some((candidate) => hasRoom(one, candidate)));
      const chosen = possible.find((candidate) => telling === undefined || hasRoom(telling, candidate));
      if (chosen === undefined) continue;
      const fault = { operation: chosen.operation, answer, skip: Math.floor(random() * chosen.operation.times) };
      if (telling === undefined) tellings.push({ of: chosen.of, faults: [fault] });
      else telling.faults.push(fault);
    }
  return tellings.map(({ of, faults }) => failing(of, faults));
}

interface Telling {
  readonly of: Undisturbed;
  readonly faults: Fault[];
}

/** A story takes several faults, as long as they hit different operations. */
const hasRoom = (
  { of, faults }: Telling,
  candidate: { readonly of: Undisturbed; readonly operation: Operation },
): boolean =>
  of === candidate.of &&
  faults.length < IN_ONE &&
  faults.every(({ operation }) => operation.path !== candidate.operation.path);
