import { InvalidArgumentError } from 'commander';
import { notAPort } from '../domain/messages/cli-demo.ts';
import { hostUnusable, portTaken } from '../domain/messages/settings.ts';

/** Reads a port from the command line; 0 stands for any that is free. */
export function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError(notAPort);
  return Number(text);
}

interface ListenError extends NodeJS.ErrnoException {
  readonly port?: number;
  readonly address?: string;
  readonly hostname?: string;
}

/** The error in words when the address to listen at could not be had, else the error itself. `host` is what was asked for. */
export function inWords(error: unknown, host?: string): unknown {
  const { code = '', port = 0, address, hostname, syscall } = error as ListenError;
  if (syscall === 'getaddrinfo' && hostname === host) return new Error(hostUnusable(hostname ?? '', code));
  if (syscall !== 'listen') return error;
  if (code === 'EADDRINUSE' || code === 'EACCES') return new Error(portTaken(port));
  return new Error(hostUnusable(address ?? host ?? '', code));
}
