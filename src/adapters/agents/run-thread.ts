import { ModelRefused } from '../../domain/chat.ts';
import { modelTrouble, roundEnded } from '../../domain/messages/agents.ts';
import { plainLine } from '../../domain/prompts/plain.ts';
import {
  type Agent,
  type AgentResult,
  type Log,
  type Sandbox,
  SandboxRefused,
  type Task,
  Weather,
} from '../../ports.ts';
import { type Following, follow } from './follow-task.ts';
import { takeSnapshot } from './take-snapshot.ts';
import type { Thread, ThreadKind, TurnEnd } from './thread.ts';
import { SandboxBroken } from './workplace.ts';

interface ThreadAgent {
  readonly kind: ThreadKind;
  readonly sandbox: Sandbox;
  readonly log: Log;
  /** Longest time without any event. Default 10 minutes. */
  readonly idleMs?: number;
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
      const following = follow(task, options.idleMs);
      const outcome = await attempt(options, task, following)
        .catch((error: unknown) => failed(error, task, following, options.kind.model))
        .finally(() => following.end());
      const spent = { seconds: (performance.now() - began) / 1000, ...following.spent };
      if (outcome.is === 'nothing') return { ...outcome, spent };
      return { is: 'candidate', candidate: { base: task.base, tree: outcome.tree }, summary: outcome.summary, spent };
    },
  };
}

async function attempt({ kind, sandbox, log }: ThreadAgent, task: Task, following: Following): Promise<Outcome> {
  const { signal } = following;
  signal.throwIfAborted();
  const baseTree = await task.repository.treeOf(task.base);
  const laid = await task.repository.checkout(baseTree, task.hide);
  const checkout = task.prepared === undefined ? laid : { ...laid, prepared: task.prepared };
  try {
    const thread = await kind.open({ sandbox, checkout, limits: task.brief.limits, log, signal });
    const end = await turns(thread, kind.first(task.brief), following).finally(() => thread.close());
    if (end.is === 'over') return over(end);
    if (end.is === 'cannot') return nothing('cannot', plainLine(end.reason, 300) || roundEnded.noReason());
    const tree = await takeSnapshot(sandbox, task.repository, { checkout, base: task.base, signal });
    if (tree === baseTree) return nothing('no-change', roundEnded.noChange());
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

function over({ what, most }: Extract<TurnEnd, { is: 'over' }>): Outcome {
  if (what === 'stuck') return nothing('broken', roundEnded.stuck());
  return nothing('budget', what === 'tokens' ? roundEnded.tokens(most) : roundEnded.steps(most));
}

/** The end of a round that was cut short, by whom it was. */
function failed(error: unknown, { signal, brief }: Task, following: Following, model: string): Outcome {
  if (signal.aborted) return nothing('stopped', roundEnded.stopped());
  if (following.stopped !== null) return nothing('watched', following.stopped);
  if (following.late.aborted) return nothing('budget', roundEnded.minutes(brief.limits.minutes));
  if (following.idle.aborted) return nothing('budget', roundEnded.idle(following.idleMs));
  if (error instanceof SandboxRefused) throw error;
  if (error instanceof SandboxBroken) return nothing('broken', error.message);
  if (error instanceof Weather || error instanceof ModelRefused)
    return nothing('model-unreachable', error.message || modelTrouble.unreachable(model));
  throw error;
}
