import { CONFIGURATION_FILE } from './domain/configuration.ts';
import type { Fact } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { fileRefused } from './domain/messages/configuration.ts';
import * as say from './domain/messages/people.ts';
import { keyOf } from './domain/rejection.ts';
import type { FileProblem } from './domain/rubric.ts';
import { standingOf } from './domain/standing.ts';
import { FileRefused, NotPrepared, type Ports } from './ports.ts';
import { commentOnce } from './write-once.ts';

/** Whether a file of base cannot be used, or what the configuration wants made of base cannot be made. */
export const isMistake = (error: unknown): error is FileRefused | NotPrepared =>
  error instanceof FileRefused || error instanceof NotPrepared;

/** That as a problem like any other. */
export function problemOf(error: FileRefused | NotPrepared): FileProblem {
  if (error instanceof FileRefused) return { file: error.path, line: 1, ...fileRefused[error.reason] };
  const { problem, fix, said } = error;
  return { file: CONFIGURATION_FILE, line: 1, problem, fix, said };
}

/**
 * One comment on the rejection with file, line, reason and fix; nothing else happens. The same problems are not told
 * twice.
 */
export async function refuseConfiguration(ports: Ports, problems: readonly FileProblem[]): Promise<readonly Fact[]> {
  // What a program said differs from run to run.
  const problemsHash = hashOf(problems.map(({ said: _, ...problem }) => problem));
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (standing.configurationRefused?.problemsHash === problemsHash) return [];
  const comment = await commentOnce(
    ports,
    `configuration-${problemsHash.slice(0, 12)}-${standing.told}`,
    say.configurationRefused(problems),
  );
  return [{ kind: 'configuration-refused', problemsHash, comment }];
}
