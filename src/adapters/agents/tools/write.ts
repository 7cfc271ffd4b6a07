import { z } from 'zod';
import { writeText } from './files.ts';
import { tool } from './tool.ts';

const schema = z.strictObject({
  path: z.string().min(1).max(300).describe('Such as src/plan.ts'),
  content: z.string().max(400_000).describe('The whole new content of the file'),
});

export const write = tool(
  'write',
  'Makes a file, or replaces the whole content of one. To change part of a file use edit.',
  schema,
  async ({ path, content }, workplace) => {
    await writeText(workplace, path, content);
    return `${path} was written.`;
  },
);
