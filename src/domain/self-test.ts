import { account, isGood } from './account.ts';
import { type JudgedCase, judgeStep } from './judge.ts';
import { selfTested as say } from './messages/self-test.ts';
import type { Mutation } from './mutation.ts';

/**
 * How a step's own check took a change: red by a wrong output, red because nothing came out, or green. `unseen`: it is
 * green, and an output of its cases is another. `unreached`: every output of its cases is the same.
 */
export type Notice = 'output' | 'crash' | 'unseen' | 'unreached';

/** What one step came to: its check was red without any change, or how it took each of them. */
export type StepTest =
  | { readonly step: string; readonly unusable: string }
  | {
      readonly step: string;
      readonly tried: readonly { readonly mutation: Mutation; readonly notice: Notice }[];
    };

/**
 * Whether the step's check goes red, and by what. An output that came both ways counts as one that is wrong. `same`:
 * nothing that the step gives for its cases has changed.
 */
export function noticeOf(step: string, judged: readonly JudgedCase[], same: boolean): Notice {
  if (judgeStep(step, judged).passed) return same ? 'unreached' : 'unseen';
  const wrong = ({ role, base, head }: JudgedCase) =>
    ['fail', 'flaky'].includes(head.outcome) && !isGood(account(role, base.outcome, head.outcome));
  return judged.some(wrong) ? 'output' : 'crash';
}

/** Whether the step's suite went red by a wrong output at least once: a crash shows only that it was run. */
export const proves = (test: StepTest): boolean =>
  'tried' in test && test.tried.some(({ notice }) => notice === 'output');

/** What is told of a step: the share that was noticed, then each change that nobody noticed. */
export function tellStep(test: StepTest): readonly string[] {
  const { step } = test;
  if ('unusable' in test) return [say.unusable(step, test.unusable)];
  const { tried } = test;
  if (tried.length === 0) return [say.nothingToChange(step)];
  const of = (wanted: Notice) => tried.filter(({ notice }) => notice === wanted).map(({ mutation }) => mutation);
  const [crashes, unseen, unreached] = [of('crash').length, of('unseen'), of('unreached')];
  const noticed = tried.length - unseen.length - unreached.length;
  const listed = (heading: string, changes: readonly Mutation[]): readonly string[] =>
    changes.length === 0 ? [] : [`  ${heading}`, ...changes.map((one) => `    ${say.change(one)}`)];
  return [
    say.share(step, { noticed, crashes, of: tried.length }),
    ...listed(say.unseen, unseen),
    ...listed(say.unreached, unreached),
    ...(proves(test) ? [] : [say.provesNothing(step)]),
  ];
}
