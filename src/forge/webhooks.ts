import { randomUUID } from 'node:crypto';
import { timestamp } from './clock.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { makeDeliveryQueue, type WebhookControls } from './delivery-queue.ts';
import type { Oracle } from './oracle/check.ts';
import { type Delivery, lost, postDelivery } from './post-delivery.ts';
import { repositoryShape } from './shapes/repository.ts';
import { userShape } from './shapes/user.ts';
import type { Installation, Repository } from './state.ts';
import { sameName, type World } from './world.ts';

export interface Webhooks {
  readonly controls: WebhookControls;
  emit(event: string, action: string | null, repository: Repository, payload: object, sender: string): void;
  /** The same about no repository. */
  emitFor(installation: Installation, event: string, action: string, payload: object, sender: string): void;
  /** Greets an address that is to receive webhooks from now on. */
  ping(): void;
  redeliver(delivery: Delivery): void;
  stop(): Promise<void>;
}

/** These reach an app whatever it subscribed to. */
const always = new Set(['installation', 'installation_repositories']);

/** Sends webhooks, each held against GitHub's description of it; what does not fit goes to `problems`. */
export function makeWebhooks(world: World, oracle: Oracle, log: DeliveryLog, problems: string[]): Webhooks {
  const queue = makeDeliveryQueue(log, (delivery, signal) => postDelivery(world, delivery, signal), world.nextId);
  const send = (installation: Installation | null, event: string, action: string | null, payload: object) => {
    const name = [event, ...(action ? [action] : [])].join('-').replaceAll('_', '-');
    const body = JSON.parse(JSON.stringify({ ...(action ? { action } : {}), ...payload }));
    const checked = oracle.webhook(name, body);
    for (const problem of checked.problems) problems.push(`WEBHOOK ${name}: ${problem}`);
    queue.accept(prepare(world, event, action, checked.body as Record<string, unknown>, installation));
  };
  return {
    controls: queue.controls,
    emit(event, action, repository, payload, sender) {
      const installation = world.state.installations.find((one) => sameName(one.account, repository.owner));
      if (installation === undefined || installation.suspendedAt || !installation.events.includes(event)) return;
      send(installation, event, action, {
        ...payload,
        repository: repositoryShape(world, repository),
        installation: { id: installation.id, node_id: `IN_${installation.id}` },
        sender: userShape(world, sender),
      });
    },
    emitFor(installation, event, action, payload, sender) {
      const about = always.has(event);
      if (!about && (installation.suspendedAt || !installation.events.includes(event))) return;
      send(installation, event, action, { ...payload, sender: userShape(world, sender) });
    },
    ping: () => send(null, 'ping', null, pingPayload(world)),
    redeliver: (delivery) => queue.accept({ ...delivery, id: world.nextId(), redelivery: true }),
    stop: queue.stop,
  };
}

function pingPayload(world: World) {
  const at = timestamp();
  const config = { content_type: 'json', insecure_ssl: '0', secret: '********', url: world.state.webhookUrl };
  const hook = { type: 'App', id: world.app.id, name: 'web', active: true, events: world.appEvents ?? [], config };
  return {
    zen: 'Approachable is better than simple.',
    hook_id: world.app.id,
    hook: { ...hook, app_id: world.app.id, created_at: at, updated_at: at },
  };
}

function prepare(
  world: World,
  event: string,
  action: string | null,
  payload: Record<string, unknown>,
  installation: Installation | null,
): Delivery {
  const repository = payload['repository'] as { id: number } | undefined;
  return {
    id: world.nextId(),
    guid: randomUUID(),
    event,
    action,
    deliveredAt: timestamp(),
    redelivery: false,
    installationId: installation?.id ?? null,
    repositoryId: repository?.id ?? null,
    url: world.state.webhookUrl ?? '',
    requestHeaders: {},
    payload,
    responseHeaders: {},
    responseBody: '',
    ...lost,
  };
}
