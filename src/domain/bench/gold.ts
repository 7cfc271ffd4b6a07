import type { Case } from '../case.ts';
import { applyHunks } from '../patch/apply-hunks.ts';
import { parsePatch } from '../patch/parse-patch.ts';
import { changeInput } from '../recipe/change-input.ts';
import type { Json } from '../rejection.ts';
import type { Fault } from './translation-case.ts';

/** The cases of a fault on the step's input, as they are run. */
export interface GoldCases {
  readonly acceptance: readonly Case[];
  readonly holdOuts: readonly Case[];
  readonly guards: readonly Case[];
}

/** What a change makes of a step's input; null where it does not fit it, or leaves it as it is. */
function neighbours(
  fault: Fault,
  of: 'hold-outs' | 'guards',
  input: Json,
): readonly Case[] | { readonly misfit: string } {
  const cases: Case[] = [];
  for (const { name, change, expect } of fault[of]) {
    const changed = changeInput(input, change);
    if (changed === null) return { misfit: name };
    cases.push({ name, step: fault.step, input: changed, expect });
  }
  return cases;
}

/** The cases of a fault, where `input` is what its step took in the trace; or the name of one that does not fit it. */
export function goldCases(fault: Fault, input: Json): GoldCases | { readonly misfit: string } {
  const acceptance = fault.acceptance.map((one) => ({ ...one, step: fault.step, input }));
  const holdOuts = neighbours(fault, 'hold-outs', input);
  const guards = neighbours(fault, 'guards', input);
  if ('misfit' in holdOuts) return holdOuts;
  return 'misfit' in guards ? guards : { acceptance, holdOuts, guards };
}

/** The files after the patch; null: to be removed. `read` gives a file of base. Or why it does not fit. */
export async function patched(
  patch: string,
  read: (path: string) => Promise<string | null>,
): Promise<{ readonly files: Readonly<Record<string, string | null>> } | { readonly problem: string }> {
  const parsed = parsePatch(patch);
  if ('problem' in parsed) return parsed;
  const files: Record<string, string | null> = {};
  for (const one of parsed) {
    if (one.do === 'add') files[one.path] = one.text;
    else if (one.do === 'delete') files[one.path] = null;
    else {
      const made = applyHunks(one.path, (await read(one.path)) ?? '', one.hunks);
      if (typeof made !== 'string') return made;
      files[one.path] = made;
      if (one.to !== null) Object.assign(files, { [one.path]: null, [one.to]: made });
    }
  }
  return { files };
}
