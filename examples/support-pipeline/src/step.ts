// Runs one step: `node src/step.ts classify`, one {"id","input"} per line in, one {"id","output"} per line out.
import { createInterface } from 'node:readline';
import { type StepName, steps } from './pipeline.ts';
import { readRules } from './read-rules.ts';
import type { Rules } from './rules.ts';

function answer(line: string, step: StepName, rules: Rules): object {
  const { id, input } = JSON.parse(line) as { id: string; input: unknown };
  try {
    return { id, output: steps[step](input, rules) };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

const step = process.argv[2] ?? '';
if (!Object.hasOwn(steps, step)) {
  console.error(`Which step? One of ${Object.keys(steps).join(', ')}.`);
  process.exit(2);
}
const rules = readRules();
for await (const line of createInterface({ input: process.stdin }))
  if (line.trim() !== '') console.log(JSON.stringify(answer(line, step as StepName, rules)));
