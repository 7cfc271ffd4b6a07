import { z } from 'zod';
import type { ToolOffer } from '../../../domain/chat.ts';
import type { SandboxRun } from '../../../ports.ts';

/** The one way in which a tool touches anything: a command in the sandbox, with the worktree as its folder. */
export interface Workplace {
  run(command: readonly string[] | string, more?: { stdin?: string; seconds?: number }): Promise<SandboxRun>;
}

/** What a call of a tool came to: text for the model, or the end of the work in its own words. */
export type ToolOutcome =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'done'; readonly summary: string }
  | { readonly is: 'cannot'; readonly reason: string };

export interface Tool {
  readonly offer: ToolOffer;
  /** Throws `ZodError` on arguments that do not fit, `ToolFault` when it could not be done. */
  call(args: unknown, workplace: Workplace): Promise<ToolOutcome>;
}

/** What went wrong in a call that was well formed, in words for the model. */
export class ToolFault extends Error {
  override readonly name = 'ToolFault';
}

/** A tool from its schema: what is offered to the model and what is accepted from it cannot differ. */
export function tool<S extends z.ZodObject>(
  name: string,
  description: string,
  schema: S,
  call: (args: z.infer<S>, workplace: Workplace) => Promise<string | ToolOutcome>,
): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema);
  return {
    offer: { name, description, parameters },
    async call(args, workplace) {
      const outcome = await call(schema.parse(args), workplace);
      return typeof outcome === 'string' ? { is: 'text', text: outcome } : outcome;
    },
  };
}
