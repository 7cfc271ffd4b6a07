import type { At } from './domain/stage.ts';
import type { Ports } from './ports.ts';

/**
 * What a head is judged by: the commit of base that it stands on, but never one older than the pull request began
 * with: a head rooted further back would be judged by rules that were changed since.
 */
export async function baseOfHead(ports: Ports, { proposal }: At<'proposed'>, now: string): Promise<string> {
  const from = await ports.repository.mergeBase(now, proposal.head);
  if (from === null) return now;
  return (await ports.repository.mergeBase(from, proposal.base)) === proposal.base ? from : now;
}
