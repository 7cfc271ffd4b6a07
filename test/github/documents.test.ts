import { schema } from '@octokit/graphql-schema';
import { buildSchema, execute, NoDeprecatedCustomRule, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { documents } from '../../src/adapters/github/documents.ts';
import { inForge, openFix } from '../forge/forge-world.ts';

const github = buildSchema(schema.idl, { assumeValid: true });
const entries = Object.entries(documents);

test.each(entries)('%s is what GitHub’s public schema takes, and nothing in it is about to go', (name, text) => {
  const document = parse(text);
  expect(validate(github, document)).toEqual([]);
  expect(document.definitions).toMatchObject([{ kind: 'OperationDefinition', name: { value: name } }]);
  expect(deprecatedIn(text)).toEqual([]);
});

test('the local forge answers in the shape that GitHub’s schema gives each document', () =>
  inForge(async (world) => {
    const { number, token } = await openFix(world);
    const comments = [{ path: 'fix.txt', line: 1, body: 'Why?' }];
    const review = { event: 'REQUEST_CHANGES', body: 'No.', comments };
    await world.post(world.tokens.bob, `${world.repo}/pulls/${number}/reviews`, review);
    const ask = async (operationName: keyof typeof documents, variables: object) => {
      const query = documents[operationName];
      const { body } = await world.post(token, '/graphql', { query, operationName, variables });
      const shaped = await execute({
        schema: github,
        document: parse(query),
        rootValue: body.data,
        variableValues: {
          ...variables,
        },
      });
      expect(JSON.parse(JSON.stringify(shaped))).toEqual(body);
      return body.data;
    };
    const found = await ask('reviewThreads', { owner: 'ann', name: 'demo', number, after: null });
    const [thread] = found.repository.pullRequest.reviewThreads.nodes;
    await ask('resolveReviewThread', { threadId: thread.id });
    const checks = { required_status_checks: [{ context: 'ci' }], strict_required_status_checks_policy: false };
    await world.post(world.tokens.ann, `${world.repo}/rulesets`, {
      name: 'queue',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [{ type: 'merge_queue' }, { type: 'required_status_checks', parameters: checks }],
    });
    const pull = await ask('mergeQueueEntry', { owner: 'ann', name: 'demo', number });
    const { body } = await world.get(token, `${world.repo}/pulls/${number}`);
    const passed = { state: 'success', context: 'ci' };
    await world.post(world.tokens.ann, `${world.repo}/statuses/${body.head.sha}`, passed);
    const pullRequestId = pull.repository.pullRequest.id;
    await ask('enqueuePullRequest', { pullRequestId, head: body.head.sha });
    await ask('dequeuePullRequest', { pullRequestId });
    const { body: comment } = await world.post(token, `${world.repo}/issues/${number}/comments`, { body: 'One.' });
    expect(await ask('commentEdit', { id: comment.node_id })).toMatchObject({ node: { lastEditedAt: null } });
  }));

/** Fields that GitHub says it will take away, as `Type.field`. */
function deprecatedIn(text: string): string[] {
  return validate(github, parse(text), [NoDeprecatedCustomRule]).map(({ message }) => message);
}
