import { ModelRefused } from '../../domain/chat.ts';
import { modelTrouble, roundEnded } from '../../domain/messages/agents.ts';
import { renderBrief } from '../../domain/prompts/brief.ts';
import { plainLine } from '../../domain/prompts/plain.ts';
import { texts } from '../../domain/prompts/texts.ts';
import {
  type Agent,
  type AgentResult,
  type Brief,
  type Checkout,
  type Log,
  type Sandbox,
  SandboxRefused,
  type Task,
  Weather,
} from '../../ports.ts';
import type { Chat } from './chat.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { type LoopEnd, type Meter, toolLoop } from './tool-loop.ts';
import { SandboxBroken, workplace } from './workplace.ts';

interface BuiltinAgent {
  /** Such as `openaiChat(settings)`. */
  readonly chat: Chat;
  readonly sandbox: Sandbox;
  readonly log: Log;
  /** Most answers of the model in one round. Default 80. */
  readonly steps?: number;
}

/** A round at work: what `implement` was given, and what it has made of it. */
interface Round extends Task {
  readonly late: AbortSignal;
  readonly meter: Meter;
}

type Outcome =
  | { readonly is: 'candidate'; readonly tree: string; readonly summary: string }
  | { readonly is: 'nothing'; readonly code: Nothing['code']; readonly because: string };
type Nothing = Extract<AgentResult, { is: 'nothing' }>;

const nothing = (code: Nothing['code'], because: string): Outcome => ({ is: 'nothing', code, because });

/**
 * The agent that ships: any model that can call tools, in a loop of our own. Every tool runs in the sandbox; the worktree
 * leaves it as a pack. Whether there is a candidate follows from the tree alone, never from what the model says.
 * Throws only for bugs; `SandboxRefused` when nothing may run here.
 */
export function builtinAgent(options: BuiltinAgent): Agent {
  return {
    kind: 'model',
    async implement(task) {
      const began = performance.now();
      const meter: Meter = { tokens: 0, requests: 0 };
      const late = AbortSignal.timeout(task.brief.limits.minutes * 60_000);
      const round: Round = { ...task, late, meter };
      const outcome = await attempt(options, round).catch((error: unknown) => failed(error, round, options.chat.name));
      const spent = { seconds: (performance.now() - began) / 1000, ...meter };
      if (outcome.is === 'nothing') return { ...outcome, spent };
      return { is: 'candidate', candidate: { base: task.base, tree: outcome.tree }, summary: outcome.summary, spent };
    },
  };
}

async function attempt(options: BuiltinAgent, round: Round): Promise<Outcome> {
  round.signal.throwIfAborted();
  const baseTree = await round.repository.treeOf(round.base);
  const checkout = await round.repository.checkout(baseTree, round.hide);
  try {
    const end = await work(options, round, checkout);
    if (end.is === 'over') return over(end.what, round.brief, options.steps ?? DEFAULT_STEPS);
    if (end.is === 'cannot') return nothing('cannot', plainLine(end.reason, 300) || roundEnded.noReason());
    const tree = await takeSnapshot(options.sandbox, round.repository, { checkout, ...round });
    if (tree === baseTree) return nothing('no-change', roundEnded.noChange());
    return { is: 'candidate', tree, summary: plainLine(end.summary, 300) };
  } finally {
    await checkout.dispose();
  }
}

const DEFAULT_STEPS = 80;

function work(options: BuiltinAgent, round: Round, checkout: Checkout): Promise<LoopEnd> {
  const signal = AbortSignal.any([round.signal, round.late]);
  return toolLoop({
    chat: options.chat,
    workplace: workplace(options.sandbox, checkout.dir, signal),
    system: texts.agent.text,
    prompt: renderBrief(round.brief),
    limits: { tokens: round.brief.limits.tokens, steps: options.steps ?? DEFAULT_STEPS },
    signal,
    meter: round.meter,
    log: options.log,
  });
}

function over(what: 'tokens' | 'steps' | 'stuck', brief: Brief, steps: number): Outcome {
  if (what === 'stuck') return nothing('broken', roundEnded.stuck());
  return nothing('budget', what === 'tokens' ? roundEnded.tokens(brief.limits.tokens) : roundEnded.steps(steps));
}

/** The end of a round that was cut short, by whom it was. */
function failed(error: unknown, { signal, late, brief }: Round, model: string): Outcome {
  if (signal.aborted) return nothing('stopped', roundEnded.stopped());
  if (late.aborted) return nothing('budget', roundEnded.minutes(brief.limits.minutes));
  if (error instanceof SandboxRefused) throw error;
  if (error instanceof SandboxBroken) return nothing('broken', error.message);
  if (error instanceof Weather || error instanceof ModelRefused)
    return nothing('model-unreachable', error.message || modelTrouble.unreachable(model));
  throw error;
}
