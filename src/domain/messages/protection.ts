import type { Bypass } from '../protection.ts';
import type { Finding } from './cli.ts';

const good = (what: string): Finding => ({ ok: true, what });
const wrong = (what: string, fix: string): Finding => ({ ok: false, what, fix });
/** Told, not demanded. */
const weak = (what: string, fix: string): Finding => ({ ok: true, level: 'weak', what, fix });
const unread = (what: string, fix: string): Finding => ({ ok: false, level: 'unread', what, fix });

/** A name that outsiders chose, on one line. */
const name = (text: string): string => `“${text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 100)}”`;
const holder = (ruleset: string | null): string =>
  ruleset === null ? 'Branch protection' : `The ruleset ${name(ruleset)}`;
function inHolder(ruleset: string | null): string {
  if (ruleset === null) return 'the branch protection';
  return ruleset === '' ? 'the rulesets' : `the ruleset ${name(ruleset)}`;
}

/** What is wrong with the checks that the branch requires. */
export const neededChecks = {
  gate: (check: string, app: number): Finding => good(`The branch requires ${check}, from the App ${app} alone.`),
  noGate: (check: string): Finding =>
    wrong(`The branch does not require ${check}.`, `Require the check ${check} by a ruleset or branch protection.`),
  anyGate: (check: string): Finding =>
    wrong(
      `${check} is required by its name only, so every App and everybody who may write can set it.`,
      'Choose your App as its source in the rule.',
    ),
  otherGate: (check: string, app: number, own: number): Finding =>
    wrong(
      `${check} is required from the App ${app}, but yours is ${own}.`,
      'Choose your App as its source in the rule.',
    ),
  severalGates: (check: string, apps: readonly number[]): Finding =>
    wrong(
      `${check} is required from several Apps (${apps.join(', ')}); no App can set it for another.`,
      'Leave your App as its only source in the rules.',
    ),
  unknownApp: (check: string, app: number): Finding =>
    unread(
      `${check} is required from the App ${app}; whether that is yours is not known here.`,
      'Set APP_ID to the number on the page of your GitHub App.',
    ),
  alsoAny: (check: string): Finding =>
    weak(
      `${check} is required twice: from your App, and by its name only. A commit status of that name would have to pass, too.`,
      'Remove the one without a source.',
    ),
  statusToo: (check: string): Finding =>
    wrong(
      `Somebody sets a commit status ${check}, and the rule takes it from anybody: GitHub then wants the status and the check.`,
      'Find who sets it and stop that; choose your App as the source in the rule.',
    ),
  statusBeside: (check: string): Finding =>
    weak(
      `Somebody sets a commit status ${check}, which is not the app’s check and can be taken for it.`,
      'Find who sets it and stop that.',
    ),
  misnamed: (given: string, check: string): Finding =>
    wrong(
      `A check ${name(given)} is required, but the app’s is called ${check}, to the letter. Nobody may ever set that one.`,
      `Replace it by ${check}.`,
    ),
  peopleWait: (check: string): Finding =>
    wrong(
      `${check} is required, but only the app’s own pull requests are judged: people’s wait for it for ever.`,
      'Write “pull-requests: all” into .github/corrigible.yml.',
    ),
  noneJudged: (check: string): Finding =>
    wrong(
      `${check} is required, but without a valid configuration nothing is judged: people’s pull requests wait for it for ever.`,
      'Correct .github/corrigible.yml on the default branch, with “pull-requests: all”.',
    ),
  peopleJudged: good('People’s pull requests are judged, so the required gate answers there, too.'),
  notForPeople: (check: string): Finding =>
    wrong(
      `${name(check)} is required, but people’s pull requests never get it and wait for ever.`,
      'Remove it from the rule: the gate contains it where it is due.',
    ),
  notForOwn: (check: string): Finding =>
    wrong(
      `${name(check)} is required, but the app’s own pull requests never get it and wait for ever.`,
      'Remove it from the rule: the gate contains it where it is due.',
    ),
  noStep: (check: string): Finding =>
    wrong(
      `${name(check)} is required, but the configuration has no such step, so nobody sets it.`,
      'Remove it from the rule: the gate contains every step.',
    ),
  stepTwice: (check: string): Finding =>
    weak(
      `${name(check)} is required beside the gate, which contains it. A pull request that cannot be judged gets the gate alone, and waits for this one for ever.`,
      'Remove it from the rule.',
    ),
  unknown: (check: string): Finding =>
    wrong(`${name(check)} is required, but the app never sets a check of that name.`, 'Remove it from the rule.'),
} as const;

/** What is wrong with how pull requests come into the branch. */
export const entry = {
  upToDate: good('Branches have to be up to date before they merge.'),
  notUpToDate: wrong(
    'A branch may merge although its base has moved.',
    'Switch on “Require branches to be up to date before merging”. (Without a required check it has no effect.)',
  ),
  queue: good(
    'Merges go through a merge queue, and what it is about to merge is judged. (For that the App has the permission “Merge queues” and the event “Merge group”; an installation from before they were asked for has to accept them.)',
  ),
  lastGreen: wrong(
    'The merge queue wants only the last pull request of a group to be green: a red one before it is merged along.',
    'Choose “Require all queue entries to pass required checks” in the rule of the merge queue.',
  ),
  approvals: (count: number): Finding => good(`Approvals required by GitHub: ${count}.`),
  noApprovals: wrong('GitHub requires no approval.', 'Require a pull request with at least one approval.'),
  zeroApprovals: wrong('GitHub requires pull requests, but 0 approvals of them.', 'Set the number to 1 or more.'),
  dismissed: good('A push takes earlier approvals away.'),
  notDismissed: wrong(
    'An approval stays when something else is pushed after it, so people can merge what nobody approved.',
    'Switch on “Dismiss stale pull request approvals when new commits are pushed”.',
  ),
  lastPush: good('The last push has to be approved by somebody else than who pushed it.'),
  noLastPush: weak(
    'Who pushed last to a pull request of somebody else may approve that push.',
    'Switch on “Require approval of the most recent reviewable push”.',
  ),
  conversations: good('Conversations have to be resolved before a merge.'),
  noConversations: weak(
    'A pull request may merge while questions in it are open.',
    'If you want answers first, switch on “Require conversation resolution before merging”.',
  ),
  codeOwners: good('Code owners have to approve what is theirs.'),
  noCodeOwnersFile: wrong(
    'Code owners have to approve, but there is no file CODEOWNERS, so there are none and the rule asks nobody.',
    'Add .github/CODEOWNERS, or switch the rule off.',
  ),
} as const;

/** What is wrong with who may pass over the rules, and with what the rules leave open. */
export const holds = {
  administrators: good('The branch protection binds administrators, too.'),
  noAdministrators: wrong(
    'The branch protection does not bind administrators: they may merge and push past it.',
    'Switch on “Do not allow bypassing the above settings”.',
  ),
  noAdministratorsBeside: weak(
    'The branch protection does not bind administrators; the ruleset that requires the gate does.',
    'Switch on “Do not allow bypassing the above settings”.',
  ),
  bypass: (ruleset: string | null, who: string): Finding =>
    weak(
      `Some may pass over ${inHolder(ruleset)}: ${who}.`,
      'Take off whom you do not mean. The app needs no place there.',
    ),
  organisation: (ruleset: string, organisation: string): Finding =>
    good(`The ruleset ${name(ruleset)} belongs to ${name(organisation)}; it can be changed only there.`),
  rewriting: good('Nobody may force-push to the branch or delete it.'),
  forcePush: wrong(
    'The branch may be force-pushed, which takes merged and judged commits away.',
    'Switch on “Block force pushes”, or off “Allow force pushes”.',
  ),
  deletion: wrong('The branch may be deleted.', 'Switch on “Restrict deletions”, or off “Allow deletions”.'),
  disabled: (ruleset: string): Finding =>
    weak(`The ruleset ${name(ruleset)} is disabled and demands nothing.`, 'Set it to “Active”, or delete it.'),
  evaluate: (ruleset: string): Finding =>
    weak(`The ruleset ${name(ruleset)} is only evaluated and demands nothing.`, 'Set it to “Active”.'),
  elsewhere: (ruleset: string): Finding =>
    weak(
      `The ruleset ${name(ruleset)} demands checks or approvals, but not of the default branch.`,
      'If it is meant for that, add the default branch to its targets.',
    ),
} as const;

/** What keeps the app from merging. It merges by squash, and where the repository does not allow that, as it does. */
export const merging = {
  squash: good('The app may merge by squash.'),
  noSquash: weak(
    'The repository does not allow squash merging, so the app makes a merge commit, or rebases where only that is allowed.',
    'Switch on “Allow squash merging” in the settings of the repository if you want one commit for each fix.',
  ),
  noSquashIn: (ruleset: string | null): Finding =>
    weak(
      `${holder(ruleset)} does not allow squash merging, so the app makes a merge commit, or rebases where only that is allowed.`,
      'Add “Squash” to the allowed merge methods if you want one commit for each fix.',
    ),
  signatures: weak(
    'Commits have to be signed. The app does not sign; GitHub signs a squash, but only for the author of the pull request, so people cannot squash the app’s, nor the app theirs.',
    'See one fix of the app merge before you rely on it, or switch “Require signed commits” off.',
  ),
  locked: (ruleset: string | null): Finding =>
    wrong(
      `${holder(ruleset)} locks the branch, so nothing can merge.`,
      'Switch off “Lock branch” or “Restrict updates”.',
    ),
  shutOut: (own: number): Finding =>
    wrong(
      `Only some may push to the branch, and your App ${own} is not among them, so it cannot merge.`,
      'Add your App to “Restrict who can push to matching branches”.',
    ),
} as const;

const roles: Readonly<Record<string, string>> = { 2: 'maintainers', 4: 'writers', 5: 'administrators' };

function whoIs({ kind, id }: Bypass, own: number | null): string {
  if (kind === 'app') return id === String(own) ? `your App ${id}` : `the App ${name(id)}`;
  if (kind === 'owners') return 'owners of the organisation';
  if (kind === 'role') return roles[id] ?? `the role ${name(id)}`;
  if (kind === 'deploy-keys') return 'deploy keys';
  return `the ${kind === 'team' ? 'team' : kind === 'person' ? 'user' : 'actor'} ${name(id)}`;
}

/** Who may pass over a rule, in words. `own` is the App's id. */
export const bypassers = (all: readonly Bypass[], own: number | null): string =>
  all.map((one) => `${whoIs(one, own)}${one.pullRequestsOnly ? ' (in pull requests only)' : ''}`).join(', ');

/** How the parts of the rules are named where they cannot be read. */
export const part = {
  checks: 'which checks are required',
  configuration: 'whether people’s pull requests are judged, and which steps there are',
  status: 'whether a commit status has the gate’s name',
  upToDate: 'whether branches have to be up to date',
  queue: 'whether a merge queue is on',
  lastGreen: 'whether every entry of the merge queue has to be green',
  approvals: 'whether approvals are required',
  dismissesStale: 'whether a push takes approvals away',
  lastPush: 'who may approve the last push',
  conversations: 'whether conversations have to be resolved',
  codeOwners: 'whether code owners have to approve',
  codeOwnersFile: 'whether there is a file CODEOWNERS',
  noForcePush: 'whether force pushes are blocked',
  noDeletion: 'whether deletion is blocked',
  bindsAdministrators: 'whether administrators are bound',
  bypass: (ruleset: string | null): string => `who may pass over ${inHolder(ruleset)}`,
  idle: 'which rulesets are not in force',
  squash: 'whether the repository allows squash merging',
  methods: 'which ways to merge the rules allow',
  signatures: 'whether commits have to be signed',
  locked: 'whether the branch is locked',
  apps: 'which Apps may push to the branch',
} as const;

/** Everything that stayed in the dark, in one line. */
export const notRead = (parts: readonly string[]): Finding =>
  unread(
    `With this token I could not read: ${parts.join('; ')}.`,
    'Give it read access to administration, contents, pull requests and commit statuses, from somebody who may change the rules.',
  );
