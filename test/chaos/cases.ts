import { ENGINE_POINTS } from '../../src/adapters/postgres/engine.ts';
import type { FactKind } from '../../src/domain/fact.ts';
import { PORT_POINTS } from '../../src/observe.ts';
import { everyFact } from '../support/every-fact.ts';
import { movingClock } from './clock.ts';
import { fillingDisk } from './disk.ts';
import { faultCases } from './faults.ts';
import { freezes, kills, losingOneOfTwo, strikesOf } from './kill.ts';
import { leavingPostgresAlone } from './left-alone.ts';
import { excused, excusedKinds } from './points.ts';
import type { Case, Undisturbed } from './support/case.ts';
import { type Random, randomBy } from './support/random.ts';
import { trickingWebhooks } from './webhooks.ts';

/** Share of the points at which Postgres, and everything at once, is killed, beside each append to the ledger. */
const SHARE = 0.2;
/** Of so many stories one is told with each accident that strikes anywhere; as many seeds in a row come to all. */
const TURNS = 3;

/** Who takes webhooks in is another process than the workers. */
const byWorkers = (line: string): boolean => !line.startsWith('engine.deliver');

const sampled = (random: Random) => (line: string) => line.startsWith('ledger.append') || random() < SHARE;

const nameOf = (line: string): string => line.split(/[ \t]/)[0] ?? '';

/** Every case of this seed, and the points and kinds of facts that no story passes though none has said why. */
export function allCases(undisturbed: readonly Undisturbed[], seed: number) {
  const random = randomBy(seed);
  const passed = new Set(undisturbed.flatMap(({ told }) => told.passed.map(nameOf)));
  const recorded = new Set(
    undisturbed.flatMap(({ told }) => told.ledger.flatMap((one) => one.recorded.map(({ fact }) => fact.kind))),
  );
  const kinds = Object.keys(everyFact) as FactKind[];
  const some = sampled(random);
  const inTurn = undisturbed.filter((_, at) => (at + seed) % TURNS === 0);
  const cases: Case[] = [
    ...kills('app', undisturbed, random),
    ...kills('worker', undisturbed, random, (line) => byWorkers(line) && some(line)),
    ...kills('postgres', undisturbed, random, some),
    ...kills('all', undisturbed, random, some),
    ...inTurn.flatMap((of) => strikesOf(of, 'app', random, 1, byWorkers).map((one) => losingOneOfTwo(of, one))),
    ...undisturbed.slice(0, 1).map(({ story }) => leavingPostgresAlone(story)),
    ...freezes(undisturbed, random),
    ...inTurn.map((of) => trickingWebhooks(of, Math.floor(random() * 1e6))),
    ...faultCases(undisturbed, random),
    ...inTurn.map((of) => movingClock(of, Math.floor(random() * 1e6))),
    ...undisturbed.slice(0, 1).map(fillingDisk),
  ];
  return {
    cases,
    unreached: [
      ...[...PORT_POINTS, ...ENGINE_POINTS].filter((point) => !passed.has(point) && excused[point] === undefined),
      ...kinds.filter((kind) => !recorded.has(kind) && excusedKinds[kind] === undefined),
    ],
  };
}
