import { ModelRefused } from '../../domain/chat.ts';
import type { Spent } from '../../domain/fact.ts';
import { modelTrouble, roundEnded } from '../../domain/messages/agents.ts';
import { plainLine } from '../../domain/prompts/plain.ts';
import {
  type Agent,
  type AgentResult,
  type Gateway,
  GatewayCut,
  type Log,
  type Sandbox,
  SandboxRefused,
  type Task,
  Weather,
} from '../../ports.ts';
import { type Following, type FollowOptions, follow } from './follow-task.ts';
import { takeSnapshot } from './take-snapshot.ts';
import type { Thread, ThreadKind, TurnEnd } from './thread.ts';
import { SandboxBroken } from './workplace.ts';

interface ThreadAgent extends FollowOptions {
  readonly kind: ThreadKind;
  readonly sandbox: Sandbox;
  readonly log: Log;
}

type Nothing = Extract<AgentResult, { is: 'nothing' }>;
type Outcome =
  | { readonly is: 'candidate'; readonly tree: string; readonly summary: string }
  | { readonly is: 'nothing'; readonly code: Nothing['code']; readonly because: string };

const nothing = (code: Nothing['code'], because: string): Outcome => ({ is: 'nothing', code, because });

/**
 * Any kind of agent as the rounds know agents: it gets its brief on a fresh worktree in the sandbox, whoever watches is
 * told what it does and heeded, and the worktree leaves as a pack. Whether there is a candidate follows from the tree
 * alone, never from what the agent says. Throws only for bugs; `SandboxRefused` when nothing may run here.
 */
export function threadAgent(options: ThreadAgent): Agent {
  return {
    kind: 'model',
    async implement(task) {
      const began = performance.now();
      const { outcome, spent } = await carryOut(options, task);
      const cost = { seconds: (performance.now() - began) / 1000, ...spent };
      if (outcome.is === 'nothing') return { ...outcome, spent: cost };
      const candidate = { base: task.base, tree: outcome.tree };
      return { is: 'candidate', candidate, summary: outcome.summary, spent: cost };
    },
  };
}

interface CarriedOut {
  readonly outcome: Outcome;
  readonly spent: Omit<Spent, 'seconds'>;
}

async function carryOut(options: ThreadAgent, task: Task): Promise<CarriedOut> {
  let following: Following;
  try {
    following = follow(task, options);
  } catch (error) {
    if (!(error instanceof ModelRefused)) throw error;
    return { outcome: nothing('model-unreachable', error.message), spent: { tokens: 0, requests: 0 } };
  }
  const outcome = await attempt(options, task, following)
    .catch((error: unknown) => failed(error, task, following, options.kind.model))
    .finally(() => following.end());
  const { answered: _, ...spent } = following.gateway.spent();
  return { outcome, spent };
}

async function attempt({ kind, sandbox, log }: ThreadAgent, task: Task, following: Following): Promise<Outcome> {
  const { signal, gateway } = following;
  signal.throwIfAborted();
  const baseTree = await task.repository.treeOf(task.base);
  const laid = await task.repository.checkout(baseTree, task.hide);
  const checkout = task.prepared === undefined ? laid : { ...laid, prepared: task.prepared };
  try {
    const thread = await kind.open({ sandbox, checkout, gateway, limits: task.brief.limits, log, signal });
    const end = await turns(thread, kind.first(task.brief), following).finally(() => thread.close());
    if (end.is === 'over') return over(end);
    if (end.is === 'cannot') return nothing('cannot', plainLine(end.reason, 300) || roundEnded.noReason());
    const tree = await takeSnapshot(sandbox, task.repository, { checkout, base: task.base, signal });
    if (tree === baseTree) return unchanged(kind.model, end.summary, gateway);
    return { is: 'candidate', tree, summary: plainLine(end.summary, 300) };
  } finally {
    await checkout.dispose();
  }
}

/** One turn with the brief, and one more for each nudge. An agent that ended before it was nudged goes on all the same. */
async function turns(
  thread: Thread,
  brief: string,
  following: Following,
): Promise<Exclude<TurnEnd, { is: 'handed-back' }>> {
  for (let text = brief; ; ) {
    following.signal.throwIfAborted();
    following.tell(text);
    const end = await thread.turn(text, following.on, following.signal);
    // Some ways of ending a run end it like its own end.
    following.signal.throwIfAborted();
    const nudge = following.takeNudge();
    if (nudge === null || end.is === 'cannot' || end.is === 'over') {
      return end.is === 'handed-back' ? { is: 'done', summary: '' } : end;
    }
    text = nudge;
  }
}

/** Why nothing was changed: an agent's own end, or its exit code, never tells. */
function unchanged(model: string, said: string, gateway: Gateway): Outcome {
  const { requests, answered } = gateway.spent();
  if (answered > 0) return nothing('no-change', roundEnded.noChange());
  if (requests > 0) return nothing('model-unreachable', modelTrouble.unreachable(model));
  return nothing('broken', roundEnded.neverAsked(plainLine(said, 600)));
}

function over({ what, most }: Extract<TurnEnd, { is: 'over' }>): Outcome {
  if (what === 'stuck') return nothing('broken', roundEnded.stuck());
  return nothing('budget', roundEnded.steps(most));
}

/** The end of a round that was cut short, by whom it was. */
function failed(error: unknown, { signal, brief }: Task, following: Following, model: string): Outcome {
  if (signal.aborted) return nothing('stopped', roundEnded.stopped());
  if (following.stopped !== null) return nothing('watched', following.stopped);
  if (following.late.aborted) return nothing('budget', roundEnded.minutes(brief.limits.minutes));
  if (following.idle.aborted) return nothing('budget', roundEnded.idle(following.idleMs));
  const cut: unknown = following.gateway.cut.reason;
  if (cut instanceof GatewayCut)
    return cut.code === 'budget'
      ? nothing('budget', roundEnded.spent(brief.limits.tokens))
      : nothing('model-unreachable', cut.message);
  if (error instanceof SandboxRefused) throw error;
  if (error instanceof SandboxBroken) return nothing('broken', error.message);
  if (error instanceof Weather || error instanceof ModelRefused)
    return nothing('model-unreachable', error.message || modelTrouble.unreachable(model));
  throw error;
}
