import { short } from '../hash.ts';
import type { AgentUses } from '../named-model.ts';

const number = (n: number): string => n.toLocaleString('en-US');
const plural = (n: number, one: string, many: string): string => `${number(n)} ${n === 1 ? one : many}`;

/** How long something took, as people say it. */
const lasted = (milliseconds: number): string => {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
};

const named = (paths: readonly string[], otherwise: string): string =>
  paths.length === 0
    ? otherwise
    : `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`;

/** What the tools of agents do, as far as they are known. */
const tools: Readonly<Record<string, (paths: readonly string[]) => string>> = {
  read: (paths) => `Reads ${named(paths, 'a file')}`,
  list: (paths) => `Lists what is in ${named(paths, 'a folder')}`,
  search: (paths) => `Searches ${named(paths, 'the files')}`,
  edit: (paths) => `Changes ${named(paths, 'a file')}`,
  'apply-patch': (paths) => `Changes ${named(paths, 'files')}`,
  write: (paths) => `Writes ${named(paths, 'a file')}`,
  run: () => 'Runs a command',
  execute: () => 'Runs a command',
  done: () => 'Says that it is done',
  cannot: () => 'Says that it cannot be done',
};

const codes: Readonly<Record<string, string>> = {
  candidate: 'The agent made a change',
  cannot: 'The agent said that it cannot be done',
  'no-change': 'The agent changed nothing',
  budget: 'The agent used up what it may spend',
  'model-unreachable': 'The model gave no answer',
  stopped: 'The agent was stopped',
  watched: 'The agent was stopped by the watcher',
};

/** The record of an agent's work, for people who do not read code. */
export const transcript = {
  leftOut: (characters: number): string => `[${number(characters)} characters left out]`,

  title: { live: 'The agent is at work', cutOff: 'The agent was cut off' },
  ended: (code: string): string => codes[code] ?? 'The agent failed',
  live: 'It is under way. This page follows it.',
  judging: 'This is over; what came of it is being checked. This page follows what is done next.',
  cutOff: 'The process that ran it ended in the middle of it. What it had done until then is shown.',
  over: 'What the checks made of it stands in the pull request, and in the comment on the rejection.',
  about: (repo: string, issue: number): string => `${repo} #${issue}`,
  round: (round: number, candidate: number): string =>
    `Round ${round}${candidate > 1 ? `, candidate ${candidate}` : ''}`,
  begunAgain: ' (cut off, and begun again)',
  rounds: 'All rounds of this attempt',
  agent: 'Agent',
  byRecipe: 'The recipe of the rubric: no model was asked',
  byModel: (uses: AgentUses | null): string =>
    uses === null ? 'A model' : `${uses.agent}, with the model ${uses.model.model}`,
  begun: 'Began',
  moment: (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`,
  took: 'Took',
  lasted,
  spent: 'Spent',
  tokens: (tokens: number, requests: number): string =>
    tokens === 0 ? 'No model tokens' : `${number(tokens)} model tokens in ${plural(requests, 'answer', 'answers')}`,
  noTokens: 'No model tokens',

  steps: 'What it did',
  noSteps: 'Nothing yet.',
  recipeSteps: 'The edits of the recipe were made from the spec alone, at once.',
  told: (first: boolean): string => (first ? 'It was told what to do' : 'It was told more'),
  said: 'It said',
  tool: (tool: string, paths: readonly string[]): string =>
    (Object.hasOwn(tools, tool) ? tools[tool]?.(paths) : undefined) ??
    `Uses ${tool === '' ? 'a tool' : tool}${paths.length === 0 ? '' : ` on ${named(paths, '')}`}`,
  asked: 'What it asked for',
  got: 'What it got',
  failed: 'did not work',
  running: 'under way',
  nudged: 'The watcher had it told something',
  watched: 'The watcher stopped it',
  cut: 'It did more than is kept. Later steps are left out here.',
  changed: 'What it changed',
  files: (n: number): string => plural(n, 'file', 'files'),
  lines: (added: number, removed: number): string =>
    `${plural(added, 'line', 'lines')} added, ${number(removed)} removed`,
  diff: 'Show it line by line',

  hidden:
    'What is recognised as personal or secret is replaced by placeholders such as [email-1], and long texts are shortened.',
  kept: (days: number): string =>
    `This page is kept for ${plural(days, 'day', 'days')}. Whoever has its address can read it, so pass it on to nobody else.`,
  made: (base: string, prompt: string, node: string): string =>
    `Base: ${short(base)}. Prompt: ${short(prompt)}. Node ${node}.`,
  goneTitle: 'There is no page here',
  gone: 'The address is not complete, or what it showed was deleted: it is kept for some time only, and goes at once where somebody asks for the rejection to be forgotten.',
  notYetTitle: 'Nothing is recorded yet',
  notYet: 'The agent has not begun. This page follows it.',

  link: (address: string, days: number): string =>
    `[How the agent got there, step by step](${address}) (kept for ${plural(days, 'day', 'days')}; for those who may read this repository).`,
  follow: (address: string): string => `[Watch the agent at work](${address}).`,
  lastOne: (address: string): string =>
    `[What the agent did, and what it changed](${address}): each round with its difference, also where the checks refused it.`,
} as const;
