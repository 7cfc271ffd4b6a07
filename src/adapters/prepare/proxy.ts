import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import { type AllowedHost, hostName, isAllowedHost } from '../../domain/allowed-hosts.ts';
import { proxy as say } from '../../domain/messages/prepare.ts';
import { internet, type Network, reach } from './reach.ts';

/** What one run may take of the network. */
export interface ProxyLimits {
  /** Both ways together. */
  readonly bytes: number;
  readonly connections: number;
  readonly atOnce: number;
  readonly idleMs: number;
}

const LIMITS: ProxyLimits = { bytes: 4_000_000_000, connections: 20_000, atOnce: 100, idleMs: 120_000 };

export interface HostProxy {
  /** Hosts with their ports that were asked for and are not allowed, or not public; some dozens at most. */
  readonly refused: ReadonlySet<string>;
  /** Allowed hosts that did not answer. */
  readonly unreachable: ReadonlySet<string>;
  /** Ends every connection, and removes the socket. */
  close(): Promise<void>;
}

interface ProxyOptions {
  /** Where it listens. */
  readonly socket: string;
  readonly hosts: readonly AllowedHost[];
  readonly limits?: Partial<ProxyLimits>;
  readonly network?: Network;
}

/** So many names are remembered. */
const REMEMBERED = 50;

type Refusal = readonly [status: 400 | 403 | 502 | 509, words: string];
const NOT_UNDERSTOOD: Refusal = [400, say.badRequest];

/** Headers that are about one connection, or about the proxy. */
const HOP = /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host)$/i;

/** A host's name as it is compared; an address, or whatever else stands there, as it is. */
const nameOf = (given: string): string => hostName(given) ?? given.slice(0, 300);

/** `host:port` as a request names it. */
function splitTarget(target: string): { readonly host: string; readonly port: number } | null {
  const [, host, port = ''] = /^(.+):(\d{1,5})$/.exec(target) ?? [];
  return host === undefined ? null : { host: nameOf(host), port: Number(port) };
}

/** What a request for a whole address wants; null where that is none of plain HTTP. */
function splitAddress(address: string): { readonly url: URL; readonly host: string; readonly port: number } | null {
  const url = URL.parse(address);
  if (url?.protocol !== 'http:') return null;
  return { url, host: nameOf(url.hostname), port: url.port === '' ? 80 : Number(url.port) };
}

class ListeningProxy implements HostProxy {
  readonly refused = new Set<string>();
  readonly unreachable = new Set<string>();
  readonly #hosts: readonly AllowedHost[];
  readonly #network: Network;
  readonly #limits: ProxyLimits;
  readonly #server: Server;
  readonly #open = new Set<Duplex>();
  #folder: FileHandle | undefined;
  #bytes = 0;
  #connections = 0;

  constructor({ hosts, limits, network = internet }: Omit<ProxyOptions, 'socket'>) {
    this.#hosts = hosts;
    this.#limits = { ...LIMITS, ...limits };
    this.#network = network;
    this.#server = createServer((asked, answer) => void this.#forward(asked, answer));
    this.#server.maxConnections = this.#limits.atOnce;
    this.#server.on('connection', (socket) => this.#keep(socket));
    this.#server.on('connect', (asked, socket, head) => void this.#tunnel(asked, socket, head));
  }

  async listen(socket: string): Promise<void> {
    // By its folder's descriptor: the path of a socket may have about a hundred characters, and this one may be longer.
    this.#folder = await open(dirname(socket), constants.O_RDONLY | constants.O_DIRECTORY);
    await once(this.#server.listen(`/proc/self/fd/${this.#folder.fd}/${basename(socket)}`), 'listening');
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
    await this.#folder?.close();
  }

  /** Ended with the proxy, and when nothing comes for long. */
  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.setTimeout(this.#limits.idleMs, () => socket.destroy());
    socket.on('error', () => {}).on('close', () => this.#open.delete(socket));
  }

  /** Counts what comes from either side; what is over the limit ends everything. */
  #count(from: Duplex | IncomingMessage): void {
    from.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#limits.bytes) for (const socket of this.#open) socket.destroy();
    });
  }

  /** A connection to what was asked for, or why there is none. */
  async #reach(host: string, port: number): Promise<Socket | Refusal> {
    if (!isAllowedHost(this.#hosts, host, port)) return this.#refuse(host, port, say.notAllowed(host, port));
    const { bytes, connections } = this.#limits;
    if (this.#bytes > bytes || ++this.#connections > connections) return [509, say.spent];
    const reached = await reach(this.#network, host, port);
    if (reached === 'private') return this.#refuse(host, port, say.private(host));
    if (reached === 'unreachable') {
      if (this.unreachable.size < REMEMBERED) this.unreachable.add(host);
      return [502, say.unreachable(host)];
    }
    this.#keep(reached);
    this.#count(reached);
    return reached;
  }

  #refuse(host: string, port: number, words: string): Refusal {
    if (this.refused.size < REMEMBERED) this.refused.add(`${host}:${port}`);
    return [403, words];
  }

  async #tunnel(asked: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const target = splitTarget(asked.url ?? '');
    const reached = target === null ? NOT_UNDERSTOOD : await this.#reach(target.host, target.port);
    if (!('pipe' in reached)) {
      const [status, words] = reached;
      client.end(
        `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(words)}\r\n\r\n${words}`,
      );
      return;
    }
    // Whoever asked may be gone by now.
    if (client.destroyed) return void reached.destroy();
    this.#count(client);
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    reached.write(head);
    client.pipe(reached).pipe(client);
    client.on('close', () => reached.destroy());
    // Not destroyed: what came last may still be on its way.
    reached.on('close', () => client.end());
  }

  async #forward(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const target = splitAddress(asked.url ?? '');
    const reached = target === null ? NOT_UNDERSTOOD : await this.#reach(target.host, target.port);
    if (target === null || !('pipe' in reached)) {
      const [status, words] = 'pipe' in reached ? NOT_UNDERSTOOD : reached;
      answer.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(words);
      return;
    }
    const { url } = target;
    const headers = Object.fromEntries(Object.entries(asked.headers).filter(([name]) => !HOP.test(name)));
    const onward = request({
      createConnection: () => reached,
      method: asked.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, connection: 'close' },
    });
    const broken = () => answer.destroy();
    onward.on('error', broken).on('response', (response) => {
      const kept = Object.entries(response.headers).filter(([name]) => !HOP.test(name));
      answer.writeHead(response.statusCode ?? 502, Object.fromEntries(kept) as Record<string, string>);
      response.on('error', broken).pipe(answer);
    });
    answer.on('close', () => reached.destroy());
    this.#count(asked);
    asked.pipe(onward);
  }
}

/**
 * A proxy on a unix socket that leads to the hosts that are allowed and nowhere else: it resolves names itself, and connects
 * to the very address that it looked at. Inside of TLS it sees nothing.
 */
export async function openProxy({ socket, ...options }: ProxyOptions): Promise<HostProxy> {
  const proxy = new ListeningProxy(options);
  await proxy.listen(socket);
  return proxy;
}
