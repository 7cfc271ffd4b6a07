import { z } from 'zod';
import { readText, writeText } from './files.ts';
import { ToolFault, tool } from './tool.ts';

const schema = z.strictObject({
  path: z.string().min(1).max(300).describe('Such as src/plan.ts'),
  old: z.string().min(1).max(100_000).describe('Text of the file, exactly as it stands there, that occurs once'),
  new: z.string().max(100_000).describe('What stands there afterwards'),
});

const count = (text: string, part: string): number => text.split(part).length - 1;

export const edit = tool(
  'edit',
  'Replaces one piece of text in a file. The old text must occur exactly once, spaces and line ends included.',
  schema,
  async ({ path, old, new: now }, workplace) => {
    const text = await readText(workplace, path);
    const found = count(text, old);
    if (found === 0) throw new ToolFault(`the old text does not occur in ${path}; read the file and copy it exactly`);
    if (found > 1) throw new ToolFault(`the old text occurs ${found} times in ${path}; add the lines around it`);
    await writeText(workplace, path, text.split(old).join(now));
    return `${path} was changed.`;
  },
);
