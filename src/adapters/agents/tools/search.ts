import { z } from 'zod';
import { relative } from './files.ts';
import { ToolFault, tool } from './tool.ts';

const schema = z.strictObject({
  text: z.string().min(1).max(300).describe('The text to look for, taken literally; upper and lower case differ'),
  path: z.string().min(1).max(300).optional().describe('A file or folder; the whole repository when left out'),
});

const MOST = 100;
const script = `grep -rnIF --exclude-dir=node_modules --exclude-dir=.git -e "$2" -- "$1" | cut -c 1-300 | LC_ALL=C sort -t: -k1,1 -k2,2n | head -n ${MOST + 1}`;

export const search = tool(
  'search',
  'Finds the lines that contain a text. Each is shown as file:line:content.',
  schema,
  async ({ text, path }, workplace) => {
    if (text.includes('\n')) throw new ToolFault('search looks within lines; leave out the line break');
    const run = await workplace.run(['/bin/sh', '-c', script, 'search', relative(path ?? '.'), text]);
    const lines = Buffer.from(run.stdout).toString('utf8').split('\n').filter(Boolean);
    if (lines.length === 0) return 'Nothing was found.';
    const shown = lines.slice(0, MOST).map((line) => line.replace(/^\.\//, ''));
    return shown.join('\n') + (lines.length > MOST ? `\n(only the first ${MOST}; search in a folder)` : '');
  },
);
