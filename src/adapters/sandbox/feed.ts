import { Readable, type Writable } from 'node:stream';
import type { SandboxJob } from '../../ports.ts';

/** What a command is fed: all at once, or a stream that is destroyed when the run is over. */
export type Input = string | Uint8Array | Readable | undefined;

/** The input of a job, its conversation as a stream of Node's. */
export function openInput(input: SandboxJob['stdin']): Input {
  if (input === undefined || typeof input === 'string' || input instanceof Uint8Array) return input;
  const stream = input instanceof Readable ? input : Readable.from(input);
  // One that breaks off is no fault of ours: the command sees the end of its input.
  return stream.on('error', () => {});
}

/** Feeds a command, for as long as it takes anything. */
export function feed(stdin: Writable, input: Exclude<Input, undefined>): void {
  // A command need not read what it is given.
  stdin.on('error', () => {});
  if (input instanceof Readable) input.on('close', () => stdin.end()).pipe(stdin);
  else stdin.end(input);
}
