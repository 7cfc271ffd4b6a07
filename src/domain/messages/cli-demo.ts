import { short } from '../hash.ts';

export const forgeAt = (url: string): string => `The local forge listens at ${url}`;
export const forgeAs = (login: string, address: string): string => `  act as ${login}: ${address}`;

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
export const asked = (question: string): string => `asked: ${question}`;
export const summaryTitle = (events: number, seconds: number): string =>
  `All six stories came out as told: ${events} events in ${seconds.toFixed(1)} s.`;
export const figures = {
  labelToMerged: 'story (a), label to merged',
  memory: 'memory of app, forge and Postgres (PSS)',
  calls: 'API calls in story (a), label to merged',
};
export const demoFailed = (why: string): string => `The demo failed: ${why}`;
export const upAt = (url: string): string =>
  `Open one of these in a browser; each works once:\n  the forge is at ${url}`;
export const upHint =
  'File a rejection, edit the spec comment, set the label fix-clear as one user, approve as the other.\nStop with Ctrl-C.';
export const withModel = (model: string): string => `Drafting and fixing with the model ${model} where no recipe fits.`;
export const withoutModel = 'No model is set: recipes and people only.';
