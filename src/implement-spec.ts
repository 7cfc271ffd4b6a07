import type { ApprovedSpec } from './domain/approval.ts';
import type { Fact, Spent } from './domain/fact.ts';
import type { At, Round } from './domain/stage.ts';
import type { Verdict } from './domain/verdict.ts';
import { type Agent, type AgentResult, type FailureNote, FileRefused, type Ports } from './ports.ts';
import type { Base } from './read-base.ts';

const nothing: Spent = { seconds: 0, tokens: 0, requests: 0 };

/** The recipe where the rubric has one and the spec fills its blanks, else the model, else nobody. */
export function agentFor(ports: Ports, base: Base, approved: ApprovedSpec): Agent | null {
  const { kind } = base.configuration.agent;
  const rubric = base.rubrics.find((r) => r.id === approved.rubric.id && r.hash === approved.rubric.hash);
  const hasRecipe = rubric !== undefined && rubric.recipe !== null && approved.spec.slots !== undefined;
  if (hasRecipe && (kind === 'auto' || kind === 'recipe')) return ports.agents.recipe(rubric, base.configuration);
  return kind === 'auto' || kind === 'model' ? ports.agents.model : null;
}

const leaves = (verdict: Verdict): readonly Verdict[] =>
  verdict.children === undefined || verdict.children.length === 0 ? [verdict] : verdict.children.flatMap(leaves);

/** What the next round may know of a failed one. A failed hold-out stays one bit. */
function failureNote(round: Round, approved: ApprovedSpec): FailureNote {
  const parts = (round.judged?.verdict.children ?? []).filter((part) => !part.passed);
  const failed = parts.flatMap((part) =>
    leaves(part)
      .filter((leaf) => !leaf.passed)
      .map((leaf) => ({ leaf, step: part.name.startsWith('step ') ? part.name.slice(5) : approved.spec.step })),
  );
  return {
    round: round.round,
    failed: failed
      .filter(({ leaf }) => leaf.expected !== undefined)
      .map(({ leaf, step }) => ({ case: leaf.name, step, expected: leaf.expected ?? '', got: leaf.got ?? '' })),
    other: failed.filter(({ leaf }) => leaf.expected === undefined).map(({ leaf }) => `${leaf.name}: ${leaf.because}`),
  };
}

function factOf(round: number, agent: Agent, result: AgentResult): Fact {
  if (result.is === 'candidate')
    return { kind: 'round-ended', round, candidate: result.candidate, spent: result.spent, by: agent.kind };
  const code = result.code === 'model-unreachable' ? 'agent-broken' : `agent-${result.code}`;
  return { kind: 'round-failed', round, reason: { code, detail: result.because }, spent: result.spent };
}

/** Longest AGENTS.md that is handed on. */
const INSTRUCTIONS_BYTES = 64 * 1024;

/** What the repository tells agents; nothing where its file cannot be used. */
async function instructionsOf(ports: Ports, base: Base): Promise<string> {
  try {
    return (await ports.repository.read(base.commit, 'AGENTS.md', INSTRUCTIONS_BYTES)) ?? '';
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    ports.log.warn(error.message, { repository: ports.ref.repo });
    return '';
  }
}

/**
 * One round: the agent turns the approved spec into a candidate tree. It sees the spec and what failed before, never
 * the rejection, and no hold-out (invariant 4). `agent: null` is answered in words.
 */
export async function implementSpec(
  ports: Ports,
  base: Base,
  stage: At<'cleared'>,
  agent: Agent | null,
  signal: AbortSignal,
): Promise<Fact> {
  const round = stage.rounds.at(-1)?.round ?? 1;
  if (agent === null) return { kind: 'round-failed', round, reason: { code: 'no-agent' }, spent: nothing };
  const { configuration } = base;
  const step = configuration.steps.find((s) => s.name === stage.approved.spec.step);
  if (step === undefined)
    return {
      kind: 'round-failed',
      round,
      reason: { code: 'agent-broken', detail: 'the step is gone' },
      spent: nothing,
    };
  const rejected = stage.rounds.filter((r) => r.judged !== null && !r.judged.verdict.passed);
  const brief = {
    approved: stage.approved,
    step,
    instructions: await instructionsOf(ports, base),
    rejected: rejected.map((r) => failureNote(r, stage.approved)),
    limits: { minutes: configuration.budget.minutes, tokens: configuration.budget.tokens },
  };
  return factOf(
    round,
    agent,
    await agent.implement(brief, ports.repository, base.commit, configuration.private, signal),
  );
}
