import { resolve } from 'node:path';
import { Command } from 'commander';
import { shippedRubrics } from '../compose.ts';
import { lint as say } from '../domain/messages/cli.ts';
import { lintCheckout } from './lint-checkout.ts';
import { type Print, toTerminal } from './print.ts';

/** Prints each mistake of the checkout as `file:line: problem fix`; true when there is none. */
export async function runLint(path: string, print: Print): Promise<boolean> {
  const { files, problems } = await lintCheckout(resolve(path), await shippedRubrics().rubrics());
  for (const { file, line, problem, fix } of problems) print(say.problem(file, line, problem, fix));
  print(problems.length === 0 ? say.clean(files) : say.found(problems.length));
  return problems.length === 0;
}

export const lint = new Command('lint').argument('[path]', 'the checkout', '.').action(async (path: string) => {
  if (!(await runLint(path, toTerminal))) process.exitCode = 1;
});
