import { builtinAgent } from '../../src/adapters/agents/builtin.ts';
import { openaiChat } from '../../src/adapters/models/chat.ts';
import { clearedSpec } from '../../src/domain/approval.ts';
import { assertCase } from '../../src/domain/assert-case.ts';
import type { Case } from '../../src/domain/case.ts';
import type { Step } from '../../src/domain/configuration.ts';
import type { DraftedSpec } from '../../src/domain/prompts/draft.ts';
import { changeInput } from '../../src/domain/recipe/change-input.ts';
import type { Json } from '../../src/domain/rejection.ts';
import { noAnswers, type Spec } from '../../src/domain/spec.ts';
import type { Checkout, Repository, Sandbox } from '../../src/ports.ts';
import { type Place, quiet } from '../agents/in-worktree.ts';
import { makeRepository } from '../agents/make-repository.ts';
import { casesOf, configurationOf } from './example.ts';

/** What the coding task came to: how many hold of how many there are. */
export interface CodingScore {
  readonly ended: string;
  readonly changed: readonly string[];
  readonly acceptance: string;
  readonly holdOuts: string;
  readonly suites: string;
}

/** The specification that people would approve: the draft, with its cases frozen on the step's input. */
export function specOf(draft: DraftedSpec, input: Json): Spec {
  const { step, expect } = draft;
  const holdOuts = draft.holdOuts.map((one) => ({
    name: one.name,
    step,
    input: changeInput(input, one.change),
    expect: one.expect ?? expect,
  }));
  return {
    title: draft.title,
    step,
    change: draft.change,
    files: draft.files,
    observed: draft.observed,
    expected: draft.expected,
    quotes: draft.quotes,
    acceptance: [{ name: draft.title, step, input, expect }],
    guards: [],
    'hold-outs': holdOuts,
    answers: noAnswers,
  };
}

/** Lets the built-in agent implement the specification on these files, and judges the tree that it leaves. */
export async function implement(
  task: { readonly files: Readonly<Record<string, string>>; readonly spec: Spec; readonly paths: readonly string[] },
  baseUrl: string,
  place: Place,
): Promise<CodingScore> {
  const { repository, base } = await makeRepository(place.state, task.files);
  const configuration = configurationOf(task.files);
  const agent = builtinAgent({
    chat: openaiChat({ baseUrl, apiKey: 'none', model: 'reader', timeoutMs: 3_600_000, retries: 0 }),
    sandbox: place.sandbox,
    log: quiet,
  });
  const brief = {
    approved: clearedSpec({
      kind: 'spec-approved',
      event: 1,
      by: 'mara',
      approvalHash: '',
      textHash: '',
      rubric: { id: task.spec.change, hash: '' },
      paths: task.paths,
      spec: task.spec,
    }),
    step: configuration.steps.find((step) => step.name === task.spec.step)!,
    instructions: task.files['AGENTS.md'] ?? '',
    rejected: [],
    limits: { minutes: 240, tokens: 1_000_000 },
  };
  const signal = new AbortController().signal;
  const result = await agent.implement(brief, repository, base, configuration.private, signal);
  if (result.is === 'nothing')
    return { ended: `${result.code}: ${result.because}`, changed: [], acceptance: '-', holdOuts: '-', suites: '-' };
  const changes = await repository.changes(base, result.candidate.tree);
  const suites = configuration.steps.flatMap((step) => casesOf(task.files, step));
  const judge = (cases: readonly Case[]) =>
    judged(repository, place.sandbox, result.candidate.tree, configuration.steps, cases);
  return {
    ended: 'candidate',
    changed: changes.map(({ path }) => path),
    acceptance: await judge(task.spec.acceptance),
    holdOuts: await judge(task.spec['hold-outs']),
    suites: await judge(suites),
  };
}

/** `passed of all`, each case run in the sandbox on this tree. */
async function judged(
  repository: Repository,
  sandbox: Sandbox,
  tree: string,
  steps: readonly Step[],
  cases: readonly Case[],
): Promise<string> {
  const checkout = await repository.checkout(tree);
  try {
    let passed = 0;
    for (const step of steps) {
      const mine = cases.filter((one) => one.step === step.name);
      const outputs = await outputsIn(
        sandbox,
        checkout,
        step,
        mine.map((one) => one.input),
      );
      passed += mine.filter((one, at) => assertCase(outputs[at] ?? null, one.expect).every((f) => f.passed)).length;
    }
    return `${passed} of ${cases.length}`;
  } finally {
    await checkout.dispose();
  }
}

async function outputsIn(
  sandbox: Sandbox,
  checkout: Checkout,
  step: Step,
  inputs: readonly Json[],
): Promise<readonly Json[]> {
  if (inputs.length === 0) return [];
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: false,
    command: step.run,
    stdin: inputs.map((input, id) => `${JSON.stringify({ id: String(id), input })}\n`).join(''),
    limits: { wallMs: 60_000, outputBytes: 10_000_000 },
  });
  const lines = Buffer.from(run.stdout).toString('utf8').split('\n').filter(Boolean);
  const answers = new Map(
    lines.map((line) => JSON.parse(line) as { id: string; output?: Json }).map((a) => [a.id, a.output]),
  );
  return inputs.map((_, id) => answers.get(String(id)) ?? null);
}
