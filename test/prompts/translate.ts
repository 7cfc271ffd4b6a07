import { rubricsFor } from '../../src/domain/detect.ts';
import type { Disposition } from '../../src/domain/prompts/detect.ts';
import type { Draft } from '../../src/domain/prompts/draft.ts';
import { detectByModel, draftByModel } from '../../src/draft-by-model.ts';
import type { Issue, Ports } from '../../src/ports.ts';
import type { Base } from '../../src/read-base.ts';
import { type Replayed, replayTicket } from '../../src/replay-ticket.ts';
import { bodyOf, type ExampleRejection } from './example.ts';

/** What the product's model made of one rejection. null: asked for, and not readable even after its repair. */
export interface Translation {
  readonly replayed: Replayed;
  readonly disposition: Disposition | null;
  /** undefined: nothing to act upon, so that none was asked for. */
  readonly draft: Draft | null | undefined;
}

const issueOf = (rejection: ExampleRejection): Issue => ({
  number: 1,
  title: rejection.title,
  body: bodyOf(rejection),
  author: rejection.reporter,
  authorIsPerson: true,
  open: true,
  labels: ['rejection'],
  isPullRequest: false,
  closedBy: null,
});

/**
 * Detect, then draft where there is something to act upon: what the product asks when no recipe and no pattern has
 * answered before. Throws when the ticket cannot be replayed.
 */
export async function translate(ports: Ports, base: Base, rejection: ExampleRejection): Promise<Translation> {
  const { model } = ports;
  if (model === null) throw new Error('there is no model to ask');
  const replayed = await replayTicket(ports, base, issueOf(rejection));
  if (replayed.is !== 'replayed') throw new Error(`${rejection.id}: ${JSON.stringify(replayed)}`);
  const disposition = await detectByModel(model, base, replayed);
  if (disposition?.is !== 'act') return { replayed, disposition, draft: undefined };
  const rubrics = rubricsFor(base.rubrics, replayed.rejection);
  return { replayed, disposition, draft: await draftByModel(ports, model, base, replayed, rubrics) };
}
