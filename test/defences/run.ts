// Switches each defence off, one at a time, in a copy of the working tree, and requires exactly the named tests to
// fail. `--only text` takes those whose name or invariant (`i7`) fits, `--jobs n` runs n at once.
import { parseArgs } from 'node:util';
import { defences } from './table.ts';
import { openWorkspace } from './workspace.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, jobs: { type: 'string', default: '2' } },
});
const wanted = defences.filter(
  ({ name, invariant }) => values.only === '' || name.includes(values.only) || values.only === `i${invariant}`,
);
const waiting = [...wanted];
let fallen = 0;

async function work(): Promise<void> {
  await using workspace = await openWorkspace();
  for (let defence = waiting.shift(); defence !== undefined; defence = waiting.shift()) {
    const began = performance.now();
    const wrong = await workspace.prove(defence);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${wrong.length === 0 ? '✓' : '✗'} invariant ${defence.invariant}: ${defence.name} (${seconds} s)`);
    for (const line of wrong) console.log(`    ${line}`);
    if (wrong.length > 0) fallen++;
  }
}

await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs) || 1) }, work));
console.log(`${wanted.length - fallen} defences proven, ${fallen} not`);
process.exitCode = fallen === 0 && wanted.length > 0 ? 0 : 1;
