import type { ApprovedSpec } from './domain/approval.ts';
import { type Allowance, endedBy } from './domain/budget.ts';
import { hiddenFromAgents } from './domain/case-files.ts';
import type { Configuration } from './domain/configuration.ts';
import type { FactOf, Reason } from './domain/fact.ts';
import { failureNotes } from './domain/failure-note.ts';
import { oracleGlobs } from './domain/integrity.ts';
import { WAYS } from './domain/prompts/brief.ts';
import type { Remark } from './domain/review.ts';
import { nothingSpent } from './domain/spent.ts';
import type { Round } from './domain/stage.ts';
import { notingEach } from './keep-budget.ts';
import { knowingPeople } from './know-people.ts';
import { preparedFor } from './lay-out.ts';
import { type Agent, type AgentResult, type Brief, FileRefused, type Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { implementRecorded } from './record-round.ts';
import { watchRound } from './watch-round.ts';

/** The recipe where the rubric has one and the spec fills its blanks, else the model, else nobody. */
export function agentFor(ports: Ports, base: Base, approved: ApprovedSpec): Agent | null {
  const { kind } = base.configuration.agent;
  const rubric = base.rubrics.find((r) => r.id === approved.rubric.id && r.hash === approved.rubric.hash);
  const hasRecipe = rubric !== undefined && rubric.recipe !== null && approved.spec.slots !== undefined;
  if (hasRecipe && (kind === 'auto' || kind === 'recipe')) return ports.agents.recipe(rubric, base.configuration);
  return kind === 'auto' || kind === 'model' ? ports.agents.model(base.configuration) : null;
}

type RoundEnd = FactOf<'round-ended'> | FactOf<'round-failed'>;

/** A round that was ended by a limit over several attempts says so: it is no failure of the agent. */
function reasonFor(
  { code, because, spent }: Extract<AgentResult, { is: 'nothing' }>,
  allowance: Allowance,
  { budget }: Configuration,
): Reason {
  if (code === 'model-unreachable') return { code: 'agent-broken', detail: because };
  const { scope, unit } = endedBy(allowance, spent);
  if (code !== 'budget' || scope === 'attempt') return { code: `agent-${code}`, detail: because };
  return { code: `budget-${scope}`, detail: `${unit} ${budget[scope][unit] ?? 0}` };
}

function factOf({ round, allowance }: Attempt, base: Base, agent: Agent, result: AgentResult): RoundEnd {
  if (result.is === 'candidate') {
    const candidate = { base: base.commit, tree: result.candidate.tree };
    return { kind: 'round-ended', round, candidate, spent: result.spent, by: agent.kind };
  }
  const reason = reasonFor(result, allowance, base.configuration);
  return { kind: 'round-failed', round, reason, spent: result.spent };
}

const limitsOf = ({ minutes, tokens, money }: Allowance): Brief['limits'] => ({
  minutes,
  tokens,
  ...(money !== undefined && { money }),
});

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

/** The rounds of an attempt so far, and the one that is to be made. */
export interface Attempt {
  readonly approved: ApprovedSpec;
  readonly rounds: readonly Round[];
  readonly round: number;
  readonly allowance: Allowance;
  /** Which of several that work side by side, from 1 on. */
  readonly candidate?: number;
}

/** What a reviewer wants to be made differently, and the commit with what is there already. */
export interface Revised {
  readonly head: string;
  readonly wishes: readonly Remark[];
  /** As it stands on base now: the head may be judged by an older one. */
  readonly today: Configuration;
}

/**
 * One round: the agent turns the approved spec into a candidate tree. It sees the spec and what failed before, never
 * the rejection, and no hold-out (invariant 4). `agent: null` is answered in words.
 */
export async function implementSpec(
  ports: Ports,
  base: Base,
  attempt: Attempt,
  agent: Agent | null,
  signal: AbortSignal,
  revised: Revised | null = null,
): Promise<RoundEnd> {
  const { approved, rounds, round, allowance, candidate = 1 } = attempt;
  if (agent === null) return { kind: 'round-failed', round, reason: { code: 'no-agent' }, spent: nothingSpent };
  const { configuration } = base;
  const step = configuration.steps.find((s) => s.name === approved.spec.step);
  if (step === undefined)
    return {
      kind: 'round-failed',
      round,
      reason: { code: 'agent-broken', detail: 'the step is gone' },
      spent: nothingSpent,
    };
  const rejected = rounds.filter((r) => r.judged !== null && !r.judged.verdict.passed);
  const hide = hiddenFromAgents(ports.ref.issue, configuration, ...(revised === null ? [] : [revised.today]));
  const from = { spec: approved.spec, steps: configuration.steps, hide };
  const way = WAYS[candidate - 2];
  const brief = {
    approved,
    step,
    instructions: await instructionsOf(ports, base),
    rejected: rejected.flatMap((r) => failureNotes(r, from)),
    ...(way !== undefined && { way }),
    review: revised?.wishes ?? [],
    limits: limitsOf(allowance),
  };
  const start = revised?.head ?? base.commit;
  const { repository } = ports;
  // A recipe runs nothing.
  const prepared = agent.kind === 'model' ? await preparedFor(ports, base, signal) : null;
  const task = {
    brief,
    repository,
    base: start,
    hide,
    ...(prepared !== null && { prepared }),
    signal,
    onEntry: notingEach(ports),
  };
  const watched = { round, paths: approved.paths, oracle: oracleGlobs(configuration) };
  const place = { round, candidate, base: base.commit };
  const by = await knowingPeople(ports, revised === null ? base : { ...base, configuration: revised.today });
  const result = await watchRound(ports, watched, (on) => implementRecorded(ports, agent, { ...task, on }, place, by));
  return factOf(attempt, base, agent, result);
}
