import type { Fact } from './domain/fact.ts';
import { keyOf } from './domain/rejection.ts';
import { standingOf } from './domain/standing.ts';
import type { Ports } from './ports.ts';

/** Thrown when somebody else wrote facts meanwhile: the move is decided again from the start. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** Appends right after what was last read, or throws `Overtaken`. */
export async function record(ports: Ports, after: number, facts: readonly Fact[]): Promise<void> {
  if (facts.length > 0 && !(await ports.ledger.append(keyOf(ports.ref), after, facts))) throw new Overtaken();
}

/**
 * Appends what has happened already, whatever was written meanwhile: a receipt must not be lost because a push or a
 * round was recorded in the same moment. Decisions are safe all the same: only one advance runs at a time.
 */
export async function recordAfterwards(ports: Ports, facts: readonly Fact[]): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const recorded = await ports.ledger.read(keyOf(ports.ref));
    if (await ports.ledger.append(keyOf(ports.ref), recorded.at(-1)?.seq ?? 0, facts)) return;
  }
  throw new Overtaken();
}

/**
 * Posts a comment at most once under its name: intent first, then the write. After a crash in between, the comment is
 * looked for by its marker before it is posted again. Returns the comment's id.
 */
export async function commentOnce(ports: Ports, name: string, body: string, on?: number): Promise<number> {
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const look = standing.intents.includes(name);
  if (!look) await record(ports, standing.last, [{ kind: 'intent', what: name }]);
  return ports.forge.postComment(on ?? ports.ref.issue, name, body, look);
}
