import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../src/adapters/postgres/embedded.ts';
import { family } from '../src/cli/demo/measure-memory.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import type { Answered, Load } from './processes/load.ts';
import { type Child, startCommand, startScript } from './support/child.ts';
import { createDatabase, embeddedUrl, numberFrom } from './support/database.ts';
import { row } from './support/figures.ts';
import { appEnvironment, inPlace, type Place } from './support/place.ts';
import { processorTimeOf } from './support/processes.ts';

const UNDRAINED = 'select count(*) from corrigible.delivery where drained_at is null';
const CONNECTIONS = 32;
/** Deliveries per second that arrive steadily. */
const STEADY = 500;

interface Servers {
  /** Takes webhooks in only. */
  readonly web: Child;
  /** Drains what it accepted, and does what is due, while it accepts more. */
  readonly serve: Child;
  readonly probot: Child;
  readonly http: Child;
  /** Sends webhooks to one of them. Throws when it refuses any. */
  send(to: keyof Sent, seconds: number, rate: number | null): Promise<Answered & Used>;
  /** Seconds until `serve` has drained what it accepted. */
  drained(): Promise<number>;
}

interface Used {
  /** Milliseconds of processor time per webhook, its Postgres included. */
  readonly processor: number;
}

type Sent = Pick<Servers, 'web' | 'serve' | 'probot' | 'http'>;

async function startServers({ folder, ending }: Place): Promise<Servers> {
  const github = ending(await startScript(new URL('./processes/github.ts', import.meta.url)));
  const env = appEnvironment(github.url, `${folder}/serve`);
  const load = ending(await startScript(new URL('./processes/load.ts', import.meta.url)));
  const probot = ending(await startScript(new URL('./processes/probot.ts', import.meta.url), env));
  const http = ending(await startScript(new URL('./processes/bare-http.ts', import.meta.url), env));
  const serve = ending(await startCommand('serve', env));
  const postgres = ending(await openEmbedded(folder));
  const databaseUrl = await createDatabase(postgres, 'web');
  const web = ending(await startCommand('web', { ...env, STATE_DIR: `${folder}/web`, DATABASE_URL: databaseUrl }));
  const servers: Sent = { web, serve, probot, http };
  const postmaster = postgres.pid() ?? 0;
  const secret = env['WEBHOOK_SECRET'] ?? '';
  return {
    ...servers,
    send: async (to, seconds, rate) => {
      const of: Load = { url: servers[to].url, secret, seconds, rate, connections: CONNECTIONS };
      const used = async () => processorTimeOf([servers[to].pid, ...(to === 'web' ? await family([postmaster]) : [])]);
      const before = await used();
      const answered = await load.ask<Answered>('load', of);
      const { accepted, refused } = answered;
      if (accepted === 0 || refused > 0) throw new Error(`${to} accepted ${accepted} webhooks and refused ${refused}`);
      return { ...answered, processor: ((await used()) - before) / accepted };
    },
    drained: async () => {
      const began = performance.now();
      while ((await numberFrom(embeddedUrl(env['STATE_DIR'] ?? ''), UNDRAINED)) > 0) await sleep(20);
      return (performance.now() - began) / 1000;
    },
  };
}

interface Round {
  readonly rates: Readonly<Record<keyof Sent, number>>;
  readonly processor: Readonly<Record<'web' | 'probot', number>>;
  readonly drained: number;
  readonly p99: Readonly<Record<'web' | 'serve' | 'probot', number>>;
  readonly bytes: number;
}

async function oneRound({ send, drained }: Servers, seconds: number): Promise<Round> {
  const http = await send('http', seconds, null);
  const probot = await send('probot', seconds, null);
  const web = await send('web', seconds, null);
  const serve = await send('serve', seconds, null);
  const all = serve.accepted / (serve.accepted / serve.perSecond + (await drained()));
  const late = async (to: keyof Sent) => (await send(to, seconds * 2, STEADY)).p99;
  const p99 = { probot: await late('probot'), web: await late('web'), serve: await late('serve') };
  await drained();
  const [of, by] = [{ http, probot, web, serve }, (answered: Answered) => answered.perSecond];
  const rates = { http: by(of.http), probot: by(of.probot), web: by(of.web), serve: by(of.serve) };
  const processor = { web: web.processor, probot: probot.processor };
  return { rates, processor, drained: all, p99, bytes: serve.bytes };
}

const steadily = `99 of 100 answered within, at a steady ${STEADY}/s`;

function rowsOf(rounds: readonly Round[]) {
  const rate = (of: keyof Sent) => rounds.map(({ rates }) => rates[of]);
  const p99 = (of: keyof Round['p99']) => rounds.map((round) => round.p99[of]);
  const [probot, http] = [
    { name: 'bare Probot', measured: rate('probot') },
    { name: 'node:http with an HMAC', measured: rate('http') },
  ];
  const slow = { name: 'bare Probot', measured: p99('probot') };
  const accepted = 'accepted: verified, deduplicated, persisted';
  return [
    row({
      figure: `\`web\`: ${accepted}`,
      unit: '/s',
      measured: rate('web'),
      beside: probot,
      goal: { of: 'ratio', atLeast: 0.6 },
      because:
        'of its processor time 19 % is writing to sockets, 18 % parsing, 13 % garbage collection and 9 % the HMAC; Postgres and the sender share the processors',
    }),
    row({ figure: '`web`: the same beside the limit', unit: '/s', measured: rate('web'), beside: http }),
    row({
      figure: '`web`: processor time per webhook, Postgres’s included',
      unit: 'ms',
      measured: rounds.map(({ processor }) => processor.web),
      beside: { name: 'bare Probot', measured: rounds.map(({ processor }) => processor.probot) },
    }),
    row({
      figure: `\`web\`: ${steadily}`,
      unit: 'ms',
      measured: p99('web'),
      beside: slow,
      goal: { of: 'measured', atMost: 50 },
    }),
    row({ figure: `\`serve\`: ${accepted}`, unit: '/s', measured: rate('serve'), beside: probot }),
    row({
      figure: '`serve`: accepted and drained, from the first to the last',
      unit: '/s',
      measured: rounds.map(({ drained }) => drained),
      beside: probot,
    }),
    row({
      figure: `\`serve\`: ${steadily}`,
      unit: 'ms',
      measured: p99('serve'),
      beside: slow,
      goal: { of: 'measured', atMost: 50 },
      because:
        'drained events and advances share its thread, which collects its 1 MB of new objects every few webhooks, for the sake of idle memory; `web` has a thread and 16 MB of its own',
    }),
  ];
}

async function measure({ quick, rounds }: Size, servers: Servers): Promise<Measured> {
  const seconds = quick ? 0.3 : 5;
  // Not counted: code is compiled, connections and mirrors are opened.
  for (const server of ['http', 'probot', 'web', 'serve'] as const) await servers.send(server, seconds, null);
  await servers.drained();
  const all: Round[] = [];
  for (let round = 0; round < rounds; round++) all.push(await oneRound(servers, seconds));
  return {
    rows: rowsOf(all),
    notes: [
      `${CONNECTIONS} keep-alive connections; GitHub's published examples, ${((all[0]?.bytes ?? 0) / 1024).toFixed(1)} kB on average, of`,
      '200 repositories and 500 issues. `web` only takes in, with a Postgres of its own; `serve` drains what it accepted while it',
      'accepts more, and looks at every issue that it is told of. Server, Postgres and sender share the processors.',
    ],
  };
}

export const intake: Benchmark = {
  name: 'intake',
  title: 'webhooks accepted',
  about:
    'Signed webhooks to `corrigible web` and `corrigible serve`, to a bare Probot server with an empty handler, and to `node:http` that only compares the HMAC.',
  run: (size) => inPlace(async (place) => measure(size, await startServers(place))),
};
