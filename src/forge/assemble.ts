import path from 'node:path';
import { openAppIdentity } from './app-identity.ts';
import { type DeliveryLog, openDeliveryLog } from './delivery-log.ts';
import type { Dispatch } from './dispatch.ts';
import { makeFaults } from './faults.ts';
import type { Operations } from './operation.ts';
import { openOracle } from './oracle/check.ts';
import { makeRateLimits, rateLimitHeaders } from './rate-limit.ts';
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
}

/** Puts a forge together on its state directory; `address.url` is known once it listens. */
export async function assemble(options: AssembleOptions, address: { readonly url: string }): Promise<Parts> {
  const directory = path.resolve(options.root);
  const store = await openStore(directory);
  const log = await openDeliveryLog(path.join(directory, 'deliveries.jsonl'));
  const app = await openAppIdentity(directory, options.app);
  const problems: string[] = [];
  const calls: ForgeCall[] = [];
  const oracle = openOracle();
  const world: World = {
    get url() {
      return address.url;
    },
    directory,
    app,
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
  const rates = makeRateLimits();
  const rest = makeRestApi(world, oracle, allOperations(webhooks, rates), problems, (call) => {
    calls.push(call);
    if (calls.length > keepCalls) calls.shift();
  });
  const limits = (authorization: string | null) =>
    rateLimitHeaders(rates.count(authorization?.split(' ').at(-1) ?? ''));
  const dispatch: Dispatch = { rest, faults: makeFaults(), limits, page: () => Promise.resolve(null) };
  return { world, store, log, webhooks, dispatch, problems, calls };
}

function allOperations(webhooks: Webhooks, rates: ReturnType<typeof makeRateLimits>): Operations {
  return {
    ...appOperations,
    ...deliveryOperations(webhooks),
    ...userOperations((token) => rates.read(token ?? '')),
    ...repositoryOperations,
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
