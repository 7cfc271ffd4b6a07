interface Flight<T> {
  readonly work: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/** Rejects when the signal ends; never resolves. */
function end(signal: AbortSignal, ended: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    const stop = () => fail(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: ended });
  });
}

/** Work that several may wait for at once: it is done once, and given up when nobody waits any more. */
export interface Sharing<T> {
  do(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Gives all of it up for this reason, and resolves when nothing is under way any more. */
  close(reason: Error): Promise<void>;
}

export function sharing<T>(): Sharing<T> {
  const flights = new Map<string, Flight<T>>();
  const under = new Set<Promise<unknown>>();
  let closed: Error | undefined;
  const begin = (key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const stop = new AbortController();
    const working = work(stop.signal).finally(() => {
      if (flights.get(key)?.stop === stop) flights.delete(key);
    });
    const settled = working.then(
      () => {},
      () => {},
    );
    under.add(settled);
    void settled.then(() => under.delete(settled));
    const flight = { work: working, stop, waiting: 0 };
    flights.set(key, flight);
    return flight;
  };
  return {
    async do(key, work, signal) {
      if (closed !== undefined) throw closed;
      const flight = flights.get(key) ?? begin(key, work);
      flight.waiting++;
      const over = new AbortController();
      try {
        return await (signal === undefined ? flight.work : Promise.race([flight.work, end(signal, over.signal)]));
      } finally {
        over.abort();
        flight.waiting--;
        if (flight.waiting === 0) {
          // Whoever comes now begins anew.
          if (flights.get(key) === flight) flights.delete(key);
          flight.stop.abort(signal?.reason);
        }
      }
    },
    async close(reason) {
      closed = reason;
      for (const { stop } of flights.values()) stop.abort(reason);
      await Promise.all(under);
    },
  };
}
