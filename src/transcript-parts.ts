import type { TranscriptLine } from './domain/transcript/line.ts';
import { Fenced } from './ports.ts';

/** While something happens it is stored this often: so much a process that is killed may lose. */
const EVERY_MS = 2_000;
/** A part is put again as it grows, until it has this many characters. */
const PART = 64_000;
/** Most characters of one transcript; later lines are left out, but for how it ended. */
const MOST = 8_000_000;

type Put = (part: number, text: string) => Promise<void>;

/** Lines as they come, stored in parts: bounded in the time between two stores, in memory and in length. */
export class TranscriptParts {
  readonly #put: Put;
  readonly #failed: (error: unknown) => void;
  #part = 0;
  #text = '';
  #size = 0;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** `failed` is told what kept a part from being stored; it is tried again with what comes next. */
  constructor(put: Put, failed: (error: unknown) => void) {
    this.#put = put;
    this.#failed = failed;
  }

  add(line: TranscriptLine): void {
    if (this.#over && line.is !== 'end') return;
    let text = `${JSON.stringify(line)}\n`;
    if (this.#size + text.length > MOST && line.is !== 'end') {
      this.#over = true;
      text = `${JSON.stringify({ is: 'cut', at: 'at' in line ? line.at : 0 } satisfies TranscriptLine)}\n`;
    }
    this.#text += text;
    this.#size += text.length;
    this.#timer ??= setTimeout(() => void this.store(), EVERY_MS).unref();
  }

  /** Stores what there is, after whatever is being stored. */
  store(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#storeNow());
    return this.#writing;
  }

  async #storeNow(): Promise<void> {
    const text = this.#text;
    if (text === '') return;
    try {
      await this.#put(this.#part, text);
    } catch (error) {
      // It is put with the next lines, or at the end.
      if (error instanceof Fenced) this.#over = true;
      return this.#failed(error);
    }
    if (text.length < PART) return;
    this.#part += 1;
    this.#text = this.#text.slice(text.length);
  }
}
