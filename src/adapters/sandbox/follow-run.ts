import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { defaults } from './defaults.ts';
import type { Ending, Launched } from './launched.ts';
import { watchDisk } from './watch-disk.ts';

const MB = 1024 * 1024;

/** How a run ended, without its time. */
export type Followed = Omit<SandboxRun, 'ms'>;

class FollowedRun {
  readonly #launched: Launched;
  readonly #job: SandboxJob;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  readonly #undo: (() => void)[] = [];
  #idle: NodeJS.Timeout | undefined;
  #room: number;
  #forced: Ending | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(launched: Launched, job: SandboxJob) {
    this.#launched = launched;
    this.#job = job;
    this.#room = job.limits.outputBytes;
  }

  async follow(): Promise<Followed> {
    this.#startTimers();
    this.#watchDisks();
    this.#listen();
    this.#undo.push(this.#launched.watch((why) => this.#end(why)));
    const { ended, exit } = await this.#launched.end;
    for (const step of this.#undo) step();
    if (this.#failure) throw this.#failure.error;
    const printed = { stdout: Buffer.concat(this.#stdout), stderr: Buffer.concat(this.#stderr).toString('utf8') };
    return this.#forced === undefined ? { ended, exit, ...printed } : { ended: this.#forced, exit: null, ...printed };
  }

  #startTimers(): void {
    const { limits, signal } = this.#job;
    const wall = setTimeout(() => this.#end('timed-out'), limits.wallMs);
    if (limits.idleMs !== undefined) this.#idle = setTimeout(() => this.#end('fell-silent'), limits.idleMs);
    const aborted = (): void => this.#end('aborted');
    signal?.addEventListener('abort', aborted, { once: true });
    this.#undo.push(() => {
      clearTimeout(wall);
      clearTimeout(this.#idle);
      signal?.removeEventListener('abort', aborted);
    });
    if (signal?.aborted) aborted();
  }

  #watchDisks(): void {
    const { limits, tree, writable, writableLayers = [] } = this.#job;
    const { diskMb = defaults.diskMb, files = defaults.files } = limits;
    const most = { bytes: diskMb * MB, files };
    for (const folder of [...(writable ? [tree] : []), ...writableLayers.map(({ host }) => host)])
      this.#undo.push(
        watchDisk(
          folder,
          most,
          () => this.#launched.processes(),
          () => this.#end('disk-filled'),
        ),
      );
  }

  #listen(): void {
    const { stdout, stderr } = this.#launched;
    stdout.on('data', (chunk: Buffer) => {
      this.#take(this.#stdout, chunk);
      this.#report(this.#job.onOutput, chunk);
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#take(this.#stderr, chunk);
      this.#report(this.#job.onErrors, chunk);
    });
  }

  #end(why: Ending): void {
    this.#forced ??= why;
    this.#launched.kill();
  }

  #take(to: Buffer[], chunk: Buffer): void {
    this.#idle?.refresh();
    if (this.#room > 0) to.push(chunk.subarray(0, this.#room));
    this.#room -= chunk.length;
    if (this.#room < 0) this.#end('too-much-output');
  }

  #report(listener: SandboxJob['onOutput'], chunk: Buffer): void {
    try {
      listener?.(chunk);
    } catch (error) {
      this.#failure ??= { error };
      this.#end('aborted');
    }
  }
}

/**
 * Follows a started run to its end, holding it to its limits. Resolves when every process of the run is gone. Rejects
 * only with what `onOutput` or `onErrors` threw, after the kill.
 */
export function followRun(launched: Launched, job: SandboxJob): Promise<Followed> {
  return new FollowedRun(launched, job).follow();
}
