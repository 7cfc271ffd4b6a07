import type { Round } from './stage.ts';
import type { Verdict } from './verdict.ts';

/** Rounds that hold-outs alone refuse tell, bit by bit, what they are: after so many a person decides. */
const MOST = 2;

/** All of the spec that is shown is green, and a hold-out is not. */
function isRefusedByThem({ children = [] }: Verdict): boolean {
  const parts = children.find(({ name }) => name === 'spec')?.children ?? [];
  const failed = parts.filter(({ passed }) => !passed);
  return failed.length > 0 && failed.every(({ name }) => name === 'hold-outs');
}

/** Whether agents have been told of failed hold-outs as often as they may be. */
export const toldEnough = (rounds: readonly Round[]): boolean =>
  rounds.filter(({ judged, tried }) =>
    [judged, ...tried.map((one) => one.judged)].some((one) => one !== null && isRefusedByThem(one.verdict)),
  ).length >= MOST;
