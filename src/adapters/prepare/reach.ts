import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** The network as the proxy uses it; tests put another one in its place. */
export interface Network {
  /** All addresses of a name. */
  readonly lookup: (host: string) => Promise<readonly string[]>;
  readonly isPublic: (address: string) => boolean;
  readonly connect: (address: string, port: number) => Socket;
}

export const internet: Network = {
  lookup: async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address),
  isPublic: isPublicAddress,
  connect: (host, port) => connect({ host, port, autoSelectFamily: false }),
};

/** Longest wait for one address. */
const CONNECT_MS = 15_000;
/** So many addresses of one name are tried. */
const TRIED = 4;

async function connected(network: Network, address: string, port: number): Promise<Socket | null> {
  const socket = network.connect(address, port);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
    return socket;
  } catch {
    socket.on('error', () => {});
    socket.destroy();
    return null;
  }
}

/**
 * A connection to a host at exactly the address that was looked at. `private`: one of its addresses is not public, so that
 * none is taken.
 */
export async function reach(network: Network, host: string, port: number): Promise<Socket | 'private' | 'unreachable'> {
  const addresses = await network.lookup(host).catch(() => []);
  if (!addresses.every(network.isPublic)) return 'private';
  for (const address of addresses.slice(0, TRIED)) {
    const socket = await connected(network, address, port);
    if (socket !== null) return socket;
  }
  return 'unreachable';
}
