import { finding, machine } from '../domain/messages/cli.ts';
import { readSandbox, type SandboxSettings } from '../read-settings.ts';
import type { Print } from './print.ts';

/**
 * How untrusted code is held for the person at the terminal: by the same variables as for the server. Says where nothing
 * holds it. Throws every mistake in words.
 */
export function localSandbox(env: Readonly<Record<string, string | undefined>>, print: Print): SandboxSettings {
  const read = readSandbox(env);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  if (read.sandbox.kind === 'external') print(finding(machine.external));
  return read.sandbox;
}
