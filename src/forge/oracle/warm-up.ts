import type { Oracle } from './check.ts';

/** What an app that works on issues and pull requests calls and hears first. */
const responses: readonly (readonly [operation: string, status: number])[] = [
  ['issues/get', 200],
  ['issues/create', 201],
  ['issues/list-comments', 200],
  ['issues/create-comment', 201],
  ['issues/update-comment', 200],
  ['issues/list-events', 200],
  ['issues/add-labels', 200],
  ['repos/get-collaborator-permission-level', 200],
  ['apps/create-installation-access-token', 201],
  ['pulls/create', 201],
  ['pulls/get', 200],
  ['pulls/list', 200],
  ['pulls/list-reviews', 200],
  ['pulls/create-review', 200],
  ['pulls/request-reviewers', 201],
  ['pulls/merge', 200],
  ['checks/create', 201],
  ['checks/list-for-ref', 200],
  ['repos/list-collaborators', 200],
  ['repos/get-branch-rules', 200],
  ['repos/get-branch', 200],
  ['issues/update', 200],
];
const webhooks: readonly string[] = [
  'issues-opened',
  'issues-labeled',
  'issue-comment-created',
  'issue-comment-edited',
  'push',
  'create',
  'pull-request-opened',
  'pull-request-review-requested',
  'check-run-completed',
  'check-run-created',
  'pull-request-review-submitted',
  'pull-request-closed',
  'issues-closed',
];

/**
 * Compiles the schemas of these one after another, with time for calls in between: each takes up to 100 ms, which the
 * first caller would otherwise wait for.
 */
export function warmUp(oracle: Oracle): void {
  const steps = [
    ...responses.map(
      ([operation, status]) =>
        () =>
          oracle.validateResponse(operation, status, {}),
    ),
    ...webhooks.map((name) => () => oracle.validateWebhook(name, {})),
  ];
  const next = () => {
    const step = steps.shift();
    if (step === undefined) return;
    step();
    setTimeout(next, 1).unref();
  };
  setTimeout(next, 1).unref();
}
