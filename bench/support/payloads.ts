import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';

/** A webhook as GitHub would send it, but for its GUID. */
export interface Signed {
  readonly event: string;
  readonly body: string;
  readonly signature: string;
}

const published: readonly { name: string; examples: readonly Record<string, unknown>[] }[] = createRequire(
  import.meta.url,
)('@octokit/webhooks-examples');

/** What a busy repository sends most. */
const EVENTS = ['issues', 'issue_comment', 'push', 'pull_request', 'pull_request_review', 'check_run', 'create'];

const sign = (body: string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/**
 * `count` of GitHub's own examples of those events in their real size, each of another repository `acme/r<n>` and of one
 * of 500 issues. Their signatures hold for any GUID.
 */
export function signedExamples(count: number, repositories: number, secret: string): readonly Signed[] {
  const examples = EVENTS.flatMap((event) => {
    const payloads = published.find(({ name }) => name === event)?.examples ?? [];
    return payloads.map((payload) => ({ event, payload }));
  });
  return Array.from({ length: count }, (_, n) => {
    const { event, payload } = examples[n % examples.length] as (typeof examples)[number];
    const issue = payload['issue'] as Record<string, unknown> | undefined;
    const repository = payload['repository'] as Record<string, unknown>;
    const body = JSON.stringify({
      ...payload,
      repository: { ...repository, id: 1000 + (n % repositories), full_name: `acme/r${n % repositories}` },
      installation: { id: 1 },
      ...(issue === undefined ? {} : { issue: { ...issue, number: (n % 500) + 1 } }),
    });
    return { event, body, signature: sign(body, secret) };
  });
}
