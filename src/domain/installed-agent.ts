import { z } from 'zod';
import { fileOfHome, installFolder } from './messages/installed-agents.ts';

/** The name of the agent that ships. */
export const BUILT_IN = 'built-in';

/** A path below the home folder. */
const homePath = z
  .string()
  .max(200)
  .refine((path) => !path.startsWith('/') && path.split('/').every((part) => !/^\.{0,2}$/.test(part)), fileOfHome);

/**
 * What every agent has that the operator installs. `{model}`, `{base-url}`, `{install}` and `{home}` in texts stand for
 * what they name: the model as its endpoint calls it, the address of the gateway, and two folders of the sandbox.
 */
export const InstalledAgent = z.strictObject({
  command: z.array(z.string().min(1)).min(1).describe('What is run, word for word, without a shell'),
  install: z
    .string()
    .startsWith('/', installFolder)
    .optional()
    .describe(
      'Folder of this machine that holds the agent; the sandbox sees it as {install}, and its bin folders are on PATH',
    ),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
    .default({})
    .describe('Environment of the agent. No secrets: it needs no key'),
  files: z.record(homePath, z.string()).default({}).describe('Settings of the agent, below its home folder'),
  model: z.string().default('default').describe('The model it works with where the repository names none'),
});
export type InstalledAgent = z.infer<typeof InstalledAgent>;

/** An agent as the operator's file names it: a command that is told its task, works and ends, or one that is spoken to. */
export const HeadlessAgent = InstalledAgent.extend({
  speaks: z
    .enum(['command', 'acp'])
    .default('command')
    .describe(
      '`acp`: the Agent Client Protocol on its standard input and output; `prompt` and `output` mean nothing then',
    ),
  mode: z.string().max(100).optional().describe('With `acp`: the mode of its sessions, by the id that it gives it'),
  prompt: z
    .enum(['argument', 'stdin', 'file'])
    .default('stdin')
    .describe(
      'How it is told its task: {prompt} among its arguments, its standard input, or a file named {prompt-file}',
    ),
  output: z.enum(['text', 'json-lines']).default('text').describe('What it prints while it works'),
});
export type HeadlessAgent = z.infer<typeof HeadlessAgent>;
