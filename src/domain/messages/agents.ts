/** Sentences about models and agents. Each says what happened and, where somebody can act, what to do. */

const seconds = (milliseconds: number): string => `${Math.ceil(milliseconds / 1000)} s`;

/** Why a model gave no answer this time. Later may be better. */
export const modelTrouble = {
  unreachable: (name: string): string => `The model ${name} could not be reached.`,
  slow: (name: string, milliseconds: number): string =>
    `The model ${name} did not finish its answer within ${seconds(milliseconds)}.`,
  failing: (name: string, status: number): string =>
    `The endpoint of the model ${name} answered with status ${status}.`,
  cut: (name: string): string => `The answer of the model ${name} was cut off before its end.`,
  tooLong: (name: string): string => `The answer of the model ${name} was longer than allowed.`,
  empty: (name: string): string => `The model ${name} gave an empty answer.`,
} as const;

/** Why a model will never answer this way: the operator has to change something. */
export const modelRefused = {
  status: (name: string, status: number, code: string | null): string =>
    `The endpoint refused the model ${name} with status ${status}${code === null ? '' : ` (${code})`}. Check OPENAI_BASE_URL, OPENAI_API_KEY and the name of the model.`,
  filtered: (name: string): string => `The content filter of the model ${name} withheld the answer.`,
  noKey: (): string => 'The model has no API key. Set OPENAI_API_KEY; for a local server any text will do.',
  badUrl: (): string => 'OPENAI_BASE_URL is not an http or https address, such as http://127.0.0.1:11434/v1.',
} as const;

const overdone: Readonly<Record<string, string>> = {
  'timed-out': 'its time was over',
  'fell-silent': 'nothing was heard of it for too long',
  'out-of-cpu': 'it used too much of the processor',
  'too-much-output': 'it printed too much',
  'too-much-memory': 'it took too much memory',
  'disk-filled': 'it wrote too much',
};

/** Why a round of an agent gave no candidate. */
export const roundEnded = {
  noChange: (): string => 'The agent ended without changing any file.',
  minutes: (minutes: number): string => `The agent was stopped after its ${minutes} minutes.`,
  spent: (tokens: number): string => `The agent was stopped: its ${tokens} tokens, or its money, are spent.`,
  steps: (steps: number): string => `The agent was stopped after ${steps} answers of the model.`,
  idle: (milliseconds: number): string => `The agent was stopped: it did nothing for ${seconds(milliseconds)}.`,
  stopped: (): string => 'The agent was stopped.',
  stuck: (): string => 'The agent was stopped: five tool calls in a row made no sense.',
  noSandbox: (detail: string): string => `The sandbox did not start: ${detail}`,
  noSnapshot: (detail: string): string => `The changed files could not be taken out of the sandbox: ${detail}`,
  overdone: (ended: string): string => `The agent was ended: ${overdone[ended] ?? ended}.`,
  neverAsked: (said: string): string =>
    `The agent ended without asking its model${said === '' ? '' : `. The last that it said: ${said}`}`,
  noReason: (): string => 'The agent said that it cannot be done, without a reason.',
} as const;

const names = (of: readonly string[]): string => of.map((name) => `“${name}”`).join(', ');

/** What a configuration asks for and the operator has not set up. */
export const notHere = {
  agent: (use: string, known: readonly string[]): string =>
    `There is no agent “${use}”; there are ${names(known)}. Change agent.use, or ask the operator to set it up.`,
  model: (model: string, known: readonly string[]): string =>
    `There is no model “${model}”; there are ${names(known)}. Change agent.model, or ask the operator to set it up.`,
  chat: (model: string): string =>
    `The built-in agent cannot work with the model “${model}”: it needs one whose api is openai-chat. Change agent.model, or agent.use.`,
} as const;

/** A prompt that ships was edited without `scripts/embed-prompts.ts`. */
export const promptChanged = (file: string): string =>
  `${file} and what the program holds of it differ. Run: node scripts/embed-prompts.ts`;
