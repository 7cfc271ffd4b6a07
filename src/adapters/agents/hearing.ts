import type { Heard } from '../../domain/agent-lines.ts';
import type { OnThread } from './thread.ts';

/** How much of what was said is remembered. */
const REMEMBERED = 4_000;

/** What is heard of an agent in one turn. */
export interface Hearing {
  /** Tells whoever watches what `read` finds, in order; nothing more once that failed. */
  take(read: () => readonly Heard[]): void;
  /** Whether the turn is to be handed back. */
  wanted(): boolean;
  /** What it said last. */
  last(): string;
  /** Throws what whoever watches threw. */
  check(): void;
}

/** `end` is called once: when the turn is to be handed back and none of its calls is open, or when whoever watches failed. */
export function hearing(on: OnThread, end: (reason: unknown) => void): Hearing {
  const open = new Set<string>();
  let last = '';
  let wanted = false;
  let ended = false;
  let fault: { readonly error: unknown } | null = null;
  const endOnce = (reason: unknown): void => {
    if (!ended) end(reason);
    ended = true;
  };
  const tell = (event: Heard): void => {
    if (event.is === 'said') last = `${last}${event.text}\n`.slice(-REMEMBERED);
    if (event.is === 'called') open.add(event.call);
    if (event.is === 'answered') open.delete(event.call);
    wanted = on(event) === 'hand-back' || wanted;
    if (wanted && open.size === 0) endOnce(new Error('handed back'));
  };
  return {
    take(read) {
      if (fault !== null) return;
      try {
        for (const event of read()) tell(event);
      } catch (error) {
        fault = { error };
        endOnce(error);
      }
    },
    wanted: () => wanted,
    last: () => last,
    check() {
      if (fault !== null) throw fault.error;
    },
  };
}
