import { plainLine } from '../prompts/plain.ts';
import type { Mistake } from './files.ts';
import { itsWords } from './gate.ts';

/** What was wrong with the making of dependencies, and what to do; what the command said comes after it. */
const notMade = (problem: string, fix: string): Mistake => ({ problem: `“prepare”: ${problem}.`, fix });

const seconds = (count: number): string => `${count} ${count === 1 ? 'second' : 'seconds'}`;
const names = (all: readonly string[]): string => all.slice(0, 10).map(itsWords).join(', ');

const MEND = 'Correct the command, or the files that it needs, on the default branch.';

export const prepare = {
  noInputs: notMade(
    'none of its “inputs” is there on the default branch',
    'Name the files that the command needs, such as package.json and package-lock.json.',
  ),
  notOnBase: notMade(
    'this commit shares no history with the default branch, and dependencies are only made of that',
    'Bring it up to date with the default branch.',
  ),
  noHosts: notMade(
    'the command wants the network, and the operator of this app allows no host',
    'Ask them to list its hosts under `network.prepare` in the operator file, or set “network” to false.',
  ),
  exited: (run: string, code: number): Mistake =>
    notMade(`${itsWords(plainLine(run, 200))} ended with exit code ${code}`, MEND),
  ended: (run: string, because: string): Mistake =>
    notMade(`${itsWords(plainLine(run, 200))} was ended: ${because}`, MEND),
  tooLong: (run: string, most: number): Mistake =>
    notMade(
      `${itsWords(plainLine(run, 200))} took longer than ${seconds(most)}`,
      'Make it faster, or raise “prepare.timeout”.',
    ),
  refusedHosts: (hosts: readonly string[]): string =>
    ` It asked for hosts that the operator of this app does not allow: ${names(hosts)}.`,
  notStarted: (detail: string): Mistake =>
    notMade(`the sandbox did not start: ${itsWords(plainLine(detail, 300))}`, 'Tell the operator of this app.'),
  notThere: (folder: string): Mistake =>
    notMade(`the command did not make the folder ${itsWords(folder)}`, 'Correct “makes”, or the command.'),
  tooMuch: (files: number, bytes: number, most: { readonly files: number; readonly bytes: number }): Mistake =>
    notMade(
      `it made ${files} files of ${Math.ceil(bytes / 1_000_000)} MB together, and ${most.files} files of ${most.bytes / 1_000_000} MB are the most`,
      'Make less, such as without what only development needs.',
    ),
  unreachable: (hosts: readonly string[]): string =>
    `dependencies could not be made, because ${names(hosts)} could not be reached`,
  notCopied: (detail: string): string =>
    `what “prepare” made could not be taken over: ${itsWords(plainLine(detail, 200))}`,
  stillMade: 'dependencies are still being made',
  stopping: 'the app is stopping while dependencies are made',
  said: (words: string): string => ` It said at last: ${itsWords(words)}`,
} as const;

/** What the proxy answers to a command that asks for what it may not have. */
export const proxy = {
  badRequest: 'This proxy does not understand what was asked.',
  notAllowed: (host: string, port: number): string =>
    `${host}:${port} is not among the hosts that the operator of this app allows (network.prepare).`,
  private: (host: string): string => `${host} is at an address that is not public.`,
  unreachable: (host: string): string => `${host} could not be reached.`,
  spent: 'This run has had all the connections or bytes that it may have.',
} as const;
