import type { AgentEvent, Intervention } from '../../domain/agent-event.ts';
import type { ApprovedSpec } from '../../domain/approval.ts';
import type { Recorded } from '../../domain/fact.ts';
import { standingOf } from '../../domain/standing.ts';
import type { Transcript, TranscriptEvent } from '../../domain/transcript/line.ts';
import type { Agent, AgentResult, Brief, Ports, Task } from '../../ports.ts';
import type { Base } from '../../read-base.ts';

/** The approval as the agent was given it; null where the facts do not hold it. */
export function approvalOf(facts: readonly Recorded[], attempt: number): ApprovedSpec | null {
  const at = facts.findIndex(({ fact }) => fact.kind === 'spec-approved' && fact.event === attempt);
  const { stage } = standingOf(facts.slice(0, at + 1));
  return at !== -1 && stage.name === 'cleared' ? stage.approved : null;
}

/** What whoever watched wanted, at the same places: the nth event of a kind is the nth of that kind again. */
export function asWatched(events: readonly TranscriptEvent[]): (event: AgentEvent) => Intervention | null {
  const count = () => {
    const counts = new Map<string, number>();
    return ({ is }: AgentEvent): string => {
      counts.set(is, (counts.get(is) ?? 0) + 1);
      return `${is} ${counts.get(is)}`;
    };
  };
  const placeThen = count();
  const wanted = new Map(events.map((one) => [placeThen(one.event), one.wanted ?? null]));
  const placeNow = count();
  return (event) => wanted.get(placeNow(event)) ?? null;
}

/** The agent as it was; null where its rubric is not there any more. `agents` ask the recorded answers. */
export function agentOf(
  { head }: Transcript,
  base: Base,
  agents: Ports['agents'],
  approved: ApprovedSpec,
): Agent | null {
  const { configuration, rubrics } = base;
  if (head.uses !== null) {
    const { agent: use, model } = head.uses;
    return agents.model({ ...configuration, agent: { ...configuration.agent, use, model: model.name } });
  }
  const rubric = rubrics.find(({ id, hash }) => id === approved.rubric.id && hash === approved.rubric.hash);
  return rubric === undefined ? null : agents.recipe(rubric, configuration);
}

/** Makes the round again, with its own brief, on the commit that it was made on. */
export function makeAgain(
  { head, events }: Transcript,
  approved: ApprovedSpec,
  agent: Agent,
  of: Pick<Task, 'repository' | 'signal' | 'prepared'>,
): Promise<AgentResult> {
  const brief = { ...(head.brief as unknown as Omit<Brief, 'approved'>), approved };
  return agent.implement({ ...of, brief, base: head.start, hide: head.hide, on: asWatched(events) });
}
