/**
 * Runs `work` never twice at a time. Who asks while it runs gets the next run, shared with everybody else who waits: the
 * one under way may have looked before what the caller wants to see.
 */
export function oneAtATime<A>(work: (argument: A) => Promise<void>): (argument: A) => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (argument: A): Promise<void> => {
    running = work(argument).finally(() => {
      running = undefined;
    });
    return running;
  };
  return (argument) => {
    if (running === undefined) return start(argument);
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return start(argument);
      });
    return next;
  };
}
