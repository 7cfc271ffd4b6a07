import type { Reason } from '../fact.ts';
import { because } from './people.ts';

/** A line of `corrigible doctor`: what is as it has to be, or what is not and what to do. */
export interface Finding {
  /** Whether the command may end well in spite of it. */
  readonly ok: boolean;
  /** Told but not demanded, or not to be read, where it is neither plainly right nor plainly wrong. */
  readonly level?: 'weak' | 'unread';
  readonly what: string;
  /** What to do. */
  readonly fix?: string;
}

const good = (what: string): Finding => ({ ok: true, what });
const bad = (what: string, fix: string): Finding => ({ ok: false, what, fix });

const markOf = ({ ok, level }: Finding): string => {
  if (level !== undefined) return level === 'weak' ? '!' : '?';
  return ok ? '✓' : '✗';
};

export const finding = (one: Finding): string => `${markOf(one)} ${one.what}${one.fix ? ` ${one.fix}` : ''}`;

/** What the machine is checked for. */
export const machine = {
  node: (version: string, ok: boolean): Finding =>
    ok ? good(`Node ${version}.`) : bad(`Node ${version} is too old.`, 'Install Node 22.20 or newer.'),
  git: (version: string): Finding => good(`git ${version}.`),
  oldGit: (version: string): Finding => bad(`git ${version} is too old.`, 'Install git 2.38 or newer.'),
  noGit: bad('git is missing.', 'Run: apt-get install -y git'),
  sandbox: good('The sandbox holds: its self-test found nothing open.'),
  external: {
    ok: true,
    level: 'weak',
    what: 'SANDBOX is external: commands of repositories run without a sandbox, as other users.',
    fix: 'Only for a machine that is thrown away after each job and holds nothing worth taking.',
  } satisfies Finding,
  noSandbox: (refusal: string): Finding => ({ ok: false, what: refusal }),
  instead: (kind: string, refusal: string | null): Finding => ({
    ok: true,
    level: 'weak',
    what:
      refusal === null
        ? `SANDBOX=${kind} would hold here: its self-test found nothing open.`
        : `SANDBOX=${kind} would not help. ${refusal}`,
  }),
  ownDatabase: good('A built-in database is there for this machine.'),
  server: (version: string): Finding => good(`DATABASE_URL is answered by Postgres ${version}.`),
  noDatabase: (refusal: string): Finding => ({ ok: false, what: refusal }),
  state: (folder: string): Finding => good(`The state directory ${folder} can be written.`),
  noState: (refusal: string): Finding => ({ ok: false, what: refusal }),
  settings: good('The settings are complete.'),
  noSettings: (problem: string): Finding => ({ ok: false, what: problem }),
  host: (name: string): Finding => good(`${name} is found, for “prepare” of configurations.`),
  noHost: (name: string): Finding =>
    bad(
      `${name}, which “prepare” of configurations may reach, is not found at public addresses alone.`,
      'Correct it under network.prepare of OPERATOR_FILE, or mend the name service of this machine.',
    ),
} as const;

/** What a repository on GitHub is checked for. */
export const repository = {
  noToken: bad(
    'The repository was not looked at, because there is no token.',
    'Set GITHUB_TOKEN to one that may read it.',
  ),
  badName: (name: string): Finding => bad(`“${name}” is no repository.`, 'Name it like owner/name.'),
  branch: (name: string): Finding => good(`The default branch is ${name}.`),
  refusedToken: bad('GitHub does not accept the token.', 'Make a new one and set GITHUB_TOKEN to it.'),
  forbidden: (what: string): Finding =>
    bad(`The token may not read ${what}.`, 'Give it read access to metadata, contents, issues and administration.'),
  limited: bad('GitHub asks to wait: too many requests in a short time.', 'Try again later.'),
  notThere: (name: string): Finding =>
    bad(`${name} does not exist, or the token cannot see it.`, 'Correct the name, or give the token access to it.'),
  failing: (status: number): Finding => bad(`GitHub answered with status ${status}.`, 'Try again later.'),
  unreachable: (address: string): Finding =>
    bad(`${address} could not be reached.`, 'Check GITHUB_API_URL and the network.'),
  configuration: (file: string): Finding => good(`${file} is valid.`),
  problem: (file: string, line: number, problem: string, fix: string): Finding =>
    bad(`${file}:${line}: ${problem}`, fix),
  label: (name: string): Finding => good(`The label ${name} is there.`),
  noLabel: (name: string): Finding =>
    bad(`The label ${name} is missing.`, 'Make it, or install the App anew: it makes the labels when it may.'),
} as const;

/** Sentences of `corrigible lint`. */
export const lint = {
  problem: (file: string, line: number, problem: string, fix: string): string => `${file}:${line}: ${problem} ${fix}`,
  clean: (files: number): string => `${files} files checked, no mistakes found.`,
  found: (problems: number): string => (problems === 1 ? 'One mistake found.' : `${problems} mistakes found.`),
  shipped: (name: string): string => `(shipped) ${name}`,
  unknownChange: (change: string) => ({
    problem: `The change “${change}” is not among the “changes” of the configuration, so this rubric is never used.`,
    fix: 'Add it there, or correct the name.',
  }),
} as const;

/** Sentences of `corrigible try`. */
export const tried = {
  noTicket: 'Say which ticket it is about: --ticket ID.',
  noWords: 'Say what was wrong: --say "TEXT", or --rejection FILE.',
  badFile: (file: string): string => `${file} is no rejection: JSON with "title" and "form" or "body", or Markdown.`,
  noClone: (path: string): string => `${path} cannot be read as a git clone. Name the top folder of a git clone.`,
  noCommit: (branch: string): string => `The branch ${branch} has no commit. Make a first one.`,
  start: (path: string, branch: string, commit: string): string =>
    `Trying on ${path}, branch ${branch}, commit ${commit}. Uncommitted changes do not count, and nothing is written there.`,
  agent: (model: string | null): string =>
    model === null ? 'No model is set, so recipes only.' : `Recipes first, then the model ${model}.`,
  title: (ticket: string): string => `Wrong output for ticket ${ticket}`,
  asked: 'Before it can draft a spec, it asks:',
  answerThere: 'Put the answer into --say, or into the file of --rejection, and try again.',
  declined: (reason: Reason): string => `Declined, because ${because(reason)}.`,
  paused: 'Nothing was done: the configuration says “paused”.',
  spec: (title: string): string => `Spec: ${title}`,
  observed: (text: string): string => `Now: ${text}`,
  expected: (text: string): string => `After the fix: ${text}`,
  decide: 'A maintainer decides. Five questions:',
  questions: {
    stable: 'Is this part of the pipeline stable enough to change now?',
    rule: 'Is this a rule for every such ticket?',
    'customer-right': 'Is the customer right?',
    'reporter-right': 'Is the person who rejected this right?',
    'worth-it': 'Is it worth a change?',
  },
  answer: (question: string): string => `${question} [y/n] `,
  unanswered: 'The questions were not answered, so nothing was started.',
  notReady: 'The spec is not ready:',
  ready: (hash: string): string => `Ready: ${hash}. Its cases are red on base, its guards green. Making the fix …`,
  verdict: 'Verdict:',
  green: 'Every check is green. On GitHub this would now be a pull request that waits for a person’s approval.',
  ended: (reason: Reason): string => `No fix, because ${because(reason)}.`,
  diff: 'The fix, with its cases:',
  stuck: (stage: string): string => `It ended unexpectedly at the stage “${stage}”.`,
} as const;
