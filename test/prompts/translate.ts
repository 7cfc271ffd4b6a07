import type { Issue, Ports } from '../../src/ports.ts';
import type { Base } from '../../src/read-base.ts';
import { type ByModel, readByModel } from '../../src/read-by-model.ts';
import { type Replayed, replayTicket } from '../../src/replay-ticket.ts';
import { bodyOf, type ExampleRejection } from './example.ts';

/** What the product's models made of one rejection. null: nothing usable, even after a repair, or none of the kinds. */
export interface Translation {
  readonly replayed: Replayed;
  readonly read: ByModel | null;
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

/** What the product asks its models when no recipe and no pattern has answered before. Throws when nothing is replayed. */
export async function translate(ports: Ports, base: Base, rejection: ExampleRejection): Promise<Translation> {
  const replayed = await replayTicket(ports, base, issueOf(rejection));
  if (replayed.is !== 'replayed') throw new Error(`${rejection.id}: ${JSON.stringify(replayed)}`);
  return { replayed, read: await readByModel(ports, base, replayed, async () => [], []) };
}
