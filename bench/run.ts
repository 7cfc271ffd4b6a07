// `npm run bench -- [name …] [--write] [--quick] [--rounds n] [--minutes n]`: measures the named benchmarks, or all.
// `--write` puts their tables into docs/benchmarks.md, `--quick` only shows that each still works.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { agents } from './agents.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { calls } from './calls.ts';
import { gate } from './gate.ts';
import { gateway } from './gateway.ts';
import { intake } from './intake.ts';
import { loop } from './loop.ts';
import { machine, measuredAt } from './machine.ts';
import { places } from './places.ts';
import { recovery } from './recovery.ts';
import { sandbox } from './sandbox.ts';
import { scale } from './scale.ts';
import { soak } from './soak.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { merged, sectionOf } from './support/report.ts';
import { workers } from './workers.ts';

const ALL: readonly Benchmark[] = [
  intake,
  loop,
  calls,
  gate,
  gateway,
  places,
  sandbox,
  agents,
  stop,
  scale,
  workers,
  start,
  recovery,
  soak,
];
const DOCUMENT = join(import.meta.dirname, '../docs/benchmarks.md');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '30' },
  },
});

function chosen(): readonly Benchmark[] {
  const names = ALL.map(({ name }) => name);
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`No benchmark ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  return ALL.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
}

const countOf = (text: string, least: number): number => Math.max(least, Number(text) || least);

const size: Size = {
  quick: values.quick,
  minutes: countOf(values.minutes, 0.1),
  rounds: values.quick ? 1 : countOf(values.rounds, 1),
};
/** A small form proves nothing about a goal. */
const unjudged = ({ rows, ...rest }: Measured): Measured => ({
  ...rest,
  rows: rows.map((row) => ({ ...row, goal: '–', met: null })),
});

const fresh = new Map<string, string>();
for (const benchmark of chosen()) {
  const when = [measuredAt(), ...machine()].join('; ');
  const measured = await benchmark.run(size);
  const section = sectionOf(benchmark, size.quick ? unjudged(measured) : measured, `Measured ${when}.`);
  process.stdout.write(`${section}\n`);
  fresh.set(benchmark.name, section);
}
if (values.write && !values.quick) {
  const before = await readFile(DOCUMENT, 'utf8').catch(() => '');
  const names = ALL.map(({ name }) => name);
  await writeFile(DOCUMENT, merged(before, fresh, names));
}
