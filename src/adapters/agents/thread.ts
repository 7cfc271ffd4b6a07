import type { AgentEvent } from '../../domain/agent-event.ts';
import type { Brief, Checkout, Gateway, Log, Sandbox } from '../../ports.ts';

/** What an agent does in a turn. What it is told, and what its model costs, whoever runs the thread tells. */
export type ThreadEvent = Exclude<AgentEvent, { is: 'told' | 'spent' }>;

/** Called for each event in order. `hand-back`: the turn is to end as soon as the agent's present step is over. */
export type OnThread = (event: ThreadEvent) => 'go-on' | 'hand-back';

/** How a turn ended. What the agent says of itself is never taken for success: the tree is judged. */
export type TurnEnd =
  | { readonly is: 'done'; readonly summary: string }
  | { readonly is: 'cannot'; readonly reason: string }
  /** It was asked to hand back; the next turn goes on from there. */
  | { readonly is: 'handed-back' }
  | { readonly is: 'over'; readonly what: 'steps' | 'stuck'; readonly most: number };

/** An agent at work on one worktree. What it did and was told in earlier turns it still knows in later ones. */
export interface Thread {
  /**
   * Tells the agent the text and lets it work until it ends. Throws `Weather` or `ModelRefused` when its model gives no
   * answer, `SandboxBroken` when it died, the signal's reason when aborted. One turn at a time.
   */
  turn(text: string, on: OnThread, signal: AbortSignal): Promise<TurnEnd>;
  /** Ends whatever still runs, and leaves nothing behind. Never throws. */
  close(): Promise<void>;
}

/** What a thread is opened on: one round's worktree, which is the sandbox's /work. */
export interface Opening {
  readonly sandbox: Sandbox;
  /** Every command in it finds what is `prepared` beside it. */
  readonly checkout: Checkout;
  /** Its one way to its model, which counts what it costs. */
  readonly gateway: Pick<Gateway, 'handle' | 'listen'>;
  readonly limits: Brief['limits'];
  readonly log: Log;
  /** Aborted once the round is over. */
  readonly signal: AbortSignal;
}

/** One kind of agent. */
export interface ThreadKind {
  /** Of its model, for sentences about it. */
  readonly model: string;
  /** The brief as this kind of agent is told it, in its first turn. */
  readonly first: (brief: Brief) => string;
  /** Throws like a turn does. */
  readonly open: (opening: Opening) => Promise<Thread>;
}
