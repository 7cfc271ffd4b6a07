/** Tells, each time it is asked, whether the wall clock was set back by so many milliseconds since the last time. */
export function watchClock(stepMs: number): () => boolean {
  const ahead = () => Date.now() - performance.now();
  let last = ahead();
  return () => {
    const before = last;
    last = ahead();
    return last < before - stepMs;
  };
}
