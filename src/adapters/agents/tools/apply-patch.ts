import { z } from 'zod';
import { applyHunks } from '../../../domain/patch/apply-hunks.ts';
import { type FilePatch, type PatchProblem, parsePatch } from '../../../domain/patch/parse-patch.ts';
import { moveFile, present, readText, relative, removeFile, writeText } from './files.ts';
import { ToolFault, tool, type Workplace } from './tool.ts';

const schema = z.strictObject({
  input: z.string().min(1).max(400_000).describe('The whole patch, from *** Begin Patch to *** End Patch'),
});

const FORM = `Changes, adds, moves and deletes files by one patch; all of it or nothing. Its form:
*** Begin Patch
*** Update File: src/plan.ts
@@ a line above, where the lines below stand more than once
 a line that stays
-a line that goes
+a line that comes
*** Add File: src/new.ts
+every line of it
*** Delete File: src/old.ts
*** End Patch
A line “*** Move to: src/other.ts” right below “*** Update File:” moves the file. Lines that stay and go have to stand in the file exactly so, and once.`;

function whole<T extends object | string>(result: T | PatchProblem): T {
  if (typeof result === 'object' && 'problem' in result) throw new ToolFault(result.problem);
  return result;
}

/** What a file patch comes to, computed before anything is written. */
type Step = { readonly say: string; readonly carryOut: () => Promise<void> };

async function stepOf(patch: FilePatch, workplace: Workplace): Promise<Step> {
  const { path } = patch;
  if (patch.do === 'delete') {
    await readable(workplace, path);
    return { say: `${path} was deleted`, carryOut: () => removeFile(workplace, path) };
  }
  if (patch.do === 'add') {
    await vacant(workplace, path);
    return { say: `${path} was added`, carryOut: () => writeText(workplace, path, patch.text) };
  }
  const text = whole(applyHunks(path, await readText(workplace, path), patch.hunks));
  const { to } = patch;
  if (to === null) return { say: `${path} was changed`, carryOut: () => writeText(workplace, path, text) };
  await vacant(workplace, to);
  const move = async () => {
    await moveFile(workplace, path, to);
    await writeText(workplace, to, text);
  };
  return { say: `${path} became ${to}`, carryOut: move };
}

async function vacant(workplace: Workplace, path: string): Promise<void> {
  if (await present(workplace, path)) throw new ToolFault(`${path} is there already; use Update File or another name`);
}

async function readable(workplace: Workplace, path: string): Promise<void> {
  if (!(await present(workplace, path))) throw new ToolFault(`there is no file ${path}`);
}

/** Two of one patch must not meet in one file: the first would be lost. */
function apart(patches: readonly FilePatch[]): void {
  const targets = patches.flatMap((one) => (one.do === 'update' && one.to !== null ? [one.path, one.to] : [one.path]));
  const names = targets.map(relative);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new ToolFault(`${twice} stands twice in the patch; make two patches of it`);
}

export const applyPatch = tool('apply_patch', FORM, schema, async ({ input }, workplace) => {
  const patches = whole(parsePatch(input));
  apart(patches);
  const steps: Step[] = [];
  for (const patch of patches) steps.push(await stepOf(patch, workplace));
  for (const { carryOut } of steps) await carryOut();
  return `${steps.map(({ say }) => say).join('; ')}.`;
});
