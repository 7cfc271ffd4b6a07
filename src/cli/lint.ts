import { resolve } from 'node:path';
import { Command } from 'commander';
import { shippedRubrics } from '../compose.ts';
import { estimateTokens } from '../domain/chat.ts';
import { lint as say } from '../domain/messages/cli.ts';
import { tokens } from '../domain/messages/rubrics.ts';
import type { FileProblem } from '../domain/rubric.ts';
import { lintCheckout, lintRubricsIn } from './lint-checkout.ts';
import { type Print, toTerminal } from './print.ts';

/** Prints what each rubric costs a model, and each mistake in one; true when there is none. */
export async function runLintRubrics(path: string, print: Print): Promise<boolean> {
  const { files, problems, rubrics } = await lintRubricsIn(resolve(path), await shippedRubrics().rubrics());
  for (const { file, when, title, body } of rubrics)
    print(tokens(file, estimateTokens(title.length + when.length), estimateTokens(body.length)));
  return conclude(files, problems, print);
}

function conclude(files: number, problems: readonly FileProblem[], print: Print): boolean {
  for (const { file, line, problem, fix } of problems) print(say.problem(file, line, problem, fix));
  print(problems.length === 0 ? say.clean(files) : say.found(problems.length));
  return problems.length === 0;
}

/** Prints each mistake of the checkout as `file:line: problem fix`; true when there is none. */
export async function runLint(path: string, print: Print): Promise<boolean> {
  const { files, problems } = await lintCheckout(resolve(path), await shippedRubrics().rubrics());
  return conclude(files, problems, print);
}

const lintRubrics = new Command('rubrics')
  .description('check the rubrics alone, and tell how many tokens each costs')
  .argument('[path]', 'the checkout', '.')
  .action(async (path: string) => {
    if (!(await runLintRubrics(path, toTerminal))) process.exitCode = 1;
  });

export const lint = new Command('lint')
  .argument('[path]', 'the checkout', '.')
  .action(async (path: string) => {
    if (!(await runLint(path, toTerminal))) process.exitCode = 1;
  })
  .addCommand(lintRubrics);
