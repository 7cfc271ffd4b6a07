import { personalProblem, personalWarning } from './domain/messages/personal.ts';
import type { Said } from './domain/parse-rejection.ts';
import { drawBy } from './domain/personal/draw-by.ts';
import { personalIn } from './domain/personal-in-spec.ts';
import { accountsOf, type Redactor, redactor } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import type { Spec } from './domain/spec.ts';
import { readNamed } from './find-places.ts';
import type { Issue, Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { replayTicket } from './replay-ticket.ts';

/** One that knows whom the ticket is about; where it cannot be replayed, what is told by its form. */
async function redactorOf(ports: Ports, base: Base, issue: Issue, said: Said): Promise<Redactor> {
  const replay = await replayTicket(ports, base, issue, said);
  if (replay.is === 'replayed') return replay.by;
  if (replay.is === 'differs') return replay.pasted.by;
  return redactor({ accounts: accountsOf(base.configuration), draw: drawBy(keyOf(ports.ref)) });
}

/** The files that the spec names, as they are committed: what stands there is no secret that it tells. */
async function committed(ports: Ports, base: Base, spec: Spec): Promise<string> {
  const texts: string[] = [];
  for (const file of spec.files) texts.push((await readNamed(ports, base.commit, file)) ?? '');
  return texts.join('\n');
}

/** What of a spec is somebody's own: certain, so that it cannot be cleared, or likely, so that people look. In words. */
export async function checkPersonal(
  ports: Ports,
  base: Base,
  issue: Issue,
  said: Said,
  spec: Spec,
): Promise<{ readonly problems: readonly string[]; readonly warnings: readonly string[] }> {
  const by = await redactorOf(ports, base, issue, said);
  const found = personalIn(spec, by, await committed(ports, base, spec));
  const [certain, likely] = [found.filter((one) => one.certain), found.filter((one) => !one.certain)];
  return {
    problems: certain.length === 0 ? [] : [personalProblem(certain)],
    warnings: likely.length === 0 ? [] : [personalWarning(likely)],
  };
}
