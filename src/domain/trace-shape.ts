import { z } from 'zod';
import { Json_ } from './case.ts';

/** A pipeline's trace as the replay command prints it and a reporter may paste it. */
export const TraceShape = z.object({
  steps: z
    .array(z.object({ step: z.string().min(1).max(60), input: Json_, output: Json_ }))
    .min(1)
    .max(50),
});
