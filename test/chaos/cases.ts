import { ENGINE_POINTS } from '../../src/adapters/postgres/engine.ts';
import { PORT_POINTS } from '../../src/observe.ts';
import { movingClock } from './clock.ts';
import { fillingDisk } from './disk.ts';
import { faultCases } from './faults.ts';
import { freezes, kills } from './kill.ts';
import { excused } from './points.ts';
import type { Case, Undisturbed } from './support/case.ts';
import { type Random, randomBy } from './support/random.ts';
import { trickingWebhooks } from './webhooks.ts';

/** Share of the points at which Postgres, and everything at once, is killed, beside each append to the ledger. */
const SHARE = 0.2;
/** Tellings of each story with tricks on its webhooks. */
const TRICKS = 2;

const sampled = (random: Random) => (line: string) => line.startsWith('ledger.append') || random() < SHARE;

const nameOf = (line: string): string => line.split(/[ \t]/)[0] ?? '';

/** Every case of this seed, and the points that no story passes though none has said why. */
export function allCases(undisturbed: readonly Undisturbed[], seed: number) {
  const random = randomBy(seed);
  const passed = new Set(undisturbed.flatMap(({ told }) => told.passed.map(nameOf)));
  const cases: Case[] = [
    ...kills('app', undisturbed, random),
    ...kills('worker', undisturbed, random, sampled(random)),
    ...kills('postgres', undisturbed, random, sampled(random)),
    ...kills('all', undisturbed, random, sampled(random)),
    ...freezes(undisturbed, random),
    ...undisturbed.flatMap((of) =>
      Array.from({ length: TRICKS }, () => trickingWebhooks(of, Math.floor(random() * 1e6))),
    ),
    ...faultCases(undisturbed, random),
    ...undisturbed.map((of) => movingClock(of, Math.floor(random() * 1e6))),
    ...undisturbed.slice(0, 1).map(fillingDisk),
  ];
  return {
    cases,
    unreached: [...PORT_POINTS, ...ENGINE_POINTS].filter((point) => !passed.has(point) && excused[point] === undefined),
  };
}
