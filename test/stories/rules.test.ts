import { expect, test } from 'vitest';
import { documents } from '../../src/adapters/github/documents.ts';
import { merged, proposed } from '../support/proposed.ts';
import { inWorld, REPO, type World } from '../support/world.ts';

const ask = async (world: World, operationName: keyof typeof documents, variables: object) => {
  const { token } = world.forge.addUser('carol');
  const question = { query: documents[operationName], operationName, variables };
  return (await world.forge.api(token, 'POST', '/graphql', question)).body.data;
};

/** Carol resolves every conversation on the pull request. */
async function resolveAll(world: World, number: number): Promise<void> {
  const [owner, name] = REPO.split('/');
  const { repository } = await ask(world, 'reviewThreads', { owner, name, number, after: null });
  for (const { id: threadId } of repository.pullRequest.reviewThreads.nodes)
    await ask(world, 'resolveReviewThread', { threadId });
  await world.comment(number, 'Resolved.', 'carol');
}

const question = (world: World, pull: number) =>
  world.call('tom', 'POST', `/pulls/${pull}/reviews`, {
    event: 'COMMENT',
    comments: [{ path: 'config/fetch.json', line: 1, side: 'RIGHT', body: 'Why 9?' }],
  });

test('what a ruleset still wants is told one after the other, and then it merges', () =>
  inWorld({ files: { '.github/CODEOWNERS': '/config/ @carol\n' } }, async (world) => {
    const parameters = {
      required_approving_review_count: 2,
      require_code_owner_review: true,
      required_review_thread_resolution: true,
      dismiss_stale_reviews_on_push: true,
      require_last_push_approval: false,
    };
    await world.call('alice', 'POST', '/rulesets', {
      name: 'main',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [{ type: 'pull_request', parameters }],
    });
    const { issue, pull } = await proposed(world);
    await question(world, pull);
    await world.approve(pull, 'bob');
    expect(await world.status(issue)).toContain('the rules of the branch want one more approval');
    await world.approve(pull, 'alice');
    expect(await world.status(issue)).toContain('`config/fetch.json` waits for carol.');
    await world.approve(pull, 'carol');
    expect(await world.status(issue)).toContain('a conversation on the pull request is not resolved');
    expect(await merged(world, pull)).toBe(false);
    await resolveAll(world, pull);
    expect(await merged(world, pull)).toBe(true);
  }));

test('what a branch protection wants, which no App may read, is told from what GitHub says', () =>
  inWorld({ files: { '.github/CODEOWNERS': '/config/ @acme/answers\n' } }, async (world) => {
    world.forge.acts.addTeam(REPO, 'answers', ['carol']);
    await world.call('alice', 'PUT', '/branches/main/protection', {
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1, require_code_owner_reviews: true },
      restrictions: null,
      required_conversation_resolution: true,
    });
    const { issue, pull } = await proposed(world);
    await question(world, pull);
    await world.approve(pull, 'bob');
    expect(await world.status(issue)).toContain('it waits for the approval of a code owner: acme/answers.');
    await world.approve(pull, 'carol');
    expect(await world.status(issue)).toContain('conversations on the pull request are not resolved');
    await resolveAll(world, pull);
    expect(await merged(world, pull)).toBe(true);
  }));
