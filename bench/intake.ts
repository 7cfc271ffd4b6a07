import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import type { Answered, Load } from './processes/load.ts';
import { type Child, startCommand, startScript } from './support/child.ts';
import { embeddedUrl, numberFrom } from './support/database.ts';
import { row } from './support/figures.ts';
import { appEnvironment, inPlace, type Place } from './support/place.ts';

const UNDRAINED = 'select count(*) from corrigible.delivery where drained_at is null';
const CONNECTIONS = 32;
/** Deliveries per second that arrive steadily. */
const STEADY = 500;

interface Servers {
  readonly app: Child;
  readonly probot: Child;
  readonly http: Child;
  /** Sends webhooks to one of them. */
  send(to: Child, seconds: number, rate: number | null): Promise<Answered>;
  /** Seconds until the app has drained what it accepted. */
  drained(): Promise<number>;
}

async function startServers({ folder, ending }: Place): Promise<Servers> {
  const github = ending(await startScript(new URL('./processes/github.ts', import.meta.url)));
  const env = appEnvironment(github.url, `${folder}/app`);
  const load = ending(await startScript(new URL('./processes/load.ts', import.meta.url)));
  const probot = ending(await startScript(new URL('./processes/probot.ts', import.meta.url), env));
  const http = ending(await startScript(new URL('./processes/bare-http.ts', import.meta.url), env));
  const app = ending(await startCommand('serve', env));
  const secret = env['WEBHOOK_SECRET'] ?? '';
  return {
    app,
    probot,
    http,
    send: (to, seconds, rate) =>
      load.ask<Answered>('load', {
        url: to.url,
        secret,
        seconds,
        rate,
        connections: CONNECTIONS,
      } satisfies Load),
    drained: async () => {
      const began = performance.now();
      while ((await numberFrom(embeddedUrl(`${folder}/app`), UNDRAINED)) > 0) await sleep(20);
      return (performance.now() - began) / 1000;
    },
  };
}

function allAccepted({ accepted, refused }: Answered, by: string): void {
  if (accepted === 0 || refused > 0) throw new Error(`${by} accepted ${accepted} webhooks and refused ${refused}`);
}

async function measure({ quick, rounds }: Size, servers: Servers): Promise<Measured> {
  const { app, probot, http, send, drained } = servers;
  const [seconds, steadySeconds] = quick ? [0.5, 0.5] : [5, 10];
  const rates: Record<'app' | 'drained' | 'probot' | 'http', number[]> = { app: [], drained: [], probot: [], http: [] };
  const p99: Record<'app' | 'probot', number[]> = { app: [], probot: [] };
  let bytes = 0;
  // Not counted: what is compiled and connected first.
  for (const server of [http, probot, app]) await send(server, seconds / 2, null);
  await drained();
  for (let round = 0; round < rounds; round++) {
    const [bare, peer] = [await send(http, seconds, null), await send(probot, seconds, null)];
    const ours = await send(app, seconds, null);
    rates.drained.push(ours.accepted / (seconds + (await drained())));
    for (const [answered, by] of [
      [bare, 'http'],
      [peer, 'probot'],
      [ours, 'app'],
    ] as const) {
      allAccepted(answered, by);
      rates[by].push(answered.perSecond);
    }
    bytes = ours.bytes;
    p99.probot.push((await send(probot, steadySeconds, STEADY)).p99);
    const steady = await send(app, steadySeconds, STEADY);
    allAccepted(steady, 'app');
    p99.app.push(steady.p99);
    await drained();
  }
  const beside = { name: 'bare Probot', measured: rates.probot };
  return {
    rows: [
      row({
        figure: 'accepted: verified, deduplicated, persisted',
        unit: '/s',
        measured: rates.app,
        beside,
        goal: { of: 'ratio', atLeast: 0.6 },
      }),
      row({
        figure: 'the same beside the limit',
        unit: '/s',
        measured: rates.app,
        beside: { name: 'node:http with an HMAC', measured: rates.http },
      }),
      row({ figure: 'accepted and drained, from the first to the last', unit: '/s', measured: rates.drained, beside }),
      row({
        figure: `99 of 100 answered within, at a steady ${STEADY}/s`,
        unit: 'ms',
        measured: p99.app,
        beside: { name: 'bare Probot', measured: p99.probot },
        goal: { of: 'measured', atMost: 50 },
      }),
    ],
    notes: [
      `${CONNECTIONS} keep-alive connections; GitHub's published examples, ${(bytes / 1024).toFixed(1)} kB on average, of`,
      '200 repositories and 500 issues; `corrigible serve` with its own Postgres, which drains what it accepted while it',
      'accepts more, and looks at every issue that it is told of. Server, Postgres and sender share the processors.',
    ],
  };
}

export const intake: Benchmark = {
  name: 'intake',
  title: 'webhooks accepted',
  about:
    'Signed webhooks to `corrigible serve`, to a bare Probot server with an empty handler, and to `node:http` that only compares the HMAC.',
  run: (size) => inPlace(async (place) => measure(size, await startServers(place))),
};
