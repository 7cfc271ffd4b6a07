import { z } from 'zod';
import type { SandboxRun } from '../../../ports.ts';
import { tool } from './tool.ts';

const schema = z.strictObject({
  command: z
    .string()
    .min(1)
    .max(10_000)
    .describe('One line or a script for /bin/sh, run in the root of the repository'),
});

/** Seconds that one command may take. */
const LONGEST = 120;

const endings: Readonly<Record<SandboxRun['ended'], string>> = {
  exited: '',
  'killed-by-signal': 'It was ended by a signal.',
  'timed-out': `It was ended after ${LONGEST} seconds.`,
  'fell-silent': 'It was ended because it printed nothing for too long.',
  'out-of-cpu': 'It was ended because it used the processor for too long.',
  'too-much-output': 'It was ended because it printed too much.',
  'too-much-memory': 'It was ended because it took too much memory.',
  'disk-filled': 'It was ended because the disk filled up.',
  aborted: 'It was stopped.',
  'could-not-start': 'It could not be started.',
};

/** What a shell reports for SIGKILL, which the kernel sends, too. */
const KILLED = 137;

function endingOf({ ended, exit }: SandboxRun): string {
  if (ended === 'exited') return `exit status ${exit}`;
  const unclear = ended === 'killed-by-signal' && (exit === null || exit === KILLED);
  return unclear ? 'It was ended by a signal, or because it took too much memory.' : endings[ended];
}

export const run = tool(
  'run',
  'Runs a command without network and shows what it printed. Nothing goes on running afterwards.',
  schema,
  async ({ command }, workplace) => {
    const ran = await workplace.run(command, { seconds: LONGEST });
    const printed = Buffer.from(ran.stdout).toString('utf8');
    return [
      endingOf(ran),
      `printed:\n${printed}`,
      ...(ran.stderr === '' ? [] : [`printed as errors:\n${ran.stderr}`]),
    ].join('\n');
  },
);
