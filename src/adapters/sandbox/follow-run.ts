import type { SandboxJob, SandboxRun } from '../../ports.ts';
import { defaults } from './bwrap-arguments.ts';
import type { Launched } from './launch.ts';
import { readNews } from './read-news.ts';
import { watchDisk } from './watch-disk.ts';
import { watchUse } from './watch-use.ts';

type Ending = SandboxRun['ended'];

const MB = 1024 * 1024;

/** How a run ended, without its time. */
export type Followed = Omit<SandboxRun, 'ms'>;

// What a shell reports for a signal: 128 and its number, of which Linux has 64. Perl, for one, dies with 255.
const isSignal = (exit: number): boolean => exit > 128 && exit <= 192;

class FollowedRun {
  readonly #launched: Launched;
  readonly #job: SandboxJob;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  readonly #undo: (() => void)[] = [];
  #idle: NodeJS.Timeout | undefined;
  #room: number;
  #news = '';
  #forced: Ending | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(launched: Launched, job: SandboxJob) {
    this.#launched = launched;
    this.#job = job;
    this.#room = job.limits.outputBytes;
  }

  follow(): Promise<Followed> {
    const { promise, resolve, reject } = Promise.withResolvers<Followed>();
    this.#startTimers();
    this.#watchDisks();
    this.#listen();
    this.#launched.child.once('close', (_code, signal) => {
      for (const step of this.#undo) step();
      if (this.#failure) reject(this.#failure.error);
      else resolve(this.#result(signal));
    });
    return promise;
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
    const limitBytes = (limits.diskMb ?? defaults.diskMb) * MB;
    for (const folder of [...(writable ? [tree] : []), ...writableLayers.map(({ host }) => host)])
      this.#undo.push(watchDisk(folder, limitBytes, () => this.#end('disk-filled')));
  }

  #listen(): void {
    const { stdout, stderr, news } = this.#launched;
    stdout.on('data', (chunk: Buffer) => {
      this.#take(this.#stdout, chunk);
      this.#report(this.#job.onOutput, chunk);
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#take(this.#stderr, chunk);
      this.#report(this.#job.onErrors, chunk);
    });
    news.on('data', (chunk: Buffer) => this.#hear(chunk));
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

  #hear(chunk: Buffer): void {
    const known = readNews(this.#news).first !== undefined;
    this.#news += chunk.toString('latin1');
    const { first } = readNews(this.#news);
    if (known || first === undefined) return;
    const { memoryMb = defaults.memoryMb, cpuSeconds = Number.POSITIVE_INFINITY } = this.#job.limits;
    const exceeded = (why: Ending): void => this.#end(why);
    this.#undo.push(watchUse({ ...first, limitBytes: memoryMb * MB, cpuSeconds, exceeded }));
  }

  #result(signal: NodeJS.Signals | null): Followed {
    const stdout = Buffer.concat(this.#stdout);
    const stderr = Buffer.concat(this.#stderr).toString('utf8');
    const { exit } = readNews(this.#news);
    if (this.#forced !== undefined) return { ended: this.#forced, exit: null, stdout, stderr };
    if (exit !== undefined) return { ended: isSignal(exit) ? 'killed-by-signal' : 'exited', exit, stdout, stderr };
    // Nobody of ours killed it: the kernel out of memory, or a person at the host.
    return { ended: signal === null ? 'could-not-start' : 'killed-by-signal', exit: null, stdout, stderr };
  }
}

/**
 * Follows a started run to its end, holding it to its limits. Resolves when every process of the run is gone. Rejects
 * only with what `onOutput` or `onErrors` threw, after the kill.
 */
export function followRun(launched: Launched, job: SandboxJob): Promise<Followed> {
  return new FollowedRun(launched, job).follow();
}
