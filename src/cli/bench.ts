import { resolve } from 'node:path';
import { Command } from 'commander';
import { bench as say } from '../domain/messages/bench.ts';
import { type ReaderRole, readerRoles } from '../domain/named-model.ts';
import { fromFolder, fromModels, fromTranscript, modelFor } from './bench/answers.ts';
import { type Benching, benchTranslation } from './bench/bench-translation.ts';
import { openBench } from './bench/open-bench.ts';
import { proveGold } from './bench/prove-gold.ts';
import { readCases } from './bench/read-cases.ts';
import { showScores } from './bench/show-scores.ts';
import { loadTranscript, saveTranscript } from './bench/transcript.ts';
import { localOperator } from './local-operator.ts';
import { type Print, toTerminal } from './print.ts';
import { readModel } from './try/read-model.ts';

export interface Options {
  /** The folder of the cases. */
  readonly cases: string;
  readonly only?: readonly string[];
  readonly replay?: string;
  readonly answers?: string;
  readonly record?: string;
  readonly verify?: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

interface Answering extends Pick<Benching, 'answers' | 'price' | 'readers'> {
  /** Names of requests that still have no answer. */
  readonly waiting: ReadonlySet<string>;
}

/** Who answers: what was recorded, a folder that somebody reads, the operator's model for each role, or nobody. */
async function answeringOf({ replay, answers }: Options, env: Env, print: Print): Promise<Answering> {
  const waiting = new Set<string>();
  if (replay !== undefined) {
    print(say.replayed(replay));
    return { answers: fromTranscript(await loadTranscript(replay)), price: null, waiting };
  }
  if (answers !== undefined)
    return { answers: fromFolder(resolve(answers), (name) => waiting.add(name)), price: null, waiting };
  const operator = localOperator(env, readModel(env));
  const named = readerRoles.map((role) => ({ role, model: modelFor(operator, role) }));
  const roles = named.filter(({ model }) => model !== null).map(({ role }) => role);
  print(
    roles.length === 0
      ? say.noModel
      : say.models(named.map(({ role, model }) => ({ role, model: model?.model ?? null }))),
  );
  if (roles.length === 0) return { answers: null, price: null, waiting };
  const price = (role: ReaderRole) => modelFor(operator, role)?.price ?? null;
  return { answers: fromModels(operator), price, readers: { roles, reading: operator.reading }, waiting };
}

async function readChosen({ cases, only }: Options) {
  const set = await readCases(resolve(cases));
  if (only === undefined) return set;
  const wanted = new Set(only);
  return { ...set, cases: set.cases.filter(({ id }) => wanted.has(id)) };
}

async function verify(options: Options, print: Print): Promise<boolean> {
  await using opened = await openBench(await readChosen(options), null);
  const problems = await proveGold(opened);
  for (const problem of problems) print(problem);
  print(problems.length === 0 ? say.proven(opened.cases.length) : say.wrong(problems.length));
  return problems.length === 0;
}

/** Runs the benchmark; false where something is left to do: requests without an answer, or cases that are not right. */
export async function runBench(options: Options, env: Env, print: Print): Promise<boolean> {
  if (options.verify === true) return verify(options, print);
  const { waiting, ...answering } = await answeringOf(options, env, print);
  const benched = await benchTranslation({ set: await readChosen(options), ...answering, print });
  if (waiting.size > 0) {
    print(say.waiting(waiting.size, resolve(options.answers ?? '')));
    return false;
  }
  if (options.record !== undefined) {
    await saveTranscript(resolve(options.record), benched.exchanges);
    print(say.saved(options.record));
  }
  showScores(benched.scored, print);
  return benched.waiting.length === 0;
}

const translation = new Command('translation')
  .description('measure how well rejections become specs, on cases of which it is known what has to become of them')
  .requiredOption('--cases <folder>', 'the cases; docs/translation-cases.md says what they look like')
  .option('--only <ids...>', 'these cases alone')
  .option('--replay <file>', 'take the answers from a transcript instead of the model')
  .option('--answers <folder>', 'write each request into this folder, and take the answers from there')
  .option('--record <file>', 'keep what was asked and answered as a transcript')
  .option('--verify', 'prove the cases instead: what they call right is right')
  .action(async (options: Options) => {
    if (!(await runBench(options, process.env, toTerminal))) process.exitCode = 1;
  });

export const bench = new Command('bench').addCommand(translation);
