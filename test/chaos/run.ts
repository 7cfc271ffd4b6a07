// Tells the stories with every accident, and holds what is there in the end against the undisturbed telling.
// `--seed n` draws where exactly; `--only pattern` and `--story text` take the cases and stories whose name fits, and
// `--most n` so many of each kind; `--jobs n` runs n at once; `--list` only says which there are.
import { parseArgs } from 'node:util';
import { allCases } from './cases.ts';
import { stories } from './stories.ts';
import { keepSpares } from './support/app-process.ts';
import type { Case, Undisturbed } from './support/case.ts';
import { randomBy, shuffle } from './support/random.ts';
import { tell } from './support/tell.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    only: { type: 'string', default: '' },
    most: { type: 'string', default: 'Infinity' },
    story: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    list: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const jobs = Math.max(1, Number(values.jobs) || 1);
const spares = keepSpares(jobs);
const began = performance.now();
const since = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

/** Does all of it, so many at once. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

const undisturbed: Undisturbed[] = [];
const open: string[] = [];

async function tellUndisturbed(story: (typeof stories)[number]): Promise<void> {
  const start = performance.now();
  const told = await tell({ story, spares }).catch((error: unknown) => {
    open.push(`${story.name} undisturbed: ${error instanceof Error ? error.message : error}`);
    return null;
  });
  if (told === null) return;
  undisturbed.push({ story, told });
  open.push(...told.damage.map((damage) => `${story.name}: ${damage}`));
  console.log(
    `· ${story.name} undisturbed: ${told.passed.length} passings, ${told.calls.length} calls (${since(start)})`,
  );
}

async function runCase(one: Case): Promise<void> {
  const start = performance.now();
  const wrong = await one
    .run(spares)
    .catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
  console.log(`${wrong.length === 0 ? '✓' : '✗'} ${one.name} (${since(start)})`);
  for (const line of wrong) console.log(`    ${line.replaceAll('\n', '\n    ')}`);
  if (wrong.length > 0) open.push(one.name);
}

console.log(`seed ${seed}`);
await inParallel(
  stories.filter(({ name }) => name.includes(values.story)),
  tellUndisturbed,
);
undisturbed.sort((a, b) => stories.indexOf(a.story) - stories.indexOf(b.story));
const { cases, unreached } = allCases(undisturbed, seed);
if (values.story === '')
  for (const what of unreached) {
    open.push(`no story comes to ${what}`);
    console.log(`✗ no story comes to ${what}`);
  }
const ofKind = new Map<string, number>();
const wanted = shuffle(randomBy(seed), cases).filter(({ name }) => {
  if (!new RegExp(values.only).test(name)) return false;
  const kind = name.split(':')[0] ?? '';
  ofKind.set(kind, (ofKind.get(kind) ?? 0) + 1);
  return (ofKind.get(kind) ?? 0) <= Number(values.most);
});
if (values.list) for (const { name } of wanted) console.log(name);
else await inParallel(wanted, runCase);
spares.close();
for (const line of open) console.log(`✗ ${line}`);
const counted = Map.groupBy(wanted, ({ name }) => name.split(':')[0] ?? '');
for (const [kind, all] of counted) console.log(`${kind}: ${all.length}`);
console.log(`seed ${seed}: ${wanted.length} cases, ${open.length} open, ${since(began)}`);
process.exit(open.length === 0 && wanted.length > 0 ? 0 : 1);
