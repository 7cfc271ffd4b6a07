import { InvalidArgumentError } from 'commander';
import { notAPort } from '../domain/messages/cli-demo.ts';
import { portTaken } from '../domain/messages/settings.ts';

/** Reads a port from the command line; 0 stands for any that is free. */
export function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError(notAPort);
  return Number(text);
}

/** The error in words when the address to listen at could not be had, else the error itself. */
export function inWords(error: unknown): unknown {
  const { code, port, syscall } = error as NodeJS.ErrnoException & { port?: number };
  return syscall === 'listen' && (code === 'EADDRINUSE' || code === 'EACCES') ? new Error(portTaken(port ?? 0)) : error;
}
