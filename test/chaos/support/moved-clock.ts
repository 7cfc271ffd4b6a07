/** Imported before anything else: from then on every clock of this process can be moved. Timers stay as they are. */
const RealDate = Date;
let movedMs = 0;

class MovedDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(RealDate.now() + movedMs);
    else super(...(given as [number]));
  }
  static override now(): number {
    return RealDate.now() + movedMs;
  }
}
globalThis.Date = MovedDate as DateConstructor;

/** Sets this process's wall clock off from the true one. */
export function moveClock(ms: number): void {
  movedMs = ms;
}
