import { createHmac } from 'node:crypto';
import { timestamp } from './clock.ts';
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

/** What came of a delivery that reached nobody. */
export const lost = { status: 'failed to connect to host', statusCode: 0, duration: 0 };

/** GitHub gives up after ten seconds. */
const patienceMs = 10_000;
const keptOfAnswer = 10_000;

/** Posts a delivery, signed, and returns it with what came of it; never throws. */
export async function postDelivery(world: World, delivery: Delivery, signal: AbortSignal): Promise<Delivery> {
  const body = JSON.stringify(delivery.payload);
  const requestHeaders = headersFor(world, delivery, body);
  const url = world.state.webhookUrl;
  const attempt = { ...delivery, requestHeaders, url: url ?? '', deliveredAt: timestamp() };
  if (!url) return { ...attempt, ...lost };
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const request = { method: 'POST', headers: requestHeaders, body, redirect: 'manual', signal: patience } as const;
    const response = await fetch(url, request);
    const responseBody = (await response.text()).slice(0, keptOfAnswer);
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
