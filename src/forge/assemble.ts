import path from 'node:path';
import { makeAppIdentity, openAppIdentity } from './app-identity.ts';
import { type DeliveryLog, openDeliveryLog } from './delivery-log.ts';
import type { Dispatch } from './dispatch.ts';
import { makeFaults } from './faults.ts';
import { commentEdit } from './graphql/comment-edit.ts';
import { makeGraphqlApi } from './graphql/endpoint.ts';
import { dequeuePullRequest, enqueuePullRequest, mergeQueueEntry } from './graphql/merge-queue.ts';
import { resolveReviewThread, reviewThreads } from './graphql/review-threads.ts';
import type { Operations } from './operation.ts';
import { openOracle } from './oracle/check.ts';
import { makeRateLimits, type RateLimits } from './rate-limit.ts';
import { type ForgeCall, makeRestApi } from './rest.ts';
import { appOperations } from './routes/apps.ts';
import { checkOperations } from './routes/checks.ts';
import { commentOperations } from './routes/comments.ts';
import { commitOperations } from './routes/commits.ts';
import { contentOperations } from './routes/contents.ts';
import { deliveryOperations } from './routes/deliveries.ts';
import { gitDatabaseOperations } from './routes/git-database.ts';
import { issueOperations } from './routes/issues.ts';
import { labelOperations } from './routes/labels.ts';
import { protectionOperations } from './routes/protection.ts';
import { pullOperations } from './routes/pulls.ts';
import { reactionOperations } from './routes/reactions.ts';
import { repositoryOperations } from './routes/repositories.ts';
import { reviewOperations } from './routes/reviews.ts';
import { statusOperations } from './routes/statuses.ts';
import { userOperations } from './routes/users.ts';
import { settleHeads } from './settle-heads.ts';
import type { Permissions } from './state.ts';
import { openStore, type Store } from './store.ts';
import { makeWebhooks, type Webhooks } from './webhooks.ts';
import { type AppIdentity, botLogin, ensureUser, type World } from './world.ts';

const defaultPermissions: Permissions = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  statuses: 'write',
  merge_queues: 'write',
  metadata: 'read',
};

const keepCalls = 10_000;

export interface AssembleOptions {
  readonly root: string;
  readonly app?: AppIdentity;
  readonly permissions?: Permissions;
  readonly events?: readonly string[];
}

/** Everything of a forge but its socket. */
export interface Parts {
  readonly world: World;
  readonly store: Store;
  readonly log: DeliveryLog;
  readonly webhooks: Webhooks;
  readonly dispatch: Dispatch;
  readonly problems: string[];
  readonly calls: ForgeCall[];
  /** Gives the app a new key: what the old one signs is refused. */
  rotateKey(): AppIdentity;
}

/** Puts a forge together on its state directory; `address.url` is known once it listens. */
export async function assemble(options: AssembleOptions, address: { readonly url: string }): Promise<Parts> {
  const directory = path.resolve(options.root);
  const store = await openStore(directory);
  const log = await openDeliveryLog(path.join(directory, 'deliveries.jsonl'));
  let app = await openAppIdentity(directory, options.app);
  const problems: string[] = [];
  const calls: ForgeCall[] = [];
  const oracle = openOracle();
  const world: World = {
    get url() {
      return address.url;
    },
    directory,
    get app() {
      return app;
    },
    clock: { aheadMs: 0 },
    appPermissions: options.permissions ?? defaultPermissions,
    appEvents: options.events ?? null,
    state: store.state,
    nextId: () => {
      store.changed();
      return store.state.nextId++;
    },
    changed: store.changed,
    emit: (...event) => webhooks.emit(...event),
  };
  const webhooks = makeWebhooks(world, oracle, log, problems);
  ensureUser(world, botLogin(world));
  await settleHeads(world);
  const limits = makeRateLimits(world);
  const record = (call: ForgeCall) => {
    calls.push(call);
    if (calls.length > keepCalls) calls.shift();
  };
  const rest = makeRestApi(world, oracle, allOperations(webhooks, limits), problems, record);
  const graphql = makeGraphqlApi(world, graphOperations, problems, record);
  const dispatch: Dispatch = { rest, graphql, faults: makeFaults(), limits, page: () => Promise.resolve(null) };
  const rotateKey = () => {
    app = { ...makeAppIdentity(app.id, app.slug), webhookSecret: app.webhookSecret };
    return app;
  };
  return { world, store, log, webhooks, dispatch, problems, calls, rotateKey };
}

const graphOperations = {
  reviewThreads,
  resolveReviewThread,
  mergeQueueEntry,
  enqueuePullRequest,
  dequeuePullRequest,
  commentEdit,
};

function allOperations(webhooks: Webhooks, limits: RateLimits): Operations {
  return {
    ...appOperations(webhooks),
    ...deliveryOperations(webhooks),
    ...userOperations((token) => limits.read(token)),
    ...repositoryOperations(webhooks),
    ...contentOperations,
    ...commitOperations,
    ...gitDatabaseOperations,
    ...protectionOperations,
    ...issueOperations,
    ...commentOperations,
    ...labelOperations,
    ...reactionOperations,
    ...pullOperations,
    ...reviewOperations,
    ...checkOperations,
    ...statusOperations,
  };
}
