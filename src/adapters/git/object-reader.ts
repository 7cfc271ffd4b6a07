import type { Writable } from 'node:stream';
import { spawn } from '../../spawn.ts';
import { gitEnvironment } from './run-git.ts';

/** How long the process stays when nobody asks. */
const IDLE_MS = 300;

interface StoredObject {
  readonly id: string;
  readonly type: string;
  readonly size: number;
}

/** Reads objects by name, `<id>` or `<id>^{tree}`, without a process for each. null: there is none. */
export interface ObjectReader {
  info(name: string): Promise<StoredObject | null>;
  contents(name: string): Promise<(StoredObject & { readonly bytes: Buffer }) | null>;
}

interface Question {
  readonly body: boolean;
  readonly answer: (object: (StoredObject & { bytes: Buffer }) | null) => void;
  readonly fail: (error: Error) => void;
}

/** One `git cat-file --batch-command`: questions go in, answers come back in the same order. */
class Session {
  readonly #stdin: Promise<Writable | null>;
  readonly #questions: Question[] = [];
  #chunks: Buffer[] = [];
  #length = 0;
  #head: StoredObject | undefined;
  #idle: NodeJS.Timeout | undefined;
  over = false;

  constructor(gitDir: string) {
    this.#stdin = this.#start(gitDir).catch((error: Error) => {
      this.#end(error);
      return null;
    });
  }

  async #start(gitDir: string): Promise<Writable | null> {
    const child = await spawn('git', ['cat-file', '--batch-command'], {
      cwd: gitDir,
      env: gitEnvironment(gitDir),
      descriptors: ['stream', 'stream', 'nothing'],
    });
    const [stdin = null, stdout] = child.streams;
    stdout?.on('data', (chunk: Buffer) => this.#take(chunk));
    void child.closed.then(() => this.#end(new Error('git cat-file ended early')));
    return stdin;
  }

  ask(name: string, question: Question): void {
    clearTimeout(this.#idle);
    this.#questions.push(question);
    void this.#stdin.then((stdin) => stdin?.write(`${question.body ? 'contents' : 'info'} ${name}\n`));
  }

  #end(error: Error): void {
    this.over = true;
    clearTimeout(this.#idle);
    for (const { fail } of this.#questions.splice(0)) fail(error);
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#step());
  }

  #step(): boolean {
    if (this.#head !== undefined) return this.#body(this.#head);
    const all = this.#gather();
    const end = all.indexOf(0x0a);
    const question = this.#questions[0];
    if (end < 0 || question === undefined) return false;
    const [id = '', type = '', size = ''] = all.toString('latin1', 0, end).split(' ');
    this.#keep(all.subarray(end + 1));
    if (!/^\d+$/.test(size)) this.#answer(null);
    else if (question.body) this.#head = { id, type, size: Number(size) };
    else this.#answer({ id, type, size: Number(size), bytes: Buffer.alloc(0) });
    return true;
  }

  #body(head: StoredObject): boolean {
    if (this.#length < head.size + 1) return false;
    const all = this.#gather();
    this.#head = undefined;
    this.#keep(all.subarray(head.size + 1));
    this.#answer({ ...head, bytes: Buffer.from(all.subarray(0, head.size)) });
    return true;
  }

  #gather(): Buffer {
    const all = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #keep(rest: Buffer): void {
    this.#chunks = [rest];
    this.#length = rest.length;
  }

  #answer(object: (StoredObject & { bytes: Buffer }) | null): void {
    this.#questions.shift()?.answer(object);
    if (this.#questions.length > 0) return;
    this.#idle = setTimeout(() => {
      this.over = true;
      void this.#stdin.then((stdin) => stdin?.end());
    }, IDLE_MS);
  }
}

/** Starts git when first asked, and again after it was idle for a moment. */
export function objectReader(gitDir: string): ObjectReader {
  let session: Session | undefined;
  const ask = (name: string, body: boolean) => {
    // A line is a question: a name with a newline would be two.
    if (!/^[0-9a-f]{40}(\^\{(tree|commit)\})?$/.test(name)) throw new Error(`not an object: ${name.slice(0, 100)}`);
    if (session === undefined || session.over) session = new Session(gitDir);
    const { promise, resolve, reject } = Promise.withResolvers<(StoredObject & { bytes: Buffer }) | null>();
    session.ask(name, { body, answer: resolve, fail: reject });
    return promise;
  };
  return {
    info: async (name) => ask(name, false),
    contents: async (name) => ask(name, true),
  };
}
