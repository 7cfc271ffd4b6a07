import * as say from '../../domain/messages/gateway.ts';
import type { NamedModel, Usage } from '../../domain/named-model.ts';
import { GatewayCut, type GatewayEntry } from '../../ports.ts';
import type { openAccount, Reserve } from './account.ts';
import { type Api, type Asked, NotLetThrough, type UsageReader } from './api.ts';
import { askEndpoint, EndpointFailed } from './endpoint.ts';
import type { openEstimate } from './estimate.ts';
import { hideKey } from './hide-key.ts';
import { MOST_RECORDED, relay, textWithin } from './relay.ts';
import { type Weight, weigh } from './weigh.ts';

const MOST_IMAGES = 20;

/** What one run goes through. */
export interface Door {
  readonly model: NamedModel;
  readonly api: Api;
  readonly account: ReturnType<typeof openAccount>;
  /** The run is over. */
  readonly over: AbortSignal;
  readonly patience: { readonly silenceMs: number; readonly answerMs: number };
  readonly onEntry: (entry: GatewayEntry) => void;
  /** Asked in the place of the endpoint. */
  readonly fetch: typeof fetch | undefined;
  /** What was sent and is not settled yet. */
  readonly underWay: Set<Sent>;
  readonly estimate: ReturnType<typeof openEstimate>;
  /** `held`: bytes of requests that are read, or not answered yet; `inVain`: of all those that went to no model. */
  readonly seen: { asked: number; answered: number; refused: number; held: number; inVain: number };
}

/** A request that was read. */
export interface Wanted {
  readonly path: string;
  readonly asked: Asked;
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

/** One request on its way, until it is settled. */
export interface Sent {
  readonly id: number;
  readonly stop: AbortSignal;
  /** Something came: it is not silent. */
  readonly alive: () => void;
  readonly settle: (end: End) => void;
  /** It has no end any more: what was put aside is spent. */
  readonly lose: () => void;
}

interface End {
  readonly status: number;
  readonly said: string;
  readonly whole: boolean;
  readonly usage: Usage | 'lost' | 'free';
}

/**
 * Sends what was let through on, once the most that it may cost is put aside, and hands the answer back as it comes. Throws
 * `GatewayCut` where nothing is left, what `askEndpoint` throws, and the reason of who left.
 */
export async function exchange(door: Door, wanted: Wanted): Promise<Response> {
  const { api, model, account, estimate, over } = door;
  const { asked } = wanted;
  const weight = weigh(asked);
  if (weight.images > MOST_IMAGES) throw new NotLetThrough(say.tooManyImages(MOST_IMAGES));
  const most = Math.min(asked.wants ?? model.most, model.most);
  const leave = AbortSignal.any([over, wanted.signal]);
  const reserve = await account.reserve(estimate.of(weight), most, leave);
  if (reserve === null) throw new GatewayCut('budget', say.usedUp);
  const sent = begin(door, weight, reserve);
  try {
    const call = api.call(model, asked, reserve.output, wanted.headers);
    const body = JSON.stringify(call.body);
    const { most: aside } = reserve;
    door.onEntry({ is: 'asked', id: sent.id, path: wanted.path, body: body.slice(0, MOST_RECORDED), most: aside });
    const response = await askEndpoint(model, { ...call, body }, AbortSignal.any([leave, sent.stop]), door.fetch);
    sent.alive();
    door.seen.answered++;
    return await handBack(door, sent, response);
  } catch (error) {
    const failed = error instanceof EndpointFailed;
    const said = error instanceof Error ? error.message : String(error);
    sent.settle({
      status: failed ? error.status : 502,
      said,
      whole: true,
      usage: failed && error.sent ? 'lost' : 'free',
    });
    throw error;
  }
}

/** Counts the request as under way until it is settled, whichever way that comes about first. */
function begin(door: Door, weight: Weight, reserve: Reserve): Sent {
  const { seen, underWay, onEntry, patience } = door;
  const id = ++seen.asked;
  const stop = new AbortController();
  let settled = false;
  const settle = ({ status, said, whole, usage }: End) => {
    if (settled) return;
    settled = true;
    clearTimeout(silence);
    clearTimeout(end);
    underWay.delete(sent);
    if (typeof usage === 'object') door.estimate.learn(weight, usage.input + usage.cached + usage.kept);
    const body = said.slice(0, MOST_RECORDED);
    onEntry({
      is: 'answered',
      id,
      status,
      body,
      whole: whole && body.length === said.length,
      ...reserve.settle(usage),
    });
  };
  const lose = () => {
    stop.abort();
    settle({ status: 504, said: '', whole: false, usage: 'lost' });
  };
  const silence = setTimeout(lose, patience.silenceMs);
  const end = setTimeout(lose, patience.answerMs);
  const sent: Sent = { id, stop: stop.signal, alive: () => void silence.refresh(), settle, lose };
  underWay.add(sent);
  return sent;
}

async function handBack(door: Door, sent: Sent, response: Response): Promise<Response> {
  const counted = door.api.usage();
  const type = response.headers.get('content-type') ?? '';
  if (response.body !== null && /^text\/event-stream\b/i.test(type)) return stream(door, sent, response.body, counted);
  const said = await textWithin(response.body).catch(() => {
    throw new EndpointFailed(say.broken(door.model.name), 502, true);
  });
  const body = jsonOf(said);
  if (body === undefined) throw new EndpointFailed(say.broken(door.model.name), 502, true);
  counted.add(body);
  const text = hideKey(said, door.model.key);
  sent.settle({ status: 200, said: text, whole: true, usage: counted.usage() ?? 'lost' });
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}

function stream(door: Door, sent: Sent, source: ReadableStream<Uint8Array>, counted: UsageReader): Response {
  let said = '';
  const body = relay({
    source,
    key: door.model.key,
    onEvent: (event) => counted.add(event),
    onText: (text) => {
      if (said.length <= MOST_RECORDED) said += text;
    },
    onLife: sent.alive,
    onEnd: (end) => {
      const whole = end === 'end' || counted.ended();
      sent.settle({ status: 200, said, whole, usage: (whole && counted.usage()) || 'lost' });
    },
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
