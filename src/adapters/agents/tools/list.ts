import { z } from 'zod';
import { relative } from './files.ts';
import { ToolFault, tool } from './tool.ts';

const schema = z.strictObject({
  path: z.string().min(1).max(300).optional().describe('A folder such as src; the whole repository when left out'),
});

const MOST = 500;
const script = `find "$1" \\( -name node_modules -o -name .git \\) -prune -o \\( -type f -o -type l \\) -print | LC_ALL=C sort | head -n ${MOST + 1}`;

export const list = tool('list', 'Lists the files below a folder.', schema, async ({ path }, workplace) => {
  const run = await workplace.run(['/bin/sh', '-c', script, 'list', relative(path ?? '.')]);
  const files = Buffer.from(run.stdout).toString('utf8').split('\n').filter(Boolean);
  if (files.length === 0) throw new ToolFault(`there are no files below ${path ?? '.'}`);
  const shown = files.slice(0, MOST).map((file) => file.replace(/^\.\//, ''));
  return shown.join('\n') + (files.length > MOST ? `\n(only the first ${MOST}; list a folder)` : '');
});
