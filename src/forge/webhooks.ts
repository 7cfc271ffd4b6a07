import { createHmac, randomUUID } from 'node:crypto';
import { timestamp } from './clock.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { Oracle } from './oracle/check.ts';
import { repositoryShape } from './shapes/repository.ts';
import { userShape } from './shapes/user.ts';
import type { Installation, Repository } from './state.ts';
import type { World } from './world.ts';

/** One attempt to hand a webhook to the app. Redeliveries share the GUID and have an id of their own. */
export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  /** Seconds. */
  readonly duration: number;
  readonly status: string;
  /** The app's answer; 0 when there was none. */
  readonly statusCode: number;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
}

/** What tests can do to webhooks. */
export interface WebhookControls {
  /** Keeps webhooks back until `release`. */
  hold(): void;
  /** Sends what was held, in this order, and stops holding. Resolves when all of it was answered. */
  release(order?: 'as-sent' | 'reversed' | ((held: Delivery[]) => Delivery[])): Promise<void>;
  /** The next n never arrive; the log shows them as failed, as GitHub's would. */
  dropNext(n: number): void;
  /** The next n arrive twice under one GUID. */
  duplicateNext(n: number): void;
  /** Each waits this long before it is sent. */
  delay(ms: number): void;
  /** Every attempt so far, oldest first. */
  readonly log: readonly Delivery[];
  /** Resolves when nothing is under way; what is held does not count. */
  settled(): Promise<void>;
}

export interface Webhooks extends WebhookControls {
  emit(event: string, action: string | null, repository: Repository | null, payload: object, sender: string): void;
  /** The same about no repository: for one installation, or, as a ping is, for the app itself. */
  emitFor(
    installation: Installation | null,
    event: string,
    action: string | null,
    payload: object,
    sender: string,
  ): void;
  redeliver(delivery: Delivery): void;
  /** Sends nothing more. */
  stop(): Promise<void>;
}

/** GitHub gives up after ten seconds. */
const patienceMs = 10_000;
/** These reach an app whatever it subscribed to. */
const always = new Set(['ping', 'installation', 'installation_repositories']);

export function makeWebhooks(world: World, oracle: Oracle, log: DeliveryLog, problems: string[]): Webhooks {
  let sending = Promise.resolve();
  let held: Delivery[] | null = null;
  let delayMs = 0;
  let drops = 0;
  let duplicates = 0;
  const stopping = new AbortController();

  const enqueue = (delivery: Delivery) => {
    sending = sending.then(() => send(delivery)).catch((error: Error) => void problems.push(`webhook: ${error.stack}`));
  };
  const send = async (delivery: Delivery) => {
    if (stopping.signal.aborted) return;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (drops > 0) {
      drops--;
      return log.add({ ...delivery, ...lost });
    }
    log.add(await post(world, delivery, stopping.signal));
    if (duplicates > 0) {
      duplicates--;
      log.add(await post(world, { ...delivery, id: world.nextId() }, stopping.signal));
    }
  };
  const accept = (delivery: Delivery) => {
    if (held) held.push(delivery);
    else enqueue(delivery);
  };
  const emitFor: Webhooks['emitFor'] = (installation, event, action, payload, sender) => {
    if (!always.has(event) && !installation?.events.includes(event)) return;
    const name = [event, ...(action ? [action] : [])].join('-').replaceAll('_', '-');
    const body = { ...(action ? { action } : {}), ...payload, sender: userShape(world, sender) };
    const checked = oracle.webhook(name, JSON.parse(JSON.stringify(body)));
    for (const problem of checked.problems) problems.push(`WEBHOOK ${name}: ${problem}`);
    accept(prepare(world, event, action, checked.body as Record<string, unknown>, installation));
  };

  return {
    emitFor,
    emit(event, action, repository, payload, sender) {
      const installation = world.state.installations.find((one) => one.account === repository?.owner);
      if (!installation || !repository) return;
      const about = {
        repository: repositoryShape(world, repository),
        installation: { id: installation.id, node_id: `IN_${installation.id}` },
      };
      emitFor(installation, event, action, { ...payload, ...about }, sender);
    },
    redeliver: (delivery) => accept({ ...delivery, id: world.nextId(), redelivery: true }),
    hold: () => {
      held ??= [];
    },
    release(order = 'as-sent') {
      const waiting = held ?? [];
      held = null;
      const ordered =
        typeof order === 'function' ? order([...waiting]) : order === 'reversed' ? waiting.reverse() : waiting;
      for (const delivery of ordered) enqueue(delivery);
      return sending;
    },
    dropNext: (n) => {
      drops = n;
    },
    duplicateNext: (n) => {
      duplicates = n;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    get log() {
      return log.entries;
    },
    async settled() {
      for (let last: Promise<void> | null = null; last !== sending; ) {
        last = sending;
        await last;
      }
    },
    stop() {
      stopping.abort();
      return sending;
    },
  };
}

const lost = { status: 'failed to connect to host', statusCode: 0, duration: 0 };

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

/** Posts a delivery, signed, and returns it with what came of it. */
async function post(world: World, delivery: Delivery, signal: AbortSignal): Promise<Delivery> {
  const body = JSON.stringify(delivery.payload);
  const requestHeaders = headersFor(world, delivery, body);
  const url = world.state.webhookUrl;
  const attempt = { ...delivery, requestHeaders, url: url ?? '', deliveredAt: timestamp() };
  if (!url) return { ...attempt, ...lost };
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const response = await fetch(url, {
      method: 'POST',
      headers: requestHeaders,
      body,
      redirect: 'manual',
      signal: patience,
    });
    const responseBody = (await response.text()).slice(0, 10_000);
    const status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`;
    const responseHeaders = Object.fromEntries(response.headers);
    return { ...attempt, status, statusCode: response.status, responseHeaders, responseBody, duration: seconds() };
  } catch (error) {
    const late = (error as Error).name === 'TimeoutError';
    return { ...attempt, ...lost, ...(late ? { status: 'timed out', statusCode: 504 } : {}), duration: seconds() };
  }
}

function headersFor(world: World, delivery: Delivery, body: string): Record<string, string> {
  const sign = (algorithm: string) => createHmac(algorithm, world.app.webhookSecret).update(body).digest('hex');
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/forge',
    'x-github-event': delivery.event,
    'x-github-delivery': delivery.guid,
    'x-github-hook-id': String(world.app.id),
    'x-github-hook-installation-target-id': String(world.app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature': `sha1=${sign('sha1')}`,
    'x-hub-signature-256': `sha256=${sign('sha256')}`,
  };
}
