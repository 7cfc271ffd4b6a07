import { validationFailed } from './answers.ts';
import { changeIssueState, recordEvent, setIssueState } from './change-issue.ts';
import { emitPull } from './emit.ts';
import { headTip } from './forks.ts';
import { git } from './git.ts';
import { baseShaOf } from './pull-facts.ts';
import type { Pull, Repository } from './state.ts';
import { findIssue, gitDirectory, type Person, type World } from './world.ts';

/** Closes or reopens a pull request. Throws GitHub's refusal where it cannot come back. */
export async function changePullState(
  world: World,
  repository: Repository,
  pull: Pull,
  state: 'open' | 'closed',
  person: Person,
): Promise<void> {
  const issue = findIssue(repository, pull.number);
  if (issue.state === state) return;
  if (state === 'open') return reopen(world, repository, pull, person);
  pull.baseSha = await baseShaOf(world, repository, pull);
  await changeIssueState(world, repository, issue, 'closed', null, person);
}

/** A pull request comes back with the head that its branch has now; without a branch it stays closed. */
async function reopen(world: World, repository: Repository, pull: Pull, person: Person): Promise<void> {
  const directory = gitDirectory(world, repository);
  const issue = findIssue(repository, pull.number);
  const tip = await headTip(world, repository, pull);
  const refusal = pull.merged ? 'The pull request cannot be reopened.' : `The ${pull.head} branch has been deleted.`;
  const message = `state cannot be changed. ${refusal}`;
  if (!tip || pull.merged)
    throw validationFailed({ resource: 'PullRequest', field: 'state', code: 'invalid', message });
  pull.headSha = tip;
  setIssueState(issue, 'open', null, person.login);
  recordEvent(world, repository, issue, person, { event: 'reopened' });
  await git(directory, ['update-ref', `refs/pull/${pull.number}/head`, tip]);
  await emitPull(world, repository, 'reopened', pull, person.login);
}
