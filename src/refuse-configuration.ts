import type { Fact } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { fileRefused } from './domain/messages/configuration.ts';
import * as say from './domain/messages/people.ts';
import { keyOf } from './domain/rejection.ts';
import type { FileProblem } from './domain/rubric.ts';
import { standingOf } from './domain/standing.ts';
import type { FileRefused, Ports } from './ports.ts';
import { commentOnce } from './write-once.ts';

/** A file of base that cannot be used, as a problem like any other. */
export const problemOf = ({ path, reason }: FileRefused): FileProblem => ({
  file: path,
  line: 1,
  ...fileRefused[reason],
});

/**
 * One comment on the rejection with file, line, reason and fix; nothing else happens. The same problems are not told
 * twice.
 */
export async function refuseConfiguration(ports: Ports, problems: readonly FileProblem[]): Promise<readonly Fact[]> {
  const problemsHash = hashOf(problems);
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (standing.configurationRefused?.problemsHash === problemsHash) return [];
  const comment = await commentOnce(
    ports,
    `configuration-${problemsHash.slice(0, 12)}-${standing.told}`,
    say.configurationRefused(problems),
  );
  return [{ kind: 'configuration-refused', problemsHash, comment }];
}
