import type { Octokit } from './octokit.ts';
import { PER_PAGE } from './repository.ts';

/** One try of GitHub's to deliver a webhook to the app. */
export interface HookDelivery {
  /** Larger than a number holds exactly. */
  readonly id: string;
  readonly guid: string;
  /** ISO time. */
  readonly at: string;
  readonly ok: boolean;
}

/** The app's deliveries, newest first, as far back as GitHub keeps them. */
export async function* hookDeliveries(app: Octokit): AsyncGenerator<HookDelivery> {
  let cursor: string | undefined;
  do {
    const after = cursor === undefined ? {} : { cursor };
    const { data, headers } = await app.rest.apps.listWebhookDeliveries({ per_page: PER_PAGE, ...after });
    for (const { id, guid, delivered_at, status_code } of data)
      yield { id: String(id), guid, at: delivered_at, ok: status_code >= 200 && status_code < 300 };
    const next = /<([^<>]+)>;\s*rel="next"/.exec(headers.link ?? '')?.[1];
    cursor = next === undefined ? undefined : (URL.parse(next)?.searchParams.get('cursor') ?? undefined);
  } while (cursor !== undefined);
}

/** Asks GitHub to deliver it once more. The GUID stays. */
export async function redeliver(app: Octokit, id: string): Promise<void> {
  // Octokit's type says number, which would round the id.
  await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id as unknown as number });
}
