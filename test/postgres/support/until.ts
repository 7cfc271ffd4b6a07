import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `holds`; the test's own time limit ends the wait for what never comes. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}
