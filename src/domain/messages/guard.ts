import { short } from '../hash.ts';
import type { FileProblem } from '../rubric.ts';
import { itsWords } from './gate.ts';
import { inCode } from './people.ts';

const few = (paths: readonly string[], most = 10): string => {
  const shown = paths.slice(0, most).map(itsWords).join(', ');
  return paths.length > most ? `${shown} and ${paths.length - most} more` : shown;
};

/** Findings for which a check has no room, by what they are about. */
export interface LeftOut {
  readonly quarantined: number;
  readonly broken: number;
  readonly files: number;
  readonly cases: number;
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What the check says about a head that changes what it is judged by. */
export const oracle = {
  untouched: 'nothing that it is judged by is changed',
  touched: (paths: readonly string[]): string =>
    `it changes what it is judged by: ${few(paths)}. A writer other than its author and its last pusher has to accept that: comment \`/accept-oracle\` and all 40 digits of the commit`,
  dependencies: (paths: readonly string[]): string =>
    `${few(paths)} decide which dependencies there are. Everything was run with those of the base branch, and nothing that this brings was installed: a person has to look at it. Code that needs it can be judged once it stands on the base branch, so merge the change of dependencies first, alone`,
  accepted: (by: string): string => `it changes what it is judged by, and ${inCode(by)} has accepted that`,
  more: ({ broken, quarantined, files, cases }: LeftOut): string => {
    const told = [
      ...(broken > 0 ? [counted(broken, 'case that was green', 'cases that were green')] : []),
      ...(quarantined > 0 ? [counted(quarantined, 'case in quarantine', 'cases in quarantine')] : []),
      ...(files > 0 ? [counted(files, 'file', 'files')] : []),
      ...(cases > 0 ? [counted(cases, 'case that is gone or changed', 'cases that are gone or changed')] : []),
    ];
    return `${broken + quarantined + files + cases} more such findings, for which there is no room here: ${told.join(', ')}. They are accepted with all others, so read each changed file of the pull request before you accept`;
  },
  file: {
    added: 'this file decides what it is judged by, and is new',
    deleted: 'this file of the base branch decides what it is judged by, and is gone',
    modified: 'this file decides what it is judged by, and says something else than on the base branch',
    'type-changed': 'this file decides what it is judged by, and is another kind of file than on the base branch',
  },
  acceptedLess: (by: string, because: string): string =>
    `what ${inCode(by)} accepted of this commit is not all that is named by now, so that waits for a writer again; ${because}`,
  acceptedBefore: (by: string, because: string): string =>
    `${inCode(by)} accepted this commit when nobody kept what exactly was named, so that counts no more and waits for a writer again; ${because}`,
  inQueue:
    'on what stands before it in the queue, it changes other things that it is judged by than a writer accepted of the pull request. Take it out of the queue, bring it up to date with the base branch, have a writer accept the new commit, then put it in again',
  removed: 'this case of the base branch is gone',
  changed: 'this case has another input or another expectation than on the base branch',
  broken: (because: string): string => `it was green by the base branch’s suites, and is not any more: ${because}`,
};

const problemList = (problems: readonly FileProblem[]): string =>
  problems
    .slice(0, 5)
    .map((p) => `${inCode(`${p.file}:${p.line}`)}: ${p.problem} ${p.fix}`)
    .join(' ');

/** Where no comparison can be made. */
export const guard = {
  noConfiguration: 'the base branch has no configuration yet, so there is nothing to compare with',
  firstConfiguration:
    'the base branch has no configuration yet, so there is nothing to compare with; the one in this pull request is valid',
  ownProblems: (problems: readonly FileProblem[]): string =>
    `files of this pull request that the gate is set up by have mistakes: ${problemList(problems)}`,
  baseProblems: (problems: readonly FileProblem[]): string =>
    `files of the base branch that the gate is set up by have mistakes, so nothing can be compared; correct them there first: ${problemList(problems)}`,
  baseUnusable: 'the base branch’s own suites cannot be used, so the pull request is judged by what it brings along',
  elsewhere: (branch: string): string =>
    `only pull requests into ${inCode(branch)} are judged, and this one was pointed at another branch: point it back, and it is judged anew`,
  manyHeads: (most: number): string =>
    `${most} commits of this pull request were judged within an hour, which is all that its author may have judged without write permission. This one is judged by itself when that hour is over; comment \`/recheck\`, if you may write here, to have it judged now`,
  behind: (branch: string): string =>
    `what it is judged by changed on ${inCode(branch)} since it branched off, and the two conflict: bring it up to date with ${inCode(branch)}`,
  redBehind: (branch: string): string =>
    `something is red on the commit that it branched off from, which is forgiven only as far as it is red on ${inCode(branch)} today, and the two conflict: bring it up to date with ${inCode(branch)}`,
  notJudged: (because: string): string => `it could not be judged: ${because} Comment \`/recheck\` to try again.`,
  tooLong: (minutes: number): string =>
    `judging took longer than ${minutes} minutes, the limit (\`budget.minutes\`). Make the suites faster, or raise it on the base branch; comment \`/recheck\` to try again`,
  sharedHead: (head: string): string =>
    `The commit ${inCode(short(head))} was judged for another pull request already, and its checks stand on the commit. Push a commit of its own, or close the other one, and I judge this pull request, too.`,
  refused: (words: string): string => `I did not do that, because ${words}.`,
  checksGreen: 'Every check passed.',
  checksRed: 'Not every check passed.',
  checksWait: 'A person has to decide first.',
  checksNeutral: 'There was nothing to compare.',
};

/** Why a command on a pull request was refused. */
export const commandReasons: Readonly<Record<string, (detail: string) => string>> = {
  'shared-head': () => 'another pull request with the same commit was judged already',
  'command-bot': (by) => `${by} is not a person`,
  'command-no-write': (by) => `${by} has no write permission here`,
  'recheck-pending': () =>
    'this commit is being judged again already. Its checks tell when that is over; ask again then, if you still want to',
  'recheck-used-up': (by) =>
    `this commit was judged again as often as ${by} may ask for it without write permission. Push a new commit, which is judged by itself, or ask somebody who may write here to comment \`/recheck\``,
  'stop-nothing': () =>
    'no fix is being made here now, so there is nothing to stop. To keep a pull request from being merged, set the label `corrigible-hold`',
  'stop-already': () => 'it is stopped already. Comment `/retry` to go on',
  'accept-author': (by) => `${by} opened this pull request; another writer has to accept what it is judged by`,
  'accept-last-pusher': (by) => `${by} pushed this commit; another writer has to accept what it is judged by`,
  'accept-unknown-pusher': () =>
    'nobody saw who pushed this commit, as is so with the first one of a fork. Either a second writer accepts it as well, in a comment of their own; or push once more to the branch (`git commit --allow-empty` makes a commit for that), then accept the new commit',
  'accept-stale-head': (head) =>
    `that is not the commit that stands here now, by all its 40 digits. Look at what was added, then comment \`/accept-oracle ${head}\``,
  'accept-edited': (head) =>
    `that comment was edited, and nobody can tell by whom. Look at the commit, then write \`/accept-oracle ${head}\` in a new comment`,
  'accept-nothing': () =>
    'nothing of this commit waits to be accepted. Its check `corrigible/gate` says what is the matter',
  'accept-unseen': (head) =>
    `when that was written, no check named what there is to accept now. Wait for \`corrigible/oracle\` on this commit, look at what it names, then comment \`/accept-oracle ${head}\``,
};
