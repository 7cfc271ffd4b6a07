import { z } from 'zod';
import { globProblem, pathProblem } from './glob.ts';
import { path as not } from './messages/files.ts';
import { compilePattern } from './pattern.ts';
import { reportFormats } from './reports/report.ts';

const path = z
  .string()
  .min(1)
  .max(300)
  .refine((p) => !p.startsWith('/') && !p.split('/').includes('..'), 'must stay inside the repository');
const without = (problemOf: (value: string) => string | null) =>
  path.superRefine((value, context) => {
    const message = problemOf(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
const onePath = without(pathProblem);
const glob = without(globProblem);
/** A path, of whose last name stars may leave parts open. */
const pathOrPaths = without((value) => {
  const name = value.slice(value.lastIndexOf('/') + 1);
  return name.includes('**')
    ? pathProblem(value)
    : pathProblem(value.slice(0, -name.length) + name.replaceAll('*', '-'));
});
const name = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'lower case letters, digits and hyphens');

/** A suite of the repository's own, in whatever tool, that leaves a report. */
const Report = z
  .strictObject({
    run: z.string().min(1).describe('Command that runs the suite and writes its report'),
    file: pathOrPaths.describe('The report that it writes; with `junit` a `*` in its name stands for many files'),
    format: z.enum(reportFormats).describe('How the report is written'),
    oracle: z.array(glob).min(1).describe('Globs of the files that the suite consists of: no candidate may touch them'),
    timeout: z.number().int().min(1).max(3600).default(600).describe('Seconds for the whole suite'),
    deterministic: z
      .boolean()
      .default(true)
      .describe('Whether the suite always comes out the same; if not, it is run again where a case flips'),
    drop: z
      .number()
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('The suite is judged by its scores: how many points (hundredths) their mean may drop'),
  })
  .refine(({ file, format }) => format === 'junit' || !file.includes('*'), {
    path: ['file'],
    message: not.manyReports,
  });
export type Report = z.infer<typeof Report>;

/** One step of the pipeline. */
const Step = z.strictObject({
  name: name.describe('The name of the step, as in traces and cases'),
  run: z.string().min(1).describe('Command that reads one input as JSON on stdin and prints the output as JSON'),
  lines: z
    .boolean()
    .default(false)
    .describe(
      'The command reads one {"id","input"} per line and prints one {"id","output"} per line, many in one process',
    ),
  inputs: z.array(glob).min(1).describe('Globs of the files that the output of this step depends on'),
  cases: onePath
    .refine((p) => !/(?:^|\/)\.[^./]+$/.test(p), not.onlyExtension)
    .describe('The file that holds the cases of this step (YAML or JSON)'),
  timeout: z.number().int().min(1).max(3600).default(60).describe('Seconds for one case'),
  deterministic: z
    .boolean()
    .default(true)
    .describe('Whether the same input always gives the same output; if not, a case that flips is run again'),
  report: Report.optional().describe('A suite beside the cases, that leaves a report'),
});
export type Step = z.infer<typeof Step>;

/** How a stored ticket is run through all steps. A text is the command alone. */
const Replay = z.strictObject({
  run: z
    .string()
    .min(1)
    .describe('Command that reads {"ticket": id} on stdin and prints {"steps":[{"step","input","output"}]}'),
  lines: z
    .boolean()
    .default(false)
    .describe(
      'The command reads one {"id","input":{"ticket"}} per line and prints one {"id","output"} per line, many in one process',
    ),
  timeout: z.number().int().min(1).max(3600).default(120).describe('Seconds for one ticket'),
  most: z.number().int().min(1).max(2000).default(200).describe('How many of the stored tickets a fix is tried on'),
});

/** A folder that no tool keeps its own things in. */
const madeFolder = onePath
  .max(200)
  .refine((p) => !/[\p{Cc}]/u.test(p) && !/(?:^|\/)\.git(?:hub)?(?:\/|$)/i.test(p), not.notMade);

/** What has to be made of base before anything of the repository can run: its dependencies. */
const Prepare = z.strictObject({
  run: z
    .string()
    .min(1)
    .max(4000)
    .describe('Command that makes them, such as `npm ci`; it runs on the default branch’s files alone'),
  inputs: z
    .array(glob)
    .min(1)
    .describe('Globs of all files that the command needs: it sees no others, and no candidate may touch them'),
  makes: z
    .array(madeFolder)
    .min(1)
    .max(20)
    .superRefine((folders, context) => {
      for (const [i, folder] of folders.entries())
        if (folders.some((other, at) => at !== i && `${folder}/`.startsWith(`${other}/`)))
          context.addIssue({ code: 'custom', path: [i], message: not.madeWithin });
    })
    .describe('Folders that it makes, such as `node_modules`; they are there wherever code of the repository runs'),
  timeout: z.number().int().min(1).max(3600).default(600).describe('Seconds for the command'),
  network: z
    .boolean()
    .default(false)
    .describe('Whether the command may reach the hosts that the operator allows; without it there is no network'),
});
export type Prepare = z.infer<typeof Prepare>;

/** One allowed kind of change. */
const Change = z.strictObject({
  step: name.describe('The step it repairs'),
  paths: z.array(glob).min(1).describe('Globs of the files it may touch'),
  with: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .default({})
    .describe('Values that a recipe needs to know about this repository'),
});
export type Change = z.infer<typeof Change>;

/** How an account number looks, in RE2. */
const AccountPattern = z
  .string()
  .min(1)
  .max(300)
  .superRefine((source, context) => {
    const compiled = compilePattern(source);
    if ('because' in compiled) context.addIssue({ code: 'custom', message: not.noPattern(compiled.because) });
    else if (compiled.found('')) context.addIssue({ code: 'custom', message: not.emptyPattern });
  });

const Money = z.number().positive().max(1_000_000).optional();

/** A budget over several attempts. Money is in the currency of the operator's prices. */
const Total = (tokens: number, minutes: number) =>
  z
    .strictObject({
      tokens: z.number().int().min(1).default(tokens).describe('Model tokens'),
      minutes: z.number().int().min(1).default(minutes).describe('Minutes of agents, and of judging'),
      money: Money.describe('What models may cost, at the operator’s prices'),
    })
    .prefault({});

const Budget = z.strictObject({
  rounds: z
    .number()
    .int()
    .min(1)
    .max(3)
    .default(2)
    .describe('Attempts of the agent at one spec, and at each review that asks for changes'),
  minutes: z.number().int().min(1).max(240).default(20).describe('Wall clock of one attempt, and of one judgement'),
  tokens: z.number().int().min(0).default(400_000).describe('Model tokens of one attempt'),
  money: Money.describe('What models may cost in one attempt, at the operator’s prices'),
  rejection: Total(2_000_000, 240).describe('What one rejection may cost, over all its attempts'),
  day: Total(10_000_000, 1440).describe('What this repository may cost on one day (UTC)'),
  'diff-lines': z
    .number()
    .int()
    .min(1)
    .default(400)
    .describe('Changed lines of one candidate; a line counts once for every 400 characters'),
  'diff-files': z.number().int().min(1).default(20).describe('Changed files of one candidate'),
});

export const CONFIGURATION_FILE = '.github/corrigible.yml';

/** What that file says. Unknown keys are errors. */
export const Configuration = z
  .strictObject({
    version: z.literal(1).describe('The version of this file'),
    steps: z.array(Step).min(1).max(50).describe('The steps of the pipeline, in order'),
    prepare: Prepare.optional().describe('How the dependencies that the steps need are made'),
    replay: z
      .preprocess((given) => (typeof given === 'string' ? { run: given } : given), Replay)
      .optional()
      .describe('How a stored ticket is run through all steps; a text is the command alone'),
    tickets: onePath.optional().describe('Folder of the stored tickets'),
    private: z.array(glob).default([]).describe('Globs that no agent may see'),
    accounts: z
      .array(AccountPattern)
      .max(20)
      .default([])
      .describe('Patterns (RE2) of account numbers and other ids of people: replaced as e-mail addresses are'),
    rubrics: onePath
      .default('.github/rubrics')
      .describe('Folder of your own rubrics; they replace shipped ones of the same id'),
    changes: z.record(name, Change).describe('The kinds of change that may be made'),
    solo: z.boolean().default(false).describe('The person who cleared the fix may also approve it'),
    gatekeeping: z
      .enum(['five-answers', 'one-answer'])
      .default('five-answers')
      .describe('Which questions a person answers before a fix is started: all five, or only whether it is a rule'),
    'pull-requests': z
      .enum(['own', 'all'])
      .default('own')
      .describe('Whose pull requests are judged: only the app’s own, or people’s too'),
    agent: z
      .strictObject({
        kind: z.enum(['auto', 'recipe', 'model', 'none']).default('auto'),
        use: name.default('built-in').describe('Which of the operator’s agents does what no recipe can'),
        model: name.optional().describe('Which of the operator’s models it works with'),
        candidates: z
          .number()
          .int()
          .min(1)
          .max(4)
          .default(1)
          .describe('How many agents make a candidate side by side in each round; the best one is proposed'),
      })
      .prefault({})
      .describe('Who implements: a recipe where the rubric has one, a model, or people only'),
    translation: z
      .strictObject({
        drafts: z
          .number()
          .int()
          .min(1)
          .max(5)
          .default(3)
          .describe('How many drafts a model makes of a spec, side by side; how many agree is shown'),
        patience: z
          .number()
          .int()
          .min(1)
          .max(365)
          .default(14)
          .describe('Days after which a question that nobody answered is put aside'),
        settled: z
          .number()
          .int()
          .min(0)
          .max(365)
          .default(30)
          .describe('Days after its merge in which a spec that would undo a fix shows both sides'),
      })
      .prefault({})
      .describe('How a rejection becomes a spec'),
    budget: Budget.prefault({}).describe('Limits'),
    paused: z
      .boolean()
      .default(false)
      .describe('The kill switch: while it is on nothing is written, and what runs is ended'),
  })
  .superRefine((configuration, context) => {
    const steps = configuration.steps.map((step) => step.name);
    if (new Set(steps).size !== steps.length)
      context.addIssue({ code: 'custom', path: ['steps'], message: 'two steps have the same name' });
    for (const [kind, change] of Object.entries(configuration.changes))
      if (!steps.includes(change.step))
        context.addIssue({
          code: 'custom',
          path: ['changes', kind, 'step'],
          message: `there is no step “${change.step}”`,
        });
  });
export type Configuration = z.infer<typeof Configuration>;
