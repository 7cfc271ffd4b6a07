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

/** What says how untrusted code is held, for an app that is started from here. */
export const sandboxEnvironment = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    ['SANDBOX', 'CONTAINER_RUNTIME', 'CONTAINER_ROOTFS'].flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
