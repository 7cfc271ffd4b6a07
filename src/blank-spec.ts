import type { Fact, Reason } from './domain/fact.ts';
import { hashOf, hashText } from './domain/hash.ts';
import * as say from './domain/messages/commands.ts';
import { blankBlock } from './domain/spec-comment.ts';
import type { Standing } from './domain/stage.ts';
import type { Comment, Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { readText } from './read-text.ts';
import { replayTicket } from './replay-ticket.ts';
import { commentOnce } from './write-once.ts';

/**
 * A spec comment for a person to fill in, where `/spec` stood alone: the case's input is taken over from the replayed trace,
 * with surrogates, because nobody writes that by hand.
 */
export async function blankSpec(
  ports: Ports,
  base: Base,
  { accepted, family }: Standing,
  asked: Comment,
): Promise<readonly Fact[] | Reason> {
  if (accepted === null) return { code: 'command-too-late' };
  const { issue, said, textHash } = await readText(ports, { accepted, family });
  const replay = await replayTicket(ports, base, issue, said);
  const frozen = replay.is === 'replayed' ? replay.frozen : null;
  const named = replay.is === 'replayed' ? replay.rejection.annotations.step : undefined;
  const traced = frozen?.steps.find(({ step }) => step === named) ?? frozen?.steps[0];
  const step = traced?.step ?? base.configuration.steps[0]?.name ?? '';
  const [change = ''] = Object.entries(base.configuration.changes).flatMap(([kind, of]) =>
    of.step === step ? [kind] : [],
  );
  const block = blankBlock({ step, change, input: traced?.input ?? null });
  const body = say.blankSpec(block, Object.keys(base.configuration.changes), replay.is !== 'replayed');
  const comment = await commentOnce(ports, `blank-${asked.id}`, body);
  const rubric = base.rubrics.find((one) => one.change === change);
  return [
    { ...accepted, after: asked.id, textHash },
    {
      kind: 'draft-posted',
      comment,
      bodyHash: hashText(body),
      textHash,
      // Of no other rejection: nobody has said yet what the fault is.
      fingerprint: hashOf({ blank: ports.ref, comment }),
      rubric: rubric === undefined ? { id: 'none', hash: hashOf(change) } : { id: rubric.id, hash: rubric.hash },
      change,
      base: base.commit,
      by: 'person',
    },
  ];
}
