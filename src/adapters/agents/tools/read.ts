import { z } from 'zod';
import { readText } from './files.ts';
import { tool } from './tool.ts';

const schema = z.strictObject({
  path: z.string().min(1).max(300).describe('Such as src/plan.ts'),
  from: z.int().min(1).optional().describe('First line wanted; 1 when left out'),
  lines: z.int().min(1).max(2000).optional().describe('How many lines; 400 when left out'),
});

export const read = tool('read', 'Shows a text file, or some of its lines.', schema, async (args, workplace) => {
  const all = (await readText(workplace, args.path)).split('\n');
  if (all.at(-1) === '') all.pop();
  const from = args.from ?? 1;
  const shown = all.slice(from - 1, from - 1 + (args.lines ?? 400));
  const last = from - 1 + shown.length;
  return `${args.path}, lines ${from} to ${last} of ${all.length}:\n${shown.join('\n')}`;
});
