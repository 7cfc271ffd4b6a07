import type { Recorded } from '../../domain/fact.ts';
import type { End } from './end-of.ts';
import { type Place, placeOf } from './trace-ids.ts';

/** A span that ended. Times are milliseconds since 1970. Attributes are ids and closed words only. */
export interface EndedSpan extends Place {
  readonly parent: string | null;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly end: End;
  readonly attributes: Readonly<Record<string, string | number>>;
}

type Make = (place: Place) => EndedSpan;

const MOST_WAITING = 300;

/** The `seq` and time of the last acceptance among the facts that a read gave. */
function acceptanceIn(facts: unknown): { seq: number; at: number } | null {
  if (!Array.isArray(facts)) return null;
  const found = (facts as readonly Recorded[]).findLast(({ fact }) => fact.kind === 'rejection-accepted');
  return found === undefined ? null : { seq: found.seq, at: Date.parse(found.at) };
}

/** The spans of one advance or run. They wait until it is known which acceptance of the rejection it serves. */
export class OneWork {
  readonly rejection: string;
  readonly #isRun: boolean;
  readonly #tell: (span: EndedSpan) => void;
  #waiting: Make[] = [];
  #acceptance: number | null = null;
  /** When the acceptance happened in this very work, its time: then its span is told here. */
  #acceptedAt: number | null = null;
  /** Whose trace was told already: what comes later of the same work stays in it. */
  #told: Place | null = null;

  /** A run serves the acceptance that it finds, and may last long: it tells as it goes. */
  constructor(rejection: string, isRun: boolean, tell: (span: EndedSpan) => void) {
    this.rejection = rejection;
    this.#isRun = isRun;
    this.#tell = tell;
  }

  hold(make: Make): void {
    this.#waiting.push(make);
    if (this.#told !== null || this.#waiting.length >= MOST_WAITING) this.#flush();
  }

  /** Takes in what a read of the rejection's facts gave. */
  learn(facts: unknown): void {
    const found = acceptanceIn(facts);
    if (found !== null && found.seq !== this.#acceptance) {
      this.#acceptedAt = this.#acceptance === null ? null : found.at;
      this.#acceptance = found.seq;
    }
    this.#acceptance ??= 0;
    if (this.#isRun) this.#flush();
  }

  end(): void {
    const told = this.#flush();
    if (this.#acceptedAt === null) return;
    const at = this.#acceptedAt;
    const attributes = { 'corrigible.rejection': this.rejection };
    this.#tell({ ...told, parent: null, name: 'rejection', from: at, to: at, end: 'done', attributes });
  }

  /** Its trace, as far as known. */
  get trace(): string | undefined {
    if (this.#told !== null) return this.#told.traceId;
    return this.#acceptance === null ? undefined : placeOf(this.rejection, this.#acceptance).traceId;
  }

  #flush(): Place {
    this.#told ??= placeOf(this.rejection, this.#acceptance ?? 0);
    for (const make of this.#waiting.splice(0)) this.#tell(make(this.#told));
    return this.#told;
  }
}
