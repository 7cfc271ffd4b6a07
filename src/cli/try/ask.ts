import { createInterface } from 'node:readline/promises';

/** Asks for a yes or a no. `null` when nobody answers any more. */
export type Ask = (question: string) => Promise<boolean | null>;

/** Asks at the terminal, or of whatever is piped in. What is neither yes nor no is asked again. */
export function askAtTerminal(): { readonly ask: Ask; close(): void } {
  const lines = createInterface({ input: process.stdin });
  const answers = lines[Symbol.asyncIterator]();
  const ask: Ask = async (question) => {
    for (;;) {
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
