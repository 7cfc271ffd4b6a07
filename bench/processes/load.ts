// Sends signed webhooks over keep-alive connections, as fast as they are answered or at a steady rate.
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { percentile } from '../support/figures.ts';
import { offer } from '../support/offer.ts';
import { type Signed, signedExamples } from '../support/payloads.ts';

export interface Load {
  readonly url: string;
  readonly secret: string;
  readonly seconds: number;
  readonly connections: number;
  /** Deliveries per second, sent when they are due whether or not those before were answered; null: as fast as can be. */
  readonly rate: number | null;
}

export interface Answered {
  readonly accepted: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly bytes: number;
  /** In milliseconds, at a steady rate from when a delivery was due. */
  readonly p50: number;
  readonly p99: number;
}

/** The status, once the whole answer has come; null until then. */
function statusOf(text: string): number | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const length = /^content-length: (\d+)/im.exec(text)?.[1];
  const whole = length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length);
  return whole ? Number(text.slice(9, 12)) : null;
}

class Connection {
  readonly #socket: Socket;
  #text = '';
  #answer: (status: number) => void = () => {};

  constructor(to: URL) {
    this.#socket = connect(Number(to.port), to.hostname).setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => {
      this.#text += chunk;
      const status = statusOf(this.#text);
      if (status !== null) this.#answer(status);
    });
    const lost = () => this.#answer(0);
    this.#socket.on('error', lost).on('close', lost);
  }

  send(path: string, host: string, { event, body, signature }: Signed): Promise<number> {
    this.#text = '';
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#answer = resolve;
    const head = [
      `POST ${path} HTTP/1.1`,
      `host: ${host}`,
      'content-type: application/json',
      'user-agent: GitHub-Hookshot/044aadd',
      `x-github-event: ${event}`,
      `x-github-delivery: ${randomUUID()}`,
      `x-hub-signature-256: ${signature}`,
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    this.#socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    return promise;
  }

  close(): void {
    this.#answer = () => {};
    this.#socket.destroy();
  }
}

const now = () => performance.now();

/** Resolves with the time for which the next delivery was due, or null when the time is over. */
function schedule({ seconds, rate }: Load): () => Promise<number | null> {
  const began = now();
  let next = 0;
  return async () => {
    const due = rate === null ? now() : began + (next++ * 1000) / rate;
    if (due - began >= seconds * 1000) return null;
    if (due > now()) await new Promise((done) => setTimeout(done, due - now()));
    return due;
  };
}

async function load(of: Load): Promise<Answered> {
  const url = new URL(of.url);
  const bodies = signedExamples(500, 200, of.secret);
  const connections = Array.from({ length: of.connections }, () => new Connection(url));
  const times: number[] = [];
  let [sent, accepted, bytes] = [0, 0, 0];
  const began = now();
  const next = schedule(of);
  const work = async (connection: Connection) => {
    for (let due = await next(); due !== null; due = await next()) {
      const one = bodies[sent++ % bodies.length] as Signed;
      const status = await connection.send('/api/github/webhooks', url.host, one);
      times.push(now() - due);
      bytes += one.body.length;
      if (status >= 200 && status < 300) accepted += 1;
    }
  };
  await Promise.all(connections.map(work));
  const seconds = (now() - began) / 1000;
  for (const connection of connections) connection.close();
  return {
    accepted,
    refused: sent - accepted,
    perSecond: accepted / seconds,
    bytes: bytes / sent,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

offer('', { load });
