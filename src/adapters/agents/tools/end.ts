import { z } from 'zod';
import { tool } from './tool.ts';

export const done = tool(
  'done',
  'Ends the work. Call it once the change is complete and the command of the step gives what is wanted.',
  z.strictObject({ summary: z.string().min(1).max(2000).describe('What you changed, in one or two sentences') }),
  async ({ summary }) => ({ is: 'done', summary }),
);

export const cannot = tool(
  'cannot',
  'Ends the work without a result, when what is asked contradicts itself or cannot be done in the allowed files.',
  z.strictObject({ reason: z.string().min(1).max(2000).describe('Why it cannot be done, in one or two sentences') }),
  async ({ reason }) => ({ is: 'cannot', reason }),
);
