const tails = new WeakMap<object, Promise<unknown>>();

/** Runs work about one thing after all earlier work about it has ended, well or badly. */
export function oneAtATime<T>(about: object, work: () => Promise<T>): Promise<T> {
  const mine = (tails.get(about) ?? Promise.resolve()).then(work, work);
  tails.set(about, mine);
  return mine;
}
