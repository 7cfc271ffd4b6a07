import { short } from '../hash.ts';

export const forgeAt = (url: string): string => `The local forge listens at ${url}`;
export const forgeAs = (login: string, address: string): string => `  act as ${login}: ${address}`;
export const forgeAsAgain = (login: string, address: string): string => `  next time as ${login}: ${address}`;
export const notAPort = 'It has to be a whole number from 0 to 65535.';
export const badSeed = (file: string, why: string): string =>
  `${file} is no seed: ${why}. It has to be JSON with "users", "actors" and "repositories".`;
export const noSeed = (file: string): string => `${file} cannot be read. Name a JSON file with --seed.`;

export const chapters: Readonly<Record<string, string>> = {
  a: 'a rejection becomes a merged fix',
  b: 'a fix that breaks another step is blocked',
  c: 'an approval does not survive a push',
  d: 'a label by somebody without write permission starts nothing',
  e: 'a vague rejection gets a question',
  f: 'orders to the machine get nowhere',
};
export const chapter = (letter: string, title: string): string => `(${letter}) ${title}`;
export const event = (seconds: number, text: string, link: string): string =>
  `  ${seconds.toFixed(1).padStart(5)} s  ${text}\n           ${link}`;
export const rejected = (by: string, issue: number, title: string): string => `${by} rejects: #${issue} “${title}”`;
export const drafted = (title: string): string => `a spec is drafted: ${title}`;
export const ready = (by: string, hash: string): string => `${by} answers the five questions; ready: ${hash}`;
export const labelled = (by: string): string => `${by} sets the label fix-clear`;
export const opened = (pull: number, head: string): string => `pull request #${pull} is open at ${short(head)}`;
export const checked = (name: string, conclusion: string, title: string): string =>
  `check ${name}: ${conclusion} (${title})`;
export const approved = (by: string, head: string): string => `${by} approves ${short(head)}`;
export const merged = (pull: number): string => `#${pull} is merged`;
export const thanked = (reporter: string, text: string): string => `${reporter} is thanked: ${text}`;
export const blocked = (step: string, name: string): string => `blocked: step ${step}, case “${name}” would break`;
export const pushed = (by: string, head: string): string =>
  `${by} pushes to the branch; its head is now ${short(head)}`;
export const required = (by: string, status: string): string => `${by} has main require the status “${status}”`;
export const held = (why: string): string => `it is approved, but waits: ${why}`;
export const statusSet = (status: string, head: string): string => `the status “${status}” is green on ${short(head)}`;
export const notMerged = (pull: number): string => `#${pull} is not merged`;
export const asked = (question: string): string => `asked: ${question}`;
export const summaryTitle = (events: number, seconds: number): string =>
  `All six stories came out as told: ${events} events in ${seconds.toFixed(1)} s.`;
export const figures = {
  labelToMerged: 'story (a), label to merged',
  memory: 'memory of app, forge and Postgres (PSS)',
  rejections: 'rejections',
  specs: 'specs',
  pulls: 'pull requests',
  checks: 'checks on their heads',
  comments: 'comments by the app',
};
export const demoFailed = (why: string): string => `The demo failed: ${why}`;
export const upAt = (url: string): string =>
  `The forge is at ${url}\nTo act there, open one of these in a browser. Each works once; a fresh one is printed when it was used:`;
export const upHint =
  'File a rejection, edit the spec comment, set the label fix-clear as one user, approve as the other.\nStop with Ctrl-C.';
export const withModel = (model: string): string => `Drafting and fixing with the model ${model} where no recipe fits.`;
export const withoutModel = 'No model is set: recipes and people only.';
