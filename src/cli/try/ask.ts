import { createInterface } from 'node:readline/promises';

/** Asks for a yes or a no. `null` when nobody answers any more. */
export type Ask = (question: string) => Promise<boolean | null>;

/**
 * Asks at the terminal, or of whatever is piped in. What is neither yes nor no is asked again; nobody answers once the
 * signal is aborted.
 */
export function askAtTerminal(signal: AbortSignal): { readonly ask: Ask; close(): void } {
  const lines = createInterface({ input: process.stdin });
  // Whoever presses Ctrl-C at a question waits in a read that nothing else would end.
  signal.addEventListener('abort', () => lines.close(), { once: true });
  const answers = lines[Symbol.asyncIterator]();
  const ask: Ask = async (question) => {
    for (;;) {
      if (signal.aborted) return null;
      process.stdout.write(question);
      const { done, value } = await answers.next();
      if (done) {
        process.stdout.write('\n');
        return null;
      }
      const answer = String(value).trim().toLowerCase();
      if (answer === 'y' || answer === 'yes') return true;
      if (answer === 'n' || answer === 'no') return false;
    }
  };
  return { ask, close: () => lines.close() };
}
