import { randomBytes } from 'node:crypto';
import { created, GitHubError, notFound, ok } from '../answers.ts';
import { requireLoopbackUrl } from '../loopback.ts';
import { type Call, type Operations, onForge } from '../operation.ts';
import type { Delivery } from '../post-delivery.ts';
import { appShape } from '../shapes/app.ts';
import type { Webhooks } from '../webhooks.ts';
import type { World } from '../world.ts';
import { byApp } from './apps.ts';

function itemShape(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function fullShape(delivery: Delivery) {
  const { url, requestHeaders, payload, responseHeaders, responseBody } = delivery;
  const answered = delivery.statusCode > 0;
  return {
    ...itemShape(delivery),
    url,
    request: { headers: requestHeaders, payload },
    response: { headers: answered ? responseHeaders : null, payload: answered ? responseBody : null },
  };
}

function configShape(world: World) {
  return { url: world.state.webhookUrl ?? '', content_type: 'json', insecure_ssl: '0', secret: '********' };
}

/** Newest first, by a cursor instead of a page, as GitHub does here. */
function list(call: Call, webhooks: Webhooks) {
  const perPage = Math.min(100, Number(call.query.get('per_page') ?? 30));
  const cursor = Number(call.query.get('cursor') ?? Number.POSITIVE_INFINITY);
  const wanted = call.query.get('status');
  const older = [...webhooks.controls.log]
    .sort((a, b) => b.id - a.id)
    .filter((one) => one.id < cursor && (!wanted || (one.status === 'OK') === (wanted === 'success')));
  const items = older.slice(0, perPage);
  const next = new URL(`${call.world.url}/app/hook/deliveries?per_page=${perPage}&cursor=${items.at(-1)?.id}`);
  const more = older.length > perPage ? { headers: { link: `<${next}>; rel="next"` } } : {};
  return { ...ok(items.map(itemShape)), ...more };
}

function deliveryOf(call: Call, webhooks: Webhooks): Delivery {
  const found = webhooks.controls.log.find((one) => one.id === Number(call.parameters['delivery_id']));
  if (!found) throw notFound();
  return found;
}

function updateConfig(call: Call) {
  const { url } = call.body as { url?: string };
  if (url) {
    try {
      requireLoopbackUrl(url);
    } catch (error) {
      throw new GitHubError(422, (error as Error).message);
    }
    call.world.state.webhookUrl = url;
    call.world.changed();
  }
  return ok(configShape(call.world));
}

/** Hands out the forge's one app, once per code: whoever follows the manifest flow ends with credentials that work. */
function convertManifest(call: Call) {
  const { state } = call.world;
  const found = state.manifests.find((one) => one.code === call.parameters['code']);
  if (!found) throw notFound();
  state.manifests = state.manifests.filter((one) => one !== found);
  call.world.changed();
  const { name } = found.manifest as { name?: string };
  const { privateKey, webhookSecret } = call.world.app;
  const shape = { ...appShape(call.world), name: name ?? call.world.app.slug };
  return created({
    ...shape,
    client_secret: randomBytes(20).toString('hex'),
    webhook_secret: webhookSecret,
    pem: privateKey,
  });
}

export function deliveryOperations(webhooks: Webhooks): Operations {
  return {
    'apps/list-webhook-deliveries': byApp((call) => list(call, webhooks)),
    'apps/get-webhook-delivery': byApp((call) => ok(fullShape(deliveryOf(call, webhooks)))),
    'apps/redeliver-webhook-delivery': byApp((call) => {
      webhooks.redeliver(deliveryOf(call, webhooks));
      return { status: 202, body: {} };
    }),
    'apps/get-webhook-config-for-app': byApp((call) => ok(configShape(call.world))),
    'apps/update-webhook-config-for-app': byApp(updateConfig),
    'apps/create-from-manifest': onForge(convertManifest),
  };
}
